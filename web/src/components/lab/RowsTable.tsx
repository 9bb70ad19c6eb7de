// The rows of the data as a table: for keys and screen readers what the marks are for the pointer.
import { rows, saidOf } from "../../lab/rows";
import type { Frame } from "../../lab/run";
import { Amount } from "../plots/Amount";
import { plotted } from "../../numbers";
import { useState } from "preact/hooks";

const MOST = 100;

export function RowsTable({ frame, onRow }: { frame: Frame; onRow: (row: number) => void }) {
  const [isOpen, setOpen] = useState(false);
  const { data } = frame.reply;
  const all = isOpen ? rows(frame.parts["points"]?.values ?? new Float64Array()) : [];
  const heads = [
    ...(data.extent.length ? data.columns : []),
    data.target,
    ...(data.task === "classes" ? data.classes.map((name) => `P(${name})`) : ["network"]),
    "part",
    "walk",
  ];
  return (
    <details class="rows-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The rows as a table</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="The rows of the data">
        <table>
          <thead>
            <tr>
              <th scope="col">row</th>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.slice(0, MOST).map((row) => (
              <tr key={row.index}>
                <th scope="row">{row.index}</th>
                {data.extent.length > 0 && <td>{plotted(row.x)}</td>}
                {data.extent.length > 1 && <td>{plotted(row.y)}</td>}
                <td>{data.task === "regression" ? plotted(row.target) : data.classes[row.target]}</td>
                {Array.from(saidOf(frame, row.index), (said, k) => (
                  <td key={k}>
                    <Amount of={said} tone="value" />
                  </td>
                ))}
                <td>{row.isHeldOut ? "held out" : "training"}</td>
                <td>
                  <button
                    type="button"
                    class="why"
                    onClick={() => onRow(row.index)}
                    aria-label={`Walk of row ${row.index}`}
                  >
                    open
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {all.length > MOST && (
          <p class="note">
            The first {MOST} of {all.length} rows.
          </p>
        )}
      </div>
    </details>
  );
}
