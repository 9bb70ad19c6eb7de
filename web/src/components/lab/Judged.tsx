// Rows with more than two inputs: what the network says of each beside what is right, as counts of classes or as points.
import { useMemo } from "preact/hooks";
import { decided } from "../../lab/classes";
import { rows, saidOf, type Row } from "../../lab/rows";
import type { Frame } from "../../lab/run";
import { Axis } from "../plots/Axis";
import { useWidth } from "../plots/hooks";
import { axes, rangeOf } from "../plots/scales";
import { markKey, Marks } from "./Marks";
import { PictureTools } from "./PictureTools";

const HEIGHT = 380;
const MOST = 400; // rows that are drawn
const NOBODY = markKey(new Set());

export function Judged({ frame }: { frame: Frame }) {
  const { points } = frame.parts;
  const all = useMemo(() => rows(points?.values ?? new Float64Array()), [points]);
  return frame.reply.data.task === "regression" ? <Predicted frame={frame} all={all} /> : <Confusion frame={frame} all={all} />;
}

/** How many rows of each class were taken for which one; of the held-out rows where there are any. */
export function confusion(frame: Frame, all: Row[]): number[][] {
  const count = frame.reply.data.classes.length;
  const counts = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (const row of all) {
    const line = counts[row.target];
    const said = decided(saidOf(frame, row.index));
    if (line && line[said] !== undefined) line[said]++;
  }
  return counts;
}

function Confusion({ frame, all }: { frame: Frame; all: Row[] }) {
  const held = all.filter((row) => row.isHeldOut);
  const counts = confusion(frame, held.length ? held : all);
  const { classes } = frame.reply.data;
  return (
    <figure class="confusion" aria-label="Confusion matrix">
      <figcaption>{held.length ? `${held.length} held-out rows` : `${all.length} rows`}: right class down, the network's across</figcaption>
      <table>
        <thead><tr><td />{classes.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
        <tbody>{counts.map((line, right) => {
          const sum = line.reduce((sofar, one) => sofar + one, 0) || 1;
          return <tr key={right}><th scope="row">{classes[right]}</th>{line.map((one, said) => <td key={said} class={said === right ? "right" : "wrong"} style={{ "--share": one / sum }}>{one || "·"}</td>)}</tr>;
        })}</tbody>
      </table>
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
        <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={`what the network says of ${shown.length} rows, over what is right`}>
          <Axis axes={room} names={{ x: frame.reply.data.target, y: "predicted" }} />
          <path class="ideal" d={`M${room.x(range[0])} ${room.y(range[0])}L${room.x(range[1])} ${room.y(range[1])}`} />
          <Marks rows={shown} places={shown.map((row): [number, number] => [room.x(row.target), room.y(held(said(row)))])} wrong={NOBODY} chosen={null} isClass={false} />
        </svg>
      </div>
      <PictureTools name="predicted" stage={host} />
    </figure>
  );
}
