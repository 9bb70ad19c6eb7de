// The data as the last hidden layer sees them: the plane bent, and the straight cut that the output layer makes there.
import { useMemo } from "preact/hooks";
import { closest } from "../../lab/places";
import { rows, sample, wrong } from "../../lab/rows";
import type { Part } from "../../lab/run";
import { Axis } from "../plots/Axis";
import { placeIn } from "../plots/dragging";
import { useUnique, useWidth } from "../plots/hooks";
import { axes, rangeOf, type Axes } from "../plots/scales";
import { markKey, Marks, type PictureProps } from "./Marks";
import { PictureTools } from "./PictureTools";

const [MOST_WIDE, LEFT, RIGHT, TOP, BOTTOM] = [440, 46, 12, 28, 44];

export function Hidden({ frame, chosen, onRow }: PictureProps) {
  const [host, width] = useWidth<HTMLDivElement>(400);
  const { hidden, bent, cut, points } = frame.parts;
  const all = useMemo(() => sample(rows(points?.values ?? new Float64Array())), [points]);
  const clip = useUnique("cut");
  if (!hidden || (hidden.shape[1] ?? 0) < 2) return null;
  const { task } = frame.reply.data;
  const height = Math.max(TOP + BOTTOM, Math.min(width, MOST_WIDE) - RIGHT);
  const ranges = [0, 1].map((axis) =>
    rangeOf([...every(hidden.values, axis), ...every(bent?.values ?? [], axis)], 0.06),
  );
  const [across = [0, 1], up = [0, 1]] = ranges;
  const room = axes({ width, height, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM }, across, up);
  const places = all.map((row): [number, number] => [
    room.x(hidden.values[2 * row.index] ?? NaN),
    room.y(hidden.values[2 * row.index + 1] ?? NaN),
  ]);
  const names = hidden.note ? { x: "first direction", y: "second direction" } : { x: "h1", y: "h2" };
  return (
    <figure class="gw-plot lab-map" aria-label="The data as the last hidden layer sees them">
      <h2>As the last hidden layer sees it</h2>
      <div ref={host} class="gw-stage">
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`the points${bent ? " and a grid of the plane" : ""} in the space of the last hidden layer`}
          onClick={(event) => {
            const { x, y } = placeIn(event.currentTarget, event, width);
            const row = closest(places, x, y);
            const meant = row === null ? undefined : all[row];
            if (meant) onRow(meant.index);
          }}
        >
          <Axis axes={room} names={names} />
          <clipPath id={clip}>
            <rect x={LEFT} y={TOP} width={Math.max(0, width - LEFT - RIGHT)} height={height - TOP - BOTTOM} />
          </clipPath>
          {bent && <path class="bent" d={linesOf(bent, room)} />}
          {cut && <path class="half" clip-path={`url(#${clip})`} d={linesOf({ ...cut, shape: [1, 2, 2] }, room)} />}
          <Marks
            rows={all}
            places={places}
            wrong={markKey(wrong(frame, all))}
            chosen={chosen}
            isClass={task !== "regression"}
          />
        </svg>
      </div>
      <p class="note">
        {hidden.note ? `Shown: ${hidden.note}. ` : ""}
        {bent && "The grey grid is the plane of the inputs, bent. "}
        {cut && "The dark line is where the output layer cuts it: straight here, bent on the plane."}
      </p>
      <PictureTools name="hidden" stage={host} />
    </figure>
  );
}

/** The numbers of one axis out of pairs. */
function every(pairs: ArrayLike<number>, axis: number): number[] {
  return Array.from({ length: pairs.length / 2 }, (_, k) => pairs[2 * k + axis] ?? NaN);
}

/** Lines of [lines, places, 2] as one path. */
export function linesOf({ values, shape: [count = 0, places = 0] }: Part, room: Axes): string {
  const at = (k: number) => `${room.x(values[2 * k] ?? 0).toFixed(1)} ${room.y(values[2 * k + 1] ?? 0).toFixed(1)}`;
  return Array.from(
    { length: count },
    (_, line) => `M${Array.from({ length: places }, (__, place) => at(line * places + place)).join("L")}`,
  ).join("");
}
