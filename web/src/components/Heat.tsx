// A small heatmap inside a card: purple below zero, green above, paler towards zero; never a part of the tensor only.
import { exact } from "../numbers";
import { HeatImage, opacity } from "./HeatImage";

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
  const [width, height] = [Math.min(columns, COLUMNS) * cell - 0.5, Math.min(rows, ROWS) * cell - 0.5];
  const scale = reach || 1;
  return (
    <g class="heat-map">
      {rows > ROWS || columns > COLUMNS ? (
        <HeatImage
          values={values}
          columns={columns}
          rows={rows}
          scale={scale}
          x={x}
          y={y}
          width={width}
          height={height}
        />
      ) : (
        <Cells values={values} columns={columns} scale={scale} x={x} y={y} cell={cell} />
      )}
      <rect class="heat" x={x - 0.5} y={y - 0.5} width={width + 1} height={height + 1} />
    </g>
  );
}

function Cells({
  values,
  columns,
  scale,
  x,
  y,
  cell,
}: {
  values: Float64Array;
  columns: number;
  scale: number;
  x: number;
  y: number;
  cell: number;
}) {
  return (
    <>
      {Array.from(values, (value, entry) => (
        <rect
          key={entry}
          class={Number.isNaN(value) ? "nan" : value < 0 ? "minus" : "plus"}
          x={x + (entry % columns) * cell}
          y={y + Math.floor(entry / columns) * cell}
          width={cell - 0.5}
          height={cell - 0.5}
          fill-opacity={opacity(value, scale)}
        />
      ))}
    </>
  );
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
