// Rows with more than two inputs: what the network says of each beside what is right, as counts of classes or as points.
import { useMemo } from "preact/hooks";
import { decided } from "../../lab/classes";
import { rows, saidOf, type Row } from "../../lab/rows";
import type { Carrier } from "../../carriers/carrier";
import type { Frame, Run } from "../../lab/run";
import type { Lab } from "../../lab/state";
import { Axis } from "../plots/Axis";
import { useWidth } from "../plots/hooks";
import { axes, rangeOf } from "../plots/scales";
import { CellRows } from "./CellRows";
import { markKey, Marks } from "./Marks";
import { PictureTools } from "./PictureTools";

const HEIGHT = 380;
const MOST = 400; // rows that are drawn
const NOBODY = markKey(new Set());

export interface JudgedProps {
  carrier: Carrier;
  run: Run;
  lab: Lab;
  onChange: (part: Partial<Lab>) => void;
}

export function Judged({ frame, ...shared }: JudgedProps & { frame: Frame }) {
  const { points } = frame.parts;
  const all = useMemo(() => rows(points?.values ?? new Float64Array()), [points]);
  return frame.reply.data.task === "regression" ? (
    <Predicted frame={frame} all={all} />
  ) : (
    <Confusion frame={frame} all={all} {...shared} />
  );
}

/** The rows of each class, by the class that they were taken for. */
export function confusion(frame: Frame, all: Row[]): Row[][][] {
  const { classes } = frame.reply.data;
  const cells = classes.map(() => classes.map((): Row[] => []));
  for (const row of all) cells[row.target]?.[decided(saidOf(frame, row.index))]?.push(row);
  return cells;
}

function Confusion({ frame, all, ...shared }: JudgedProps & { frame: Frame; all: Row[] }) {
  const held = all.filter((row) => row.isHeldOut);
  const cells = confusion(frame, held.length ? held : all);
  const { classes } = frame.reply.data;
  const {
    lab: {
      cell: [chosen = -1, taken = -1],
    },
    onChange,
  } = shared;
  const found = cells[chosen]?.[taken];
  return (
    <figure class="confusion" aria-label="Confusion matrix">
      <figcaption>
        {held.length ? `${held.length} held-out rows` : `${all.length} rows`}: right class down, the network's across
      </figcaption>
      <table>
        <thead>
          <tr>
            <td />
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((line, right) => {
            const sum = line.reduce((sofar, rows) => sofar + rows.length, 0) || 1;
            return (
              <tr key={right}>
                <th scope="row">{classes[right]}</th>
                {line.map((rows, said) => {
                  const isChosen = right === chosen && said === taken;
                  return (
                    <td key={said} class={said === right ? "right" : "wrong"} style={{ "--share": rows.length / sum }}>
                      {rows.length ? (
                        <button
                          type="button"
                          aria-pressed={isChosen}
                          aria-label={`${classes[right]} taken for ${classes[said]}: ${rows.length} rows`}
                          onClick={() => onChange({ cell: isChosen ? [] : [right, said] })}
                        >
                          {rows.length}
                        </button>
                      ) : (
                        "·"
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {found ? (
        <CellRows
          rows={found}
          names={[classes[chosen] ?? "", classes[taken] ?? ""]}
          picture={frame.reply.data.picture}
          {...shared}
        />
      ) : (
        <p class="note">Press a number to see its rows.</p>
      )}
    </figure>
  );
}

function Predicted({ frame, all }: { frame: Frame; all: Row[] }) {
  const [host, width] = useWidth<HTMLDivElement>(420);
  const shown = all.slice(0, MOST);
  const said = (row: Row) => saidOf(frame, row.index)[0] ?? NaN;
  const range = useMemo(() => rangeOf(all.map((row) => row.target)), [all]);
  const room = axes({ width, height: HEIGHT, left: 62, right: 12, top: 28, bottom: 44 }, range, range);
  const held = (value: number) => Math.min(range[1], Math.max(range[0], value));
  return (
    <figure class="gw-plot lab-map" aria-label="Predicted beside right">
      <div ref={host} class="gw-stage">
        <svg
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-label={`what the network says of ${shown.length} rows, over what is right`}
        >
          <Axis axes={room} names={{ x: frame.reply.data.target, y: "predicted" }} />
          <path class="ideal" d={`M${room.x(range[0])} ${room.y(range[0])}L${room.x(range[1])} ${room.y(range[1])}`} />
          <Marks
            rows={shown}
            places={shown.map((row): [number, number] => [room.x(row.target), room.y(held(said(row)))])}
            wrong={NOBODY}
            chosen={null}
            isClass={false}
          />
        </svg>
      </div>
      <PictureTools name="predicted" stage={host} />
    </figure>
  );
}
