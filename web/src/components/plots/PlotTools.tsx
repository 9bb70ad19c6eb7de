// Under each plot: its numbers as a table, and the picture as a file.
import type { RefObject } from "preact";
import { full } from "./numbers";
import { download, svgText } from "./saving";

/** A table's title, its column names and its rows. */
export interface Table {
  title: string;
  columns: string[];
  rows: number[][];
}

/** About `count` rows out of columns of samples, evenly picked, ends included. */
export function picked(columns: ArrayLike<number>[], count = 13): number[][] {
  const length = columns[0]?.length ?? 0;
  const shown = Math.min(count, length);
  const places = Array.from({ length: shown }, (_, k) => Math.round((k * (length - 1)) / Math.max(1, shown - 1)));
  return places.map((place) => columns.map((column) => column[place] ?? NaN));
}

/** The table alternative (closed at first) and the button that saves the picture. */
export function PlotTools({ name, table, stage }: { name: string; table: Table; stage: RefObject<HTMLElement | null> }) {
  const save = () => {
    const svg = stage.current?.querySelector("svg");
    if (svg) download(`${name}.svg`, svgText(svg, stage.current?.querySelector("canvas")), "image/svg+xml");
  };
  return (
    <div class="gw-tools">
      <details>
        <summary>{table.title}</summary>
        <div class="gw-table-room" tabIndex={0} role="region" aria-label={table.title}>
          <table>
            <thead><tr>{table.columns.map((column) => <th key={column} scope="col">{column}</th>)}</tr></thead>
            <tbody>{table.rows.map((row, k) => <tr key={k}>{row.map((value, j) => <td key={j}>{full(value)}</td>)}</tr>)}</tbody>
          </table>
        </div>
      </details>
      <button type="button" class="gw-quiet" onClick={save}>Save as SVG</button>
    </div>
  );
}
