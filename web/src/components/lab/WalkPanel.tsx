// The walk of the very step that the training stands at: of one row, or of the whole batch, in the player.
import { useEffect, useRef } from "preact/hooks";
import type { Carrier } from "../../carriers/carrier";
import type { Run } from "../../lab/run";
import { useOpened } from "../../pages/useOpened";
import { Player } from "../Player";
import { Problem } from "../Problem";
import { Waiting } from "../Waiting";

interface Props {
  carrier: Carrier;
  run: Run;
  step: number;
  walk: number | "batch";
  isPlaying: boolean;
  onWalk: (walk: number | "batch" | null) => void;
}

export function WalkPanel({ carrier, run, step, walk, isPlaying, onWalk }: Props) {
  const place = useRef<HTMLElement>(null);
  const still = useRef(step); // while the training plays on, the walk stays where it is
  if (!isPlaying) still.current = step;
  const source = { moment: { experiment: run.experiment, step: still.current, row: walk === "batch" ? null : walk } };
  const { session, problem, isStale } = useOpened(carrier, source, {}, place);
  useEffect(() => place.current?.scrollIntoView({ block: "nearest" }), [walk]);
  return (
    <section ref={place} class="lab-walk" aria-label="Walk">
      <header class="row">
        <h2>{walk === "batch" ? "The batch" : `Row ${walk}`} at step {still.current}</h2>
        {walk !== "batch" && <button type="button" onClick={() => onWalk("batch")}>The whole batch</button>}
        <button type="button" class="quiet" onClick={() => onWalk(null)}>Close the walk</button>
      </header>
      <Problem problem={problem} />
      <div class={isStale ? "stale" : ""}>{session ? <Player key={session.walk.key} session={session} /> : !problem && <Waiting text="Making the walk …" />}</div>
    </section>
  );
}
