// Playing: all trainings of the page go on together, picture by picture, with two requests of each on their way.
import { signal, type Signal } from "@preact/signals";
import { isOver, SPEEDS } from "./positions";
import { trainOn, type Run } from "./run";

const IN_FLIGHT = 2;
const SECONDS = 0.03; // of training for one picture

export interface Player {
  playing: Signal<boolean>;
  play(runs: Run[], speed: string): void;
  pause(): void;
}

let count = 0;

/** Pictures are asked for when the browser is about to paint: a hidden tab asks for none. */
export function player(): Player {
  const playing = signal(false);
  let turn = 0;

  function play(runs: Run[], speed: string): void {
    const mine = ++turn;
    playing.value = true;
    const ways = runs.map((run) => way(run, speed));
    const tick = () => {
      if (mine !== turn) return;
      const going = ways.filter((one) => one.goesOn());
      if (!going.length) return pause();
      if (going.every((one) => one.inFlight < IN_FLIGHT)) going.forEach((one) => one.send());
      requestAnimationFrame(tick);
    };
    tick();
  }

  function pause(): void {
    turn++;
    playing.value = false;
  }

  return { playing, play, pause };
}

/** One training on its way: how many answers are outstanding, and up to which step was asked. */
function way(run: Run, speed: string) {
  const reply = run.frame.peek()?.reply;
  const play = `play ${++count}`;
  const from = reply ? reply.step + (reply.phase === "update" ? 1 : 0) : 0;
  const each = (SPEEDS[speed] ?? SPEEDS["calm"])?.steps(reply?.last ?? 0) ?? 1;
  let asked = from;
  const made = {
    inFlight: 0,
    goesOn: () => {
      const now = run.frame.peek()?.reply;
      return run.problem.peek() === null && now !== undefined && !isOver(now);
    },
    send: () => {
      made.inFlight++;
      const reached = run.frame.peek()?.reply.step ?? from;
      asked = Math.max(reached + each, Math.min(asked + each, reached + IN_FLIGHT * each));
      void trainOn(run, play, from, asked, SECONDS).finally(() => made.inFlight--);
    },
  };
  return made;
}
