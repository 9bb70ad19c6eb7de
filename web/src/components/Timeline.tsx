// All steps of the walk as a line: blue forward, orange backward, ink updates; one tick a step, and a handle to drag.
import { useRef } from "preact/hooks";
import { goTo, jump, pressed } from "../motion";
import type { Session } from "../session";
import type { Stage } from "../state";

const MOST_TICKS = 160;

export function Timeline({ session }: { session: Session }) {
  const track = useRef<HTMLDivElement>(null);
  const count = session.last + 2; // before the first step there is a position too
  const position = session.position.value;
  const at = (event: PointerEvent): number => {
    const bounds = track.current?.getBoundingClientRect();
    if (!bounds) return position;
    return Math.round(((event.clientX - bounds.left) / bounds.width) * (count - 1)) - 1;
  };
  const drag = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    track.current?.setPointerCapture(event.pointerId);
    const target = at(event);
    if (target !== session.position.peek()) goTo(session, target);
  };
  const percent = (step: number) => `${((step + 1) / (count - 1)) * 100}%`;
  return (
    <div
      ref={track}
      class="timeline"
      role="slider"
      tabindex={0}
      aria-label="Step"
      aria-valuemin={0}
      aria-valuemax={session.last + 1}
      aria-valuenow={position + 1}
      aria-valuetext={described(session, position)}
      onPointerDown={(event) => {
        jump(session, at(event));
        drag(event);
      }}
      onPointerMove={drag}
      onKeyDown={(event) => {
        if (page(session, event.key) || pressed(session, event.key)) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      {session.stages.map((stage) => (
        <Part
          key={stage.first}
          stage={stage}
          left={percent(stage.first - 1)}
          width={`${((stage.last - stage.first + 1) / (count - 1)) * 100}%`}
        />
      ))}
      {count <= MOST_TICKS &&
        session.walk.steps.map((_, step) => <i key={step} class="tick" style={{ left: percent(step) }} />)}
      <i class="passed" style={{ left: percent(position), right: "0" }} />
      <b class="handle" style={{ left: percent(position) }} />
    </div>
  );
}

function Part({ stage, left, width }: { stage: Stage; left: string; width: string }) {
  return (
    <span
      class={`part ${stage.phase}`}
      style={{ left, width }}
      title={stage.turn ? `${stage.phase}, turn ${stage.turn + 1}` : stage.phase}
    />
  );
}

function described(session: Session, position: number): string {
  const step = session.walk.steps[position];
  return step ? `step ${position + 1} of ${session.last + 1}, ${step.phase}` : "before the first step";
}

/** Page keys go from part to part. */
function page(session: Session, key: string): boolean {
  const position = session.position.peek();
  const ends = [-1, ...session.stages.map((stage) => stage.last)];
  const target =
    key === "PageDown"
      ? ends.find((end) => end > position)
      : key === "PageUp"
        ? ends.filter((end) => end < position).pop()
        : undefined;
  if (target === undefined) return false;
  jump(session, target);
  return true;
}
