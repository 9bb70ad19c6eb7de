// Logarithmic scales: numbers over many powers of ten, with a place for zero and for infinity.
import { ticks } from "d3-array";
import { scaleLog } from "d3-scale";
import { clamp, type Range } from "./scales";

const AIR = 0.06; // of the range, above and below

/** The range of these numbers as powers of ten, with some air; zeros, infinities and what is no number are left out. */
export function powers(values: number[]): Range {
  const [low, high] = ends(values);
  const air = Math.max(0.02, (high - low) * AIR);
  return [low - air, high + air];
}

/** The whole powers of ten that enclose these numbers: at least so many apart. */
export function decades(values: number[], least = 1): Range {
  const [from, to] = ends(values);
  const [low, high] = [Math.floor(from + 1e-9), Math.ceil(to - 1e-9)];
  return [Math.min(low, high - least), high];
}

function ends(values: number[]): Range {
  const found = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  return found.length ? [Math.min(...found), Math.max(...found)] : [-1, 0];
}

/** The place of a number: zero at the low end, infinity at the high end, beyond the range at its ends. */
export function onDecades([low, high]: Range, pixels: Range): (value: number) => number {
  const scale = scaleLog([10 ** low, 10 ** high], pixels);
  return (value) => (value <= 0 ? pixels[0] : scale(clamp(value, [10 ** low, 10 ** high])));
}

/** The powers of ten to write at an axis: at most `most`, evenly, both ends if they fit. */
export function decadeTicks([low, high]: Range, most = 4): number[] {
  const step = Math.max(1, Math.ceil((high - low) / Math.max(1, most - 1)));
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, k) => low + k * step);
}

/** Round numbers within a range of powers: 1, 2 and 5 of each if they are few, powers of ten if they are many, even steps in a short range. */
export function roundTicks([low, high]: Range, most = 7): number[] {
  const within = (mantissas: number[]) => {
    const exponents = Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, k) => Math.floor(low) + k);
    const found = exponents.flatMap((exponent) => mantissas.map((mantissa) => Number(`${mantissa}e${exponent}`)));
    return found.filter((value) => Math.log10(value) >= low && Math.log10(value) <= high);
  };
  const [fine, coarse] = [within([1, 2, 5]), within([1])];
  if (fine.length < 3) return ticks(10 ** low, 10 ** high, 4);
  if (fine.length <= most) return fine;
  const every = Math.max(1, Math.ceil(coarse.length / most));
  return coarse.filter((_, k) => k % every === 0);
}
