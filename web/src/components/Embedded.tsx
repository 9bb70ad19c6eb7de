// Components of lessons that need an opened walk first: the player, and the loss surface.
import { useMemo, useRef } from "preact/hooks";
import type { Carrier } from "../carriers/carrier";
import { useOpened } from "../pages/useOpened";
import type { Source } from "../protocol";
import type { Grain } from "../session";
import { numbers, pair, texts, type Settings } from "../settings";
import { Player } from "./Player";
import { SurfacePlot } from "./plots/SurfacePlot";
import { Problem } from "./Problem";
import { Waiting } from "./Waiting";

interface Props {
  carrier: Carrier;
  source: Source;
  settings: Settings;
}

const SIDE = ["source", "table", "why"];
const USUAL = ["graph", "factors", "table", "leaves"];

export function EmbeddedPlayer({ carrier, source, settings }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const views = useMemo(
    () =>
      new Set([
        ...(settings["show"] ? texts(settings["show"]) : USUAL),
        "leaves",
        ...("predict" in settings ? ["practice"] : []),
        ...("round" in settings ? ["round"] : []),
      ]),
    [settings],
  );
  const [rounded = "", digits = ""] = (settings["round"] ?? "").split(":");
  const { session, problem } = useOpened(
    carrier,
    source,
    {
      step: settings["step"] ? Number(settings["step"]) : null,
      chosen: settings["gradient"] ?? null,
      ...(settings["entry"] ? { entry: numbers(settings["entry"]) } : {}),
      ...(settings["grain"] ? { grain: settings["grain"] as Grain } : {}),
      practising: "predict" in settings,
      round: rounded ? [rounded, Number(digits)] : null,
    },
    place,
    !SIDE.some((view) => views.has(view)),
  );
  return (
    <div ref={place} data-formula={source.formula}>
      <Problem problem={problem} />
      {session ? <Player session={session} views={views} /> : !problem && <Waiting text="Making the walk …" />}
    </div>
  );
}

export function EmbeddedSurface({ carrier, source, settings }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const { session, problem } = useOpened(carrier, source, {}, place);
  return (
    <div ref={place}>
      <Problem problem={problem} />
      {session && (
        <SurfacePlot
          carrier={carrier}
          state={session.state.value}
          names={pair(texts(settings["names"]), "")}
          low={pair(numbers(settings["low"]), -1)}
          high={pair(numbers(settings["high"]), 1)}
          rate={Number(settings["rate"] ?? 0.1)}
          steps={Number(settings["steps"] ?? 20)}
        />
      )}
    </div>
  );
}
