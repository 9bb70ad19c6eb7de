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
  /** How many rows are learned from; those after them are held out. */
  learned: number;
  walk: number | "batch";
  isPlaying: boolean;
  onWalk: (walk: number | "batch" | null) => void;
}

export function WalkPanel({ carrier, run, step, learned, walk, isPlaying, onWalk }: Props) {
  const place = useRef<HTMLElement>(null);
  const still = useRef(step); // while the training plays on, the walk stays where it is
  if (!isPlaying) still.current = step;
  const isHeldOut = typeof walk === "number" && walk >= learned;
  const source = { moment: { experiment: run.experiment, step: still.current, row: walk === "batch" ? null : walk } };
  const { session, problem, isStale } = useOpened(carrier, source, {}, place);
  useEffect(() => place.current?.scrollIntoView({ block: "nearest" }), [walk]);
  return (
    <section ref={place} class="lab-walk" aria-label="Walk">
      <header class="row">
        <h2>
          {walk === "batch" ? "The batch" : `Row ${walk}${isHeldOut ? ", held out," : ""}`} at step {still.current}
        </h2>
        {walk !== "batch" && (
          <button type="button" onClick={() => onWalk("batch")}>
            The whole batch
          </button>
        )}
        <button type="button" class="quiet" onClick={() => onWalk(null)}>
          Close the walk
        </button>
      </header>
      {isHeldOut && (
        <p class="note held-out">
          This row is held out: it moved no weight. Its gradients say how the weights would move, were it learned from.
        </p>
      )}
      <Problem problem={problem} />
      <div class={isStale ? "stale" : ""}>
        {session ? (
          <Player key={session.walk.key} session={session} />
        ) : (
          !problem && <Waiting text="Making the walk …" />
        )}
      </div>
    </section>
  );
}
