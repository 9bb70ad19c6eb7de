// Where numbers lie on a picture: frames, scales, ticks, and the grid that a dragged point snaps to.
import { extent, quantile } from "d3-array";
import { scaleLinear } from "d3-scale";
import type { ScaleLinear } from "d3-scale";

/** The room of a plot: its size, and the margins around what is drawn. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Two scales in one frame. */
export interface Axes {
  frame: Frame;
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
}

export type Range = [number, number];

/** The scales of a frame for two ranges. */
export function axes(frame: Frame, x: Range, y: Range): Axes {
  return {
    frame,
    x: scaleLinear(x, [frame.left, frame.width - frame.right]),
    y: scaleLinear(y, [frame.height - frame.bottom, frame.top]),
  };
}

/** About one tick for each so many pixels, never fewer than two. */
export function ticks(scale: ScaleLinear<number, number>, pixels = 70): number[] {
  const [from = 0, to = 0] = scale.range();
  return scale.ticks(Math.max(2, Math.floor(Math.abs(to - from) / pixels)));
}

/** The range that shows these numbers, with some air; a few that run off to infinity don't flatten the rest. */
export function rangeOf(values: ArrayLike<number>, air = 0.08): Range {
  const finite = Array.from(values).filter(Number.isFinite);
  const [low, high] = extent(finite);
  if (low === undefined || high === undefined) return [-1, 1];
  const [from, to] = withoutPoles(finite, low, high);
  const span = to - from || Math.max(1, Math.abs(from)) * 0.5;
  return [from - span * air, to + span * air];
}

function withoutPoles(finite: number[], low: number, high: number): Range {
  const near = quantile(finite, 0.1) ?? low;
  const far = quantile(finite, 0.9) ?? high;
  const middle = far - near;
  const reach = middle * 2.5;
  const pole = middle > 0 && high - low > middle * 12;
  return pole ? [Math.max(low, near - reach), Math.min(high, far + reach)] : [low, high];
}

/** The step of 1, 2 or 5 times a power of ten that is about one pixel. */
export function snapStep(range: Range, pixels: number): number {
  const raw = Math.abs(range[1] - range[0]) / Math.max(1, pixels);
  const power = 10 ** Math.floor(Math.log10(raw || 1e-12));
  const ratio = raw / power;
  return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
}

/** The nearest multiple of `step` inside the range, without binary dust (0.30000000000000004). */
export function snap(value: number, step: number, range: Range): number {
  const inside = clamp(value, range);
  const decimals = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  return clamp(Number((Math.round(inside / step) * step).toFixed(Math.min(20, decimals))), range);
}

/** The value, or the end of the range that it lies beyond. */
export function clamp(value: number, [low, high]: Range): number {
  return Math.min(Math.max(value, low), high);
}

/** The position of the sample nearest to a value, in samples that ascend evenly. */
export function nearest(samples: ArrayLike<number>, value: number): number {
  const first = samples[0] ?? 0;
  const last = samples[samples.length - 1] ?? first;
  const share = last === first ? 0 : (value - first) / (last - first);
  return clamp(Math.round(share * (samples.length - 1)), [0, samples.length - 1]);
}

/** Even positions from one end of a range to the other. */
export function evenly([low, high]: Range, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / Math.max(1, count - 1));
}
