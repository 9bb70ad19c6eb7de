// The lines of the picture of losses, thinned so that a long training draws as quickly as a short one.
import type { Frame, Run } from "./run";

/** One line: its places as [step, loss], and what it is. */
export interface Line {
  name: string;
  kind: "batch" | "train" | "held-out";
  run: number;
  places: [number, number][];
}

const MOST = 600;
const EPOCH = { step: 1, train: 2, heldOut: 4, columns: 6 };

/** Of each bunch of so many places the one with the smallest and the one with the largest loss, so that no spike is lost. */
export function thinned(count: number, loss: (place: number) => number, most = MOST): number[] {
  const size = Math.ceil((2 * count) / most);
  if (size <= 2) return Array.from({ length: count }, (_, place) => place);
  const kept: number[] = [];
  for (let start = 0; start < count; start += size) kept.push(...ends(start, Math.min(count, start + size), loss));
  return kept;
}

function ends(start: number, end: number, loss: (place: number) => number): number[] {
  let [least, most] = [start, start];
  for (let place = start + 1; place < end; place++) {
    if (loss(place) < loss(least)) least = place;
    if (loss(place) > loss(most)) most = place;
  }
  return least === most ? [least] : [Math.min(least, most), Math.max(least, most)];
}

function batches(losses: Float64Array): [number, number][] {
  const at = (step: number) => losses[step] ?? NaN;
  return thinned(losses.length, at).map((step) => [step, at(step)]);
}

/** The lines of one training: each batch, then both parts at the end of each epoch; where all are one batch, only that. */
export function linesOf(run: Run, frame: Frame, place: number, title: string, single: boolean): Line[] {
  const named = (name: string) => (single ? name : title);
  const whole: Line = {
    name: named(frame.reply.batches === 1 ? "training" : "each batch"),
    kind: frame.reply.batches === 1 ? "train" : "batch",
    run: place,
    places: batches(run.losses.value),
  };
  if (frame.reply.batches === 1)
    return [whole, ...(single ? epochs(frame, "held-out", EPOCH.heldOut, place, "held out") : [])];
  const trained = epochs(frame, "train", EPOCH.train, place, named("training"));
  return single
    ? [whole, ...trained, ...epochs(frame, "held-out", EPOCH.heldOut, place, "held out")]
    : trained.length
      ? trained
      : [whole];
}

function epochs(
  { parts: { epochs: part } }: Frame,
  kind: Line["kind"],
  column: number,
  run: number,
  name: string,
): Line[] {
  const values = part?.values ?? new Float64Array();
  const at = (row: number, one: number) => values[row * EPOCH.columns + one] ?? NaN;
  const places = thinned(values.length / EPOCH.columns, (row) => at(row, column)).map((row): [number, number] => [
    at(row, EPOCH.step),
    at(row, column),
  ]);
  return places.some(([, loss]) => Number.isFinite(loss)) ? [{ name, kind, run, places }] : [];
}
