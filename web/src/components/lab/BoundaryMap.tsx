// What the network says everywhere: the ground of a map, the line where it changes its mind, and the data upon it.
import { useMemo, useState } from "preact/hooks";
import { full } from "../../numbers";
import { colourClass } from "../../lab/classes";
import { closest } from "../../lab/places";
import { rows, sample, saidOf, wrong, type Row } from "../../lab/rows";
import type { Frame } from "../../lab/run";
import { Axis } from "../plots/Axis";
import { placeIn } from "../plots/dragging";
import { Heatmap } from "../plots/Heatmap";
import { useWidth } from "../plots/hooks";
import { contour } from "../plots/marching";
import { axes, evenly, nearest, type Axes, type Range } from "../plots/scales";
import { Tooltip } from "../plots/Tooltip";
import { markKey, Marks, type PictureProps } from "./Marks";
import { PictureTools } from "./PictureTools";
import { colourOf, gridOf, useGround, type Ground } from "./useGround";

const [LEFT, RIGHT, TOP, BOTTOM] = [40, 10, 26, 40];

export function BoundaryMap({ frame, chosen, onRow }: PictureProps) {
  const [host, width] = useWidth<HTMLDivElement>(420);
  const {
    reply,
    parts: { boundary, points },
  } = frame;
  const { extent, columns, task } = reply.data;
  const ground = useGround(host, frame);
  const [hover, setHover] = useState<[number, number] | null>(null);
  const all = useMemo(() => sample(rows(points?.values ?? new Float64Array())), [points]);
  const room = roomFor(width, extent as [Range, Range]);
  const places = useMemo(
    () => all.map((row): [number, number] => [room.x(row.x), room.y(row.y)]),
    [all, width, JSON.stringify(extent)],
  );
  const fills = useMemo(
    () => (ground && task === "regression" ? all.map((row) => colourOf(ground, row.target)) : undefined),
    [ground, all],
  );
  const under = (event: MouseEvent): number | null => {
    const { x, y } = placeIn(event.currentTarget as Element, event, width);
    return closest(places, x, y);
  };
  const inner = { left: LEFT, top: TOP, width: width - LEFT - RIGHT, height: room.frame.height - TOP - BOTTOM };
  const at = hover && all[closest(places, ...hover) ?? -1];
  return (
    <figure class="gw-plot lab-map" aria-label="What the network says over the plane">
      <div ref={host} class="gw-stage">
        {ground && <Painted frame={frame} ground={ground} {...inner} />}
        <svg
          class="gw-over"
          width={width}
          height={room.frame.height}
          viewBox={`0 0 ${width} ${room.frame.height}`}
          role="img"
          aria-label={described(frame)}
          onMouseMove={(event) => {
            const { x, y } = placeIn(event.currentTarget, event, width);
            setHover([x, y]);
          }}
          onMouseLeave={() => setHover(null)}
          onClick={(event) => {
            const row = all[under(event) ?? -1];
            if (row) onRow(row.index);
          }}
        >
          {task === "binary" && <Half frame={frame} room={room} />}
          {frame.parts["tangle"] && <Tangle places={frame.parts["tangle"].values} room={room} />}
          <Axis axes={room} names={{ x: columns[0] ?? "x1", y: columns[1] ?? "x2" }} over />
          <Marks
            rows={all}
            places={places}
            wrong={markKey(wrong(frame, all))}
            chosen={chosen}
            isClass={task !== "regression"}
            fills={fills}
          />
        </svg>
        {hover && boundary && inside(room, hover) && (
          <Tooltip x={hover[0]} y={hover[1]} room={width}>
            {at ? <Told frame={frame} row={at} /> : <Sample frame={frame} room={room} hover={hover} />}
          </Tooltip>
        )}
      </div>
      <PictureTools name="boundary" stage={host} />
    </figure>
  );
}

/** The ground itself, painted anew with every picture; how its colours are chosen changes with whole frames. */
function Painted({
  frame,
  ground,
  ...place
}: {
  frame: Frame;
  ground: Ground;
  left: number;
  top: number;
  width: number;
  height: number;
}) {
  const boundary = frame.picture.value;
  const grid = useMemo(() => boundary && gridOf(ground, boundary), [boundary, ground]);
  return (
    boundary &&
    grid && (
      <Heatmap
        grid={grid}
        columns={boundary.shape[boundary.shape.length - 1] ?? 1}
        range={ground.range}
        colours={ground.colours}
        {...place}
      />
    )
  );
}

