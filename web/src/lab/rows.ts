// The rows of the data as the pictures draw them: where they are, what is right, and what the network says.
import { decided } from "./classes";
import type { Frame } from "./run";

export interface Row {
  index: number;
  x: number;
  y: number;
  target: number;
  isHeldOut: boolean;
}

const COLUMNS = 4;

export function rows(points: Float64Array): Row[] {
  return Array.from({ length: points.length / COLUMNS }, (_, index) => {
    const [x = NaN, y = NaN, target = NaN, held = 0] = points.subarray(index * COLUMNS, (index + 1) * COLUMNS);
    return { index, x, y, target, isHeldOut: held === 1 };
  });
}

const MOST = 500; // marks that are drawn

/** Some of the rows, evenly picked, where there are too many to draw. */
export function sample(all: Row[]): Row[] {
  const every = Math.ceil(all.length / MOST);
  return every <= 1 ? all : all.filter((_, k) => k % every === 0);
}

/** What the network says of one row: a probability for each class, or a number. */
export function saidOf({ parts: { outputs } }: Frame, index: number): Float64Array {
  const width = outputs?.shape[1] ?? 1;
  return outputs?.values.subarray(index * width, (index + 1) * width) ?? new Float64Array();
}

/** The rows that the network gets wrong, by their numbers. */
export function wrong(frame: Frame, all: Row[]): Set<number> {
  if (frame.reply.data.task === "regression" || !frame.parts["outputs"]) return new Set();
  return new Set(all.filter((row) => decided(saidOf(frame, row.index)) !== row.target).map((row) => row.index));
}
