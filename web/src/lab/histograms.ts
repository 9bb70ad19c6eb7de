// How the results of each layer are spread, as the engine counted them.
import type { Frame } from "./run";

export interface Histogram {
  layer: string;
  counts: Float64Array;
  low: number;
  high: number;
  /** Results that are exactly 0: they aren't in the bins. */
  zeros: number;
  units: number;
  dead: number;
  /** Units at a flat end on every row, the share of results there, and where those ends begin; NaN where there are none. */
  stuck: number;
  flat: number;
  ends: [number, number];
}

const COLUMNS = 9;

export function histogramsOf({ reply, parts: { activations, spreads } }: Frame): Histogram[] {
  if (!activations || !spreads) return [];
  const bins = activations.shape[1] ?? 0;
  return reply.layers.map(({ name }, k) => {
    const [low = 0, high = 1, zeros = 0, units = 0, dead = 0, stuck = NaN, flat = NaN, below = NaN, above = NaN] =
      spreads.values.subarray(k * COLUMNS, (k + 1) * COLUMNS);
    return {
      layer: name,
      counts: activations.values.subarray(k * bins, (k + 1) * bins),
      low,
      high,
      zeros,
      units,
      dead,
      stuck,
      flat,
      ends: [below, above],
    };
  });
}

/** The two edges of a bin. */
export function edges({ low, high, counts }: Histogram, bin: number): [number, number] {
  const width = (high - low) / counts.length;
  return [low + bin * width, bin === counts.length - 1 ? high : low + (bin + 1) * width];
}
