// Classes on a picture: each has a shape and a colour, and a map's ground has the colour of the likeliest one.
import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
  type SymbolType,
} from "d3-shape";
import { mix, type Rgb } from "../components/plots/colour";

const SHAPES: SymbolType[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolWye,
];
export const COLOURS = 10;
const SHADES = 32; // of each class, from unsure to sure

/** The outline of a class's mark around the origin. */
export function mark(place: number, area = 58): string {
  return symbol(SHAPES[place % SHAPES.length] ?? symbolCircle, area)() ?? "";
}

/** The style class of a class's colour. */
export function colourClass(place: number): string {
  return `class${place % COLOURS}`;
}

/** For each class in turn its colours from unsure to sure, as one table. */
export function shades(grounds: Rgb[], middle: Rgb): Rgb[] {
  return grounds.flatMap((ground) => Array.from({ length: SHADES }, (_, k) => mix([middle, ground], k / (SHADES - 1))));
}

/** Which colour of that table each place of a map has: `said` holds the likeliest classes, then their probabilities. */
export function shadesOf(said: Float64Array, classes: number): Float64Array {
  const made = new Float64Array(said.length / 2);
  for (let place = 0; place < made.length; place++) {
    const sure = ((said[made.length + place] ?? 0) - 1 / classes) / (1 - 1 / classes);
    made[place] = (said[place] ?? 0) * SHADES + Math.round(Math.min(1, Math.max(0, sure)) * (SHADES - 1));
  }
  return made;
}

/** The class that outputs of one row decide for: two classes share one probability. */
export function decided(outputs: ArrayLike<number>): number {
  if (outputs.length === 1) return (outputs[0] ?? 0) > 0.5 ? 1 : 0;
  return Array.from(outputs).reduce((best, value, place, all) => (value > (all[best] ?? -Infinity) ? place : best), 0);
}
