// Under the pictures: where the training stands, the way through its steps, and the buttons that move it.
import { useEffect, useState } from "preact/hooks";
import type { LabReply } from "../../protocol";
import { BEGINNING, isOver, PHASES, reached, SPEEDS, WAYS, type Position, type Way } from "../../lab/positions";
import { told } from "../../lab/telling";

export interface DockProps {
  reply: LabReply;
  playing: boolean;
  waiting: boolean;
  speed: string;
  onGo: (position: Position) => void;
  onPlay: () => void;
  onSpeed: (speed: string) => void;
}

const KEYS: Record<Way, string> = { phase: "p", batch: "b", epoch: "e" };
const TITLES: Record<Way, string> = { phase: "Phase", batch: "Batch", epoch: "Epoch" };
const ALL: Way[] = ["phase", "batch", "epoch"];

export function Dock(props: DockProps) {
  const { reply, playing, waiting, speed, onGo, onPlay, onSpeed } = props;
  const over = isOver(reply);
  const isLate = useLate(waiting);
  return (
    <div class="dock lab-dock">
      <p class="sentence">
        <span class="count tabular" data-step={reply.step}>
          {reply.step} / {reply.last}
        </span>
        <span role="status" aria-live={playing ? "off" : "polite"}>
          {isLate ? "Going there …" : told(reply)}
        </span>
      </p>
      <Track {...props} />
      <div class="controls">
        <div class="buttons" role="group" aria-label="Go back">
          <button
            type="button"
            class="round"
            aria-label="Back to the initial weights (Home)"
            title="Back to the initial weights (Home)"
            disabled={reply.step === 0 && !reply.phase}
            onClick={() => onGo(BEGINNING)}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M5 4v12M16 4l-8 6 8 6z" />
            </svg>
          </button>
          <button
            type="button"
            class="round"
            aria-label="Back one batch (left arrow)"
            title="Back one batch (left arrow)"
            disabled={reply.step === 0 && !reply.phase}
            onClick={() => onGo(WAYS.batch[0](reply))}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="M13 4l-8 6 8 6z" />
            </svg>
          </button>
        </div>
        <button
          type="button"
          class="primary train"
          disabled={over && !playing}
          aria-keyshortcuts="Space"
          title="Space"
          onClick={onPlay}
        >
          {playing ? "Pause" : "Train"}
        </button>
        <div class="buttons ways" role="group" aria-label="Train one">
          {ALL.map((way) => (
            <button
              key={way}
              type="button"
              disabled={over}
              aria-keyshortcuts={KEYS[way]}
              title={`One ${way} (${KEYS[way]}; with Shift back)`}
              onClick={() => onGo(WAYS[way][1](reply))}
            >
              <span aria-hidden="true">+1 </span>
              <span class="unseen">One </span>
              {TITLES[way].toLowerCase()}
            </button>
          ))}
        </div>
        <label class="speed">
          Speed{" "}
          <select value={speed} onChange={(event) => onSpeed(event.currentTarget.value)}>
            {Object.entries(SPEEDS).map(([name, { title }]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
    </div>
  );
}

const MOMENT = 300; // ms

/** Whether something has been going on for longer than a moment. */
function useLate(isGoing: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    const timer = isGoing ? setTimeout(() => setLate(true), MOMENT) : undefined;
    return () => clearTimeout(timer);
  }, [isGoing]);
  return isLate && isGoing;
}

/** All steps, the part that was reached, and the phases of the present step. */
function Track({ reply, onGo }: DockProps) {
  const share = (step: number) => `${(100 * step) / Math.max(1, reply.last)}%`;
  const done = reply.phase === "" ? -1 : PHASES.indexOf(reply.phase as (typeof PHASES)[number]);
  return (
    <div class="track">
      <div class="steps">
        <i class="all" />
        <i class="reached" style={{ width: share(reply.furthest) }} />
        <input
          type="range"
          min={0}
          max={reply.last}
          step={1}
          value={reached(reply)}
          aria-label="Step"
          aria-valuetext={`step ${reply.step} of ${reply.last}, epoch ${reply.epoch}`}
          onInput={(event) => onGo({ step: Number(event.currentTarget.value), phase: "", piece: 0 })}
        />
      </div>
      <div class="phases" role="group" aria-label="Phases of this step">
        {PHASES.map((phase, k) => (
          <button
            key={phase}
            type="button"
            class={`phase ${phase}${k <= done ? " done" : ""}`}
            aria-pressed={k === done}
            disabled={reply.stopped !== "" && reply.phase === ""}
            onClick={() =>
              onGo(
                k === done
                  ? { step: reply.step, phase: "", piece: 0 }
                  : { step: reply.step, phase, piece: reply.piece },
              )
            }
          >
            {phase}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Where a key leads to; null for keys that mean nothing here. */
export function keyed(event: KeyboardEvent, reply: LabReply): Position | null {
  if (event.key === "Home") return BEGINNING;
  if (event.key === "ArrowRight" || event.key === "ArrowLeft")
    return WAYS.batch[event.key === "ArrowLeft" ? 0 : 1](reply);
  const way = ALL.find((one) => KEYS[one] === event.key.toLowerCase());
  return way ? WAYS[way][event.shiftKey ? 0 : 1](reply) : null;
}
