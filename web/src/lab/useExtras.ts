// Parts that only open panels need: asked for with every picture while they are open, and at once when one is opened.
import { useEffect } from "preact/hooks";
import { positionOf } from "./positions";
import { go, type Run } from "./run";

const OF_PANELS: Record<string, readonly string[]> = { activations: ["activations", "spreads"] };

export function useExtras(runs: Run[], open: readonly string[]): void {
  const wanted = open.flatMap((panel) => OF_PANELS[panel] ?? []);
  for (const run of runs) run.extras.value = wanted; // before a training is first asked for
  useEffect(() => {
    for (const run of runs) {
      const frame = run.frame.peek();
      if (frame && wanted.some((part) => !frame.parts[part])) void go(run, positionOf(frame.reply));
    }
  }, [runs, wanted.join()]);
}
