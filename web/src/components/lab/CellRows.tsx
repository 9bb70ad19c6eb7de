// The rows in one cell of the confusion matrix: small pictures that can be put on the sheet, or their numbers.
import { INK } from "../../lab/drawing";
import type { Row } from "../../lab/rows";
import { same } from "../../lab/state";
import type { RowsRequest } from "../../protocol";
import { Problem } from "../Problem";
import { useReply } from "../plots/useReply";
import type { JudgedProps } from "./Judged";

const MOST = 40; // rows that are shown

interface Props extends JudgedProps {
  rows: Row[];
  /** The right class, and the one that the network takes them for. */
  names: [string, string];
  /** Rows and columns of a picture; empty where the rows are none. */
  picture: number[];
}

export function CellRows({ rows, names: [right, said], picture, ...shared }: Props) {
  const shown = rows.slice(0, MOST);
  return (
    <section class="cell-rows" aria-label="The rows of the chosen cell" aria-live="polite">
      <p>
        {right} taken for {said}: <b>{rows.length}</b> {rows.length === 1 ? "row" : "rows"}
        {rows.length > MOST && `, the first ${MOST} of them`}
      </p>
      {picture.length ? (
        <Pictures rows={shown} columns={picture[1] ?? 1} {...shared} />
      ) : (
        <div class="row">
          {shown.map((row) => (
            <button
              key={row.index}
              type="button"
              aria-pressed={shared.lab.walk === row.index}
              aria-label={`Walk of row ${row.index}`}
              onClick={() => shared.onChange({ walk: row.index })}
            >
              {row.index}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

/** Each row as it looks; pressed, it is put on the sheet, with the loss for what it is. */
function Pictures({ rows, columns, carrier, run, lab, onChange }: JudgedProps & { rows: Row[]; columns: number }) {
  const question: RowsRequest = { kind: "rows", experiment: run.experiment, rows: rows.map((row) => row.index) };
  const { outcome, error } = useReply(carrier, question, "rows");
  const width = outcome?.reply.columns.length ?? 1;
  const isCurrent = outcome && same(outcome.question.rows, question.rows);
  return (
    <div class="pictures">
      <Problem problem={error} />
      {isCurrent &&
        rows.map((row, k) => {
          const pixels = Array.from(outcome.numbers[0]?.subarray(k * width, (k + 1) * width) ?? [], (value) =>
            Math.round(value * INK),
          );
          const put = () => {
            onChange({ pixels, label: row.target });
            document.querySelector(".digit-pad")?.scrollIntoView({ block: "nearest" });
          };
          return (
            <button
              key={row.index}
              type="button"
              data-row={row.index}
              aria-pressed={same(pixels, lab.pixels)}
              aria-label={`Row ${row.index}: put it on the sheet`}
              onClick={put}
            >
              <Picture pixels={pixels} columns={columns} />
            </button>
          );
        })}
    </div>
  );
}

function Picture({ pixels, columns }: { pixels: number[]; columns: number }) {
  return (
    <svg viewBox={`0 0 ${columns} ${pixels.length / columns}`} width={40} height={40} aria-hidden="true">
      {pixels.map(
        (ink, k) =>
          ink > 0 && (
            <rect
              key={k}
              x={k % columns}
              y={Math.floor(k / columns)}
              width={1.02}
              height={1.02}
              fill-opacity={ink / INK}
            />
          ),
      )}
    </svg>
  );
}