/** The line where the network changes its mind between two classes. */
function Half({ frame, room }: { frame: Frame; room: Axes }) {
  const boundary = frame.picture.value;
  return boundary && <path class="half" d={halves(room, boundary.values, boundary.shape[1] ?? 1)} />;
}

/** Segments or triangles between points of two classes that share a place: why no straight line separates them. */
function Tangle({ places, room }: { places: Float64Array; room: Axes }) {
  const corners = (place: number) =>
    [0, 1, 2]
      .map((k) => [places[6 * place + 2 * k] ?? NaN, places[6 * place + 2 * k + 1] ?? NaN])
      .filter((corner) => corner.every(Number.isFinite));
  return (
    <>
      {[0, 1].map((place) => (
        <path
          key={place}
          class={`tangle ${colourClass(place)}`}
          d={`M${corners(place)
            .map(([x = 0, y = 0]) => `${room.x(x)} ${room.y(y)}`)
            .join("L")}Z`}
        />
      ))}
    </>
  );
}

/** What is right for a row, and what the network says. */
function Told({ frame, row }: { frame: Frame; row: Row }) {
  const { data } = frame.reply;
  return (
    <>
      <span>
        row {row.index}
        {row.isHeldOut ? ", held out" : ""}: {full(row.x)}, {full(row.y)}
      </span>
      <span>
        {data.target} {data.task === "regression" ? full(row.target) : data.classes[row.target]}
      </span>
      <span class="gw-value">the network: {Array.from(saidOf(frame, row.index), full).join(", ")}</span>
    </>
  );
}

/** The grid's number nearest to the pointer. */
function Sample({ frame, room, hover }: { frame: Frame; room: Axes; hover: [number, number] }) {
  const {
    parts: { boundary },
    reply: { data },
  } = frame;
  const side = boundary?.shape[boundary.shape.length - 1] ?? 1;
  const [xs, ys] = (data.extent as [Range, Range]).map((range) => evenly(range, side));
  const [column, row] = [nearest(xs ?? [], room.x.invert(hover[0])), nearest(ys ?? [], room.y.invert(hover[1]))];
  const value = (layer: number) => boundary?.values[layer * side * side + row * side + column] ?? NaN;
  return (
    <>
      <span>
        {data.columns[0]} = {full(xs?.[column] ?? NaN)}
      </span>
      <span>
        {data.columns[1]} = {full(ys?.[row] ?? NaN)}
      </span>
      {data.task === "classes" ? (
        <span class="gw-value">
          class {data.classes[value(0)]} with probability {full(value(1))}
        </span>
      ) : (
        <span class="gw-value">
          {data.task === "binary" ? `probability of ${data.classes[1]}` : data.target} = {full(value(0))}
        </span>
      )}
    </>
  );
}

function roomFor(width: number, [x, y]: [Range, Range]): Axes {
  const across = width - LEFT - RIGHT;
  const ratio = Math.min(1.1, Math.max(0.6, (y[1] - y[0]) / (x[1] - x[0])));
  const height = Math.round(Math.min(460, across * ratio)) + TOP + BOTTOM;
  return axes({ width, height, left: LEFT, right: RIGHT, top: TOP, bottom: BOTTOM }, x, y);
}

function inside({ frame }: Axes, [x, y]: [number, number]): boolean {
  return x >= frame.left && x <= frame.width - frame.right && y >= frame.top && y <= frame.height - frame.bottom;
}

/** Where the network is undecided between two classes. */
function halves(room: Axes, grid: Float64Array, columns: number): string {
  const [x0 = 0, x1 = 1] = room.x.range();
  const [y0 = 0, y1 = 1] = room.y.range();
  const across = (column: number) => (x0 + ((x1 - x0) * column) / (columns - 1)).toFixed(1);
  const up = (row: number) => (y0 + ((y1 - y0) * row) / (grid.length / columns - 1)).toFixed(1);
  return contour(grid, columns, 0.5)
    .map(([a, b, c, d]) => `M${across(a)} ${up(b)}L${across(c)} ${up(d)}`)
    .join("");
}

function described({ reply: { data, train } }: Frame): string {
  return `${data.name}: ${data.rows} rows to learn from; the network's ${data.metric} is ${train.metric}`;
}
