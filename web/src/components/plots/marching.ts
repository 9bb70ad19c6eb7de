// Contour lines by marching squares: where a grid of numbers crosses a level.
/** One piece of a contour, in grid positions: [column, row, column, row]. */
export type Segment = [number, number, number, number];

type Side = "top" | "right" | "bottom" | "left";

// For each of the sixteen ways in which a cell's corners lie above the level (1 top left, 2 top right, 4 bottom right,
// 8 bottom left), the sides that the contour joins. The two saddles (5 and 10) are cut the same way each time.
const JOINS: Side[][] = [
  [],
  ["left", "top"],
  ["top", "right"],
  ["left", "right"],
  ["right", "bottom"],
  ["left", "top", "right", "bottom"],
  ["top", "bottom"],
  ["left", "bottom"],
  ["bottom", "left"],
  ["bottom", "top"],
  ["top", "right", "bottom", "left"],
  ["bottom", "right"],
  ["right", "left"],
  ["right", "top"],
  ["top", "left"],
  [],
];

/** The pieces of the contour at one level of a grid with so many columns, row after row. */
export function contour(grid: ArrayLike<number>, columns: number, level: number): Segment[] {
  const rows = Math.floor(grid.length / columns);
  const found: Segment[] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) cell(grid, columns, column, row, level, found);
  }
  return found;
}

function cell(
  grid: ArrayLike<number>,
  columns: number,
  column: number,
  row: number,
  level: number,
  found: Segment[],
): void {
  const start = row * columns + column;
  const [a = NaN, b = NaN, d = NaN, c = NaN] = [
    grid[start],
    grid[start + 1],
    grid[start + columns],
    grid[start + columns + 1],
  ];
  const joins = JOINS[(a > level ? 1 : 0) + (b > level ? 2 : 0) + (c > level ? 4 : 0) + (d > level ? 8 : 0)] ?? [];
  if (!joins.length || ![a, b, c, d].every(Number.isFinite)) return; // most cells of a map lie wholly on one side
  const share = (from: number, to: number) => (level - from) / (to - from);
  const crossing: Record<Side, () => [number, number]> = {
    top: () => [column + share(a, b), row],
    right: () => [column + 1, row + share(b, c)],
    bottom: () => [column + share(d, c), row + 1],
    left: () => [column, row + share(a, d)],
  };
  for (let k = 0; k + 1 < joins.length; k += 2) {
    const [from, to] = [joins[k], joins[k + 1]];
    if (from && to) found.push([...crossing[from](), ...crossing[to]()]);
  }
}
