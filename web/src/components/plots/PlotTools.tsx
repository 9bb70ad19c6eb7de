// Under each plot: its numbers as a table, and the picture as a file.
import { full } from "../../numbers";
import { download, svgText } from "./saving";

/** A table's title, its column names and its rows. */
export interface Table {
  title: string;
  columns: string[];
  rows: (number | string)[][];
}

/** About `count` rows out of columns of samples, evenly picked, ends included. */
export function picked(columns: ArrayLike<number>[], count = 13): number[][] {
  const length = columns[0]?.length ?? 0;
  const shown = Math.min(count, length);
  const places = Array.from({ length: shown }, (_, k) => Math.round((k * (length - 1)) / Math.max(1, shown - 1)));
  return places.map((place) => columns.map((column) => column[place] ?? NaN));
}

/** The table alternative (closed at first) and the button that saves the pictures. */
export function PlotTools({ name, table }: { name: string; table: Table }) {
  const save = (event: MouseEvent) => {
    const figure = (event.currentTarget as Element).closest("figure");
    if (figure) download(`${name}.svg`, svgText(figure), "image/svg+xml");
  };
  return (
    <div class="gw-tools">
      <details>
        <summary>{table.title}</summary>
        <div class="gw-table-room" tabIndex={0} role="region" aria-label={table.title}>
          <table>
            <thead>
              <tr>
                {table.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, k) => (
                <tr key={k}>
                  {row.map((value, j) => (
                    <td key={j}>{typeof value === "number" ? full(value) : value}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
      <button type="button" class="gw-quiet" onClick={save}>
        Save as SVG
      </button>
    </div>
  );
}
