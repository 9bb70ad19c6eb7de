// Gradient descent on a typed function of two variables: the formula becomes a walk, and the walk a surface.
import { SurfacePlot } from "../components/plots/SurfacePlot";
import { Problem } from "../components/Problem";
import type { NumberSource } from "../components/plots/source";
import { useReply } from "../components/plots/useReply";
import type { State, WalkReply } from "../protocol";

interface DownhillProps {
  carrier: NumberSource;
  formula: string;
  names: [string, string];
  low: [number, number];
  high: [number, number];
  at: [number, number];
  values: Record<string, number>;
  rate: number;
  onRate: (rate: number) => void;
  onAt: (at: [number, number]) => void;
}

/** The state of a walk with its two leaves at a place; null while the walk belongs to another formula. */
export function stateAt(walk: WalkReply, names: [string, string], at: [number, number]): State | null {
  const ids = names.map((name) => walk.nodes.find((node) => node.name === name)?.id);
  if (ids.some((id) => id === undefined)) return null;
  return { key: walk.key, leaves: Object.fromEntries(ids.map((id, k) => [String(id), at[k]])) };
}

// The walk is opened once for each formula; where the point is goes into the state, so that a drag opens nothing anew.
export function Downhill({ carrier, formula, names, low, high, at, values, rate, onRate, onAt }: DownhillProps) {
  const start = Object.fromEntries(
    names.map((name, k) => [name, Number((((low[k] ?? 0) + (high[k] ?? 0)) / 2).toPrecision(6))]),
  );
  const { outcome, error } = useReply(
    carrier,
    { kind: "open", source: { formula, values: { ...values, ...start } } },
    "walk",
  );
  const state = outcome?.question.source.formula === formula ? stateAt(outcome.reply, names, at) : null;
  if (error) return <Problem problem={error} />;
  return (
    state && (
      <SurfacePlot
        carrier={carrier}
        state={state}
        names={names}
        low={low}
        high={high}
        output="f"
        rate={rate}
        onRate={onRate}
        onAt={onAt}
      />
    )
  );
}
