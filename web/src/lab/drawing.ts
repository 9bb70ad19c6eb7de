// A digit drawn by hand, as the data's digits were made: black on a sheet of 32 × 32, counted in squares of 4 × 4.
export const [SIDE, FINE] = [8, 4];
export const INK = FINE * FINE;
const SHEET = SIDE * FINE;
const BRUSH = 1.9; // half the width of a stroke, in places of the sheet

export type Sheet = Uint8Array;

export function blank(): Sheet {
  return new Uint8Array(SHEET * SHEET);
}

/** The sheet with a stroke from one place to another; places run from 0 to 1. */
export function stroked(sheet: Sheet, from: [number, number], to: [number, number], ink = 1): Sheet {
  const made = sheet.slice();
  const count = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) * SHEET * 2));
  for (let k = 0; k <= count; k++)
    dot(made, from[0] + ((to[0] - from[0]) * k) / count, from[1] + ((to[1] - from[1]) * k) / count, ink);
  return made;
}

function dot(sheet: Sheet, x: number, y: number, ink: number): void {
  const [column, row] = [x * SHEET - 0.5, y * SHEET - 0.5];
  for (let r = Math.max(0, Math.ceil(row - BRUSH)); r <= Math.min(SHEET - 1, row + BRUSH); r++) {
    for (let c = Math.max(0, Math.ceil(column - BRUSH)); c <= Math.min(SHEET - 1, column + BRUSH); c++) {
      if (Math.hypot(c - column, r - row) <= BRUSH) sheet[r * SHEET + c] = ink;
    }
  }
}

/** How many places of each square are black: 0 to 16. */
export function averaged(sheet: Sheet): number[] {
  const made = new Array<number>(SIDE * SIDE).fill(0);
  sheet.forEach((ink, place) => {
    const square = Math.floor(Math.floor(place / SHEET) / FINE) * SIDE + Math.floor((place % SHEET) / FINE);
    made[square] = (made[square] ?? 0) + ink;
  });
  return made;
}

/** The sheet that pixels could have come from: each square black from its top on. */
export function spread(pixels: number[]): Sheet {
  const made = blank();
  pixels.forEach((ink, square) => {
    const [row, column] = [Math.floor(square / SIDE) * FINE, (square % SIDE) * FINE];
    for (let k = 0; k < ink; k++) made[(row + Math.floor(k / FINE)) * SHEET + column + (k % FINE)] = 1;
  });
  return made;
}

/** Pixels with one of them darker by a quarter; after black comes white. */
export function darkened(pixels: number[], square: number): number[] {
  const filled = pixels.length ? pixels : new Array<number>(SIDE * SIDE).fill(0);
  return filled.map((ink, k) => (k === square ? (ink >= INK ? 0 : Math.min(INK, ink + INK / 4)) : ink));
}
