// Lines of equal value over a map.
import { scaleLinear } from "d3-scale";
import { useMemo } from "preact/hooks";
import { contour } from "./marching";
import type { Axes, Range } from "./scales";

interface ContoursProps {
  axes: Axes;
  grid: Float64Array;
  columns: number;
  range: Range;
}

/** Even levels inside a range. */
export function levels(range: Range, count = 8): number[] {
  return scaleLinear(range, [0, 1])
    .ticks(count)
    .filter((level) => level > range[0] && level < range[1]);
}

/** Hairlines at even levels, the one at zero stronger. */
export function Contours({ axes, grid, columns, range }: ContoursProps) {
  const rows = Math.floor(grid.length / columns);
  const [x0 = 0, x1 = 1] = axes.x.range();
  const [y0 = 0, y1 = 1] = axes.y.range();
  const x = (column: number) => (x0 + ((x1 - x0) * column) / (columns - 1)).toFixed(1);
  const y = (row: number) => (y0 + ((y1 - y0) * row) / (rows - 1)).toFixed(1);
  const path = (level: number) =>
    contour(grid, columns, level)
      .map(([a, b, c, d]) => `M${x(a)} ${y(b)}L${x(c)} ${y(d)}`)
      .join("");
  return useMemo(
    () => (
      <g class="gw-contours" aria-hidden="true">
        {levels(range).map((level) => (
          <path key={level} class={level === 0 ? "gw-level-zero" : undefined} d={path(level)} />
        ))}
      </g>
    ),
    [grid, columns, ...range, x0, x1, y0, y1],
  );
}
