// A regression over one input: the data, and the curve that the network makes of them.
import { useMemo } from "preact/hooks";
import { rows } from "../../lab/rows";
import type { Frame } from "../../lab/run";
import { Axis } from "../plots/Axis";
import { CurveLine } from "../plots/CurveLine";
import { placeIn } from "../plots/dragging";
import { useWidth } from "../plots/hooks";
import { axes, evenly, rangeOf, type Axes, type Range } from "../plots/scales";
import { markKey, Marks, type PictureProps } from "./Marks";
import { closest } from "../../lab/places";
import { PictureTools } from "./PictureTools";

const HEIGHT = 380;
const NOBODY = markKey(new Set());

export function Fit({ frame, chosen, onRow }: PictureProps) {
  const [host, width] = useWidth<HTMLDivElement>(420);
  const {
    parts: { points },
    reply: { data },
  } = frame;
  const all = useMemo(() => rows(points?.values ?? new Float64Array()), [points]);
  const [extent = [0, 1]] = data.extent as Range[];
  const range = useMemo(
    () =>
      rangeOf(
        all.map((row) => row.target),
        0.25,
      ),
    [all],
  );
  const room = axes({ width, height: HEIGHT, left: 46, right: 12, top: 28, bottom: 44 }, extent, range);
  const places = all.map((row): [number, number] => [room.x(row.x), room.y(row.target)]);
  return (
    <figure class="gw-plot lab-map" aria-label="The data and the network's curve">
      <div ref={host} class="gw-stage">
        <svg
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-label={`${data.target} over ${data.columns[0]}: ${data.rows} rows and the network's curve`}
          onClick={(event) => {
            const { x, y } = placeIn(event.currentTarget, event, width);
            const row = closest(places, x, y);
            if (row !== null) onRow(row);
          }}
        >
          <Axis axes={room} names={{ x: data.columns[0] ?? "x", y: data.target }} />
          <Marks rows={all} places={places} wrong={NOBODY} chosen={chosen} isClass={false} />
          <Curve frame={frame} room={room} extent={extent} />
        </svg>
      </div>
      <PictureTools name="fit" stage={host} />
    </figure>
  );
}

/** What the network makes of every input, drawn anew with every picture. */
function Curve({ frame, room, extent }: { frame: Frame; room: Axes; extent: Range }) {
  const boundary = frame.picture.value;
  return boundary && <CurveLine axes={room} xs={evenly(extent, boundary.values.length)} ys={boundary.values} />;
}
