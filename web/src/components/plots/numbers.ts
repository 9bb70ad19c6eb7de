// Numbers on a plot: as everywhere in the studio, and where a function has no value, it says so.
import * as numbers from "../../numbers";

export { typed } from "../../numbers";

/** A number to four significant digits: −0.09359, 1.234e−7, ∞. */
export function short(value: number): string {
  return told(value, numbers.shown);
}

/** All digits of a number, with a real minus sign. */
export function full(value: number): string {
  return told(value, numbers.full);
}

/** A reader of a plot isn't told of −0. */
function told(value: number, write: (value: number) => string): string {
  return Number.isNaN(value) ? "undefined" : write(value === 0 ? 0 : value);
}
