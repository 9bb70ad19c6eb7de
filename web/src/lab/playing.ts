// Playing: all trainings of the page go on together, picture by picture, with two requests of each on their way.
import { signal, type Signal } from "@preact/signals";
import { isOver, reached, SPEEDS } from "./positions";
import { complete, standing, toFrame, toPicture, type Run } from "./run";

const IN_FLIGHT = 2;
const SECONDS = 1 / 26; // from one picture to the next
const CLOCK = 30; // milliseconds between two questions at least, however quick the answers are
const FRAME = 250; // milliseconds from one whole frame to the next; between them come pictures of the boundary alone

export interface Player {
  playing: Signal<boolean>;
  play(runs: Run[], speed: string): void;
  pause(): void;
}

let count = 0;

/** Pictures are asked for when the browser is about to paint: a hidden tab asks for none. */
export function player(): Player {
  const playing = signal(false);
  let ways: Way[] = [];
  let turn = 0;

  function play(runs: Run[], speed: string): void {
    const mine = ++turn;
    playing.value = true;
    ways = runs.map((run) => way(run, speed, SECONDS / runs.length));
    let [due, isAwake] = [0, false];

    // Between two answers nothing is woken: every frame of the browser takes time from the training.
    const wake = () => {
      if (!isAwake) requestAnimationFrame(tick);
      isAwake = true;
    };
    const tick = (now: number) => {
      isAwake = false;
      if (mine !== turn) return;
      const going = ways.filter((one) => one.goesOn());
      if (!going.length) return pause();
      if (!going.every((one) => one.inFlight < IN_FLIGHT)) return;
      if (now >= due) {
        due = now + CLOCK;
        for (const one of going) void one.send(now).then(() => (mine === turn ? wake() : settle()));
      }
      wake();
    };
    wake();
  }

  function pause(): void {
    turn++;
    playing.value = false;
    settle();
  }

  /** After the last picture of each training, the frame that belongs to it. */
  function settle(): void {
    if (!playing.peek()) for (const one of ways) if (!one.inFlight) void complete(one.run);
  }

  return { playing, play, pause };
}

type Way = ReturnType<typeof way>;

/** One training on its way: how many answers are outstanding, and up to which step was asked. */
function way(run: Run, speed: string, seconds: number) {
  const start = standing(run);
  const play = `play ${++count}`;
  const from = start ? reached(start) : 0;
  const each = (SPEEDS[speed] ?? SPEEDS["calm"])?.steps(start?.last ?? 0) ?? 1;
  let [asked, framed] = [from, -Infinity];
  const made = {
    run,
    inFlight: 0,
    goesOn: () => {
      const now = standing(run);
      return run.problem.peek() === null && now !== null && !isOver(now);
    },
    send: async (now: number) => {
      made.inFlight++;
      const step = standing(run)?.step ?? from;
      asked = Math.max(step + each, Math.min(asked + each, step + IN_FLIGHT * each));
      const isQuick = now - framed < FRAME;
      if (!isQuick) framed = now;
      await (isQuick ? toPicture : toFrame)(run, { play, from, until: asked, seconds }).finally(() => made.inFlight--);
    },
  };
  return made;
}
