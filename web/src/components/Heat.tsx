// A small heatmap inside a card: purple below zero, green above, paler towards zero.
import { exact } from "../numbers";

const ROWS = 6;
const COLUMNS = 10;

export interface HeatProps {
  values: Float64Array;
  shape: number[];
  x: number;
  y: number;
  cell: number;
  /** The size that has the full colour. */
  reach: number;
}

export function Heat({ values, shape, x, y, cell, reach }: HeatProps) {
  const columns = shape[shape.length - 1] ?? 1;
  const rows = Math.max(1, values.length / Math.max(1, columns));
  const [down, across] = [Math.min(rows, ROWS), Math.min(columns, COLUMNS)];
  const cells = [];
  for (let r = 0; r < down; r++) {
    for (let c = 0; c < across; c++) {
      // A large tensor is sampled evenly: a cell shows one true entry, not a mixture.
      const entry = Math.floor((r * rows) / down) * columns + Math.floor((c * columns) / across);
      const value = values[entry] ?? 0;
      const kind = Number.isNaN(value) ? "nan" : value < 0 ? "minus" : "plus";
      cells.push(<rect key={entry} class={kind} x={x + c * cell} y={y + r * cell} width={cell - 0.5} height={cell - 0.5}
        fill-opacity={Number.isNaN(value) ? 1 : 0.06 + 0.94 * Math.min(1, Math.abs(value) / (reach || 1))} />);
    }
  }
  return <g class="heat-map">{cells}<rect class="heat" x={x - 0.5} y={y - 0.5} width={across * cell + 0.5} height={down * cell + 0.5} /></g>;
}

/** How wide and high the heatmap of a shape is drawn, in cells. */
export function heatSize(shape: number[], size: number): [number, number] {
  const columns = shape[shape.length - 1] ?? 1;
  return [Math.min(COLUMNS, columns), Math.min(ROWS, Math.max(1, size / Math.max(1, columns)))];
}

/** Entries at full precision for readers of the page's source; a long list would only weigh it down. */
export function listed(values: Float64Array | null): string {
  return values === null ? "" : values.length > 64 ? `${values.length} entries` : Array.from(values, exact).join(",");
}
