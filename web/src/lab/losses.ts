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

/** The smallest and the largest of each bunch, so that no spike is lost. */
export function thinned(places: [number, number][], most = MOST): [number, number][] {
  const size = Math.ceil((2 * places.length) / most);
  if (size <= 2) return places;
  const kept: [number, number][] = [];
  for (let start = 0; start < places.length; start += size) kept.push(...ends(places.slice(start, start + size)));
  return kept;
}

function ends(bunch: [number, number][]): [number, number][] {
  const byLoss = [...bunch].sort((one, other) => one[1] - other[1]);
  const [least, most] = [byLoss[0], byLoss[byLoss.length - 1]];
  return [least, most].filter((place, k, both) => place !== undefined && both.indexOf(place) === k).sort((one, other) => (one?.[0] ?? 0) - (other?.[0] ?? 0)) as [number, number][];
}

/** The lines of one training: each batch, then both parts at the end of each epoch; where all are one batch, only that. */
export function linesOf(run: Run, frame: Frame, place: number, title: string, single: boolean): Line[] {
  const named = (name: string) => (single ? name : title);
  const batches: Line = { name: named(frame.reply.batches === 1 ? "training" : "each batch"), kind: frame.reply.batches === 1 ? "train" : "batch", run: place, places: thinned(Array.from(run.losses.value, (loss, step): [number, number] => [step, loss])) };
  if (frame.reply.batches === 1) return [batches, ...(single ? epochs(frame, "held-out", EPOCH.heldOut, place, "held out") : [])];
  const trained = epochs(frame, "train", EPOCH.train, place, named("training"));
  return single ? [batches, ...trained, ...epochs(frame, "held-out", EPOCH.heldOut, place, "held out")] : trained.length ? trained : [batches];
}

function epochs({ parts: { epochs: part } }: Frame, kind: Line["kind"], column: number, run: number, name: string): Line[] {
  const values = part?.values ?? new Float64Array();
  const count = values.length / EPOCH.columns;
  const places = Array.from({ length: count }, (_, row): [number, number] => [values[row * EPOCH.columns + EPOCH.step] ?? NaN, values[row * EPOCH.columns + column] ?? NaN]);
  return places.some(([, loss]) => Number.isFinite(loss)) ? [{ name, kind, run, places: thinned(places) }] : [];
}
