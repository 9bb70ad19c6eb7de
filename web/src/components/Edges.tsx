// The edges of the graph; the one being crossed is strong, and those of the chosen or hovered path carry their local derivative.
import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { edgePath, ended, type Box, type Layout, type Route } from "../layout";
import type { StepInfo } from "../protocol";
import type { Session } from "../session";

export function Edges({ session, layout }: { session: Session; layout: Layout }) {
  const boxes = useMemo(() => new Map(layout.boxes.map((box) => [box.node, box])), [layout]);
  const at = useComputed(() => session.moment.value.step); // not every frame of its way
  const step = session.walk.steps[at.value];
  const chain = useComputed(() => onChain(session)).value.split(" ");
  return (
    <g class="edges">
      {layout.routes.map((route) => (
        <Edge key={`${route.source}-${route.target}`} chain={chain.includes(`${route.source}-${route.target}`)} route={route} box={boxes.get(route.target)} active={isActive(route, step)} phase={step?.phase ?? "forward"} />
      ))}
    </g>
  );
}

/** Forward, all edges into what is computed; backward, the one that is crossed. */
export function isActive(route: Route, step: StepInfo | undefined): boolean {
  if (!step) return false;
  if (step.phase === "forward") return route.target === step.node;
  return step.phase === "backward" && route.target === step.node && route.source === step.input;
}

interface EdgeProps {
  chain: boolean;
  route: Route;
  box: Box | undefined;
  active: boolean;
  phase: string;
}

function Edge({ chain, route, box, active, phase }: EdgeProps) {
  const kind = active ? `now ${phase}` : chain ? "chain" : "";
  // The same element while nothing changes, so that hundreds of edges cost nothing while a value is dragged.
  return useMemo(() => {
    const points = ended(route.points, box?.op);
    const tip = points[points.length - 1] ?? [0, 0];
    const start = points[0] ?? [0, 0];
    const isBackward = active && phase === "backward";
    const head = isBackward ? `M${start[0] + 5} ${start[1]}l7 -3.2v6.4z` : `M${tip[0]} ${tip[1]}l-7 -3.2v6.4z`;
    return (
      <g>
        <path class={`edge ${kind}`} d={edgePath(points)} data-edge={`${route.source}-${route.target}`} />
        <path class={`head ${kind}`} d={head} />
      </g>
    );
  }, [route, box, kind]);
}

/** The edges that are factors of the path shown as boxes; as text, because equal texts change nothing. */
function onChain(session: Session): string {
  const factors = session.why.value?.paths[session.path.value]?.factors ?? [];
  return factors.map((factor) => `${factor.input}-${factor.node}`).join(" ");
}
