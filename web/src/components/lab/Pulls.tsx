// Why a network without hidden layers stops learning: what each row adds to the gradient, and that the sum is (nearly) nothing.
import { rows } from "../../lab/rows";
import type { Frame } from "../../lab/run";
import { Amount } from "../plots/Amount";
import { plotted } from "../../numbers";

const MOST = 12; // rows that are written out

export function Pulls({ frame }: { frame: Frame }) {
  const { pulls, points } = frame.parts;
  if (!pulls || !points) return null;
  const { columns, classes, task } = frame.reply.data;
  const width = pulls.shape[1] ?? 1;
  const names = [...columns.map((name) => `weight of ${name}`), "bias"];
  const line = (row: number) => Array.from(pulls.values.subarray(row * width, (row + 1) * width));
  const count = pulls.shape[0] ?? 0;
  const sums = names.map((_, k) =>
    Array.from({ length: count }, (__, row) => pulls.values[row * width + k] ?? 0).reduce((sum, one) => sum + one, 0),
  );
  return (
    <section class="pulls" aria-label="What each row adds to the gradient">
      <h2>What each row adds to the gradient</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Rows and what they add">
        <table>
          <thead>
            <tr>
              <th scope="col">Row</th>
              {names.map((name) => (
                <th key={name} scope="col" class="gradient">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows(points.values)
              .slice(0, Math.min(count, MOST))
              .map((row) => (
                <tr key={row.index}>
                  <th scope="row">
                    ({plotted(row.x)}, {plotted(row.y)}) →{" "}
                    {task === "regression" ? plotted(row.target) : classes[row.target]}
                  </th>
                  {line(row.index).map((one, k) => (
                    <td key={k}>
                      <Amount of={one} tone="gradient" />
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All {count} together</th>
              {sums.map((sum, k) => (
                <td key={k}>
                  <b>
                    <Amount of={sum} tone="gradient" />
                  </b>
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="note">
        Each row pulls the weights its own way. Where the sum is zero they have nowhere left to go, however wrong each
        single answer is.
      </p>
    </section>
  );
}
