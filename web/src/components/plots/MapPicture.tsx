// A map with axes, contours and scale, on which something else is drawn; by pointer it tells where it was touched.
import { useMemo, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Axis } from "./Axis";
import { coloured, rampFor } from "./colour";
import type { Ramps } from "./colour";
import { ColourBar } from "./ColourBar";
import { Contours } from "./Contours";
import { dragHandlers, placeIn } from "./dragging";
import { full } from "../../numbers";
import { Heatmap } from "./Heatmap";
import { axes, evenly, nearest, rangeOf } from "./scales";
import type { Axes, Range } from "./scales";
import { useStable, useUnique } from "./hooks";
import { Tooltip } from "./Tooltip";
import { useRamp } from "./useRamp";
import type { RefObject } from "preact";

interface MapPictureProps {
  host: RefObject<HTMLElement | null>;
  width: number;
  grid: Float64Array;
  ranges: [Range, Range];
  names: [string, string];
  kind?: Ramps; // found from the values where it isn't said
  scaleName: string;
  label: string;
  onTouch?: (x: number, y: number) => void;
  children: (room: Axes) => ComponentChildren;
}

/** The frame of a map in a given width: as high as it is wide, within bounds. */
function frameFor(width: number) {
  const [left, right] = [46, 64];
  const inner = width - left - right;
  const height = Math.round(Math.min(460, Math.max(220, inner)));
  return { width, height: height + 34 + 44, left, right, top: 34, bottom: 44 };
}

export function MapPicture({
  host,
  width,
  grid: given,
  ranges,
  names,
  kind: said,
  scaleName,
  label,
  onTouch,
  children,
}: MapPictureProps) {
  const grid = useStable(given);
  const id = useUnique("map");
  const seen = useMemo(() => rangeOf(grid, 0), [grid]);
  const kind = said ?? rampFor(seen);
  const colours = useRamp(host, kind);
  const frame = frameFor(width);
  const room = axes(frame, ...ranges);
  const inner = {
    left: frame.left,
    top: frame.top,
    width: width - frame.left - frame.right,
    height: frame.height - frame.top - frame.bottom,
  };
  const shades = coloured(kind, seen);
  const columns = Math.round(Math.sqrt(grid.length));
  const touch = onTouch ? dragHandlers(width, ({ x, y }) => onTouch(room.x.invert(x), room.y.invert(y))) : {};
  const [hover, setHover] = useState<[number, number] | null>(null);
  const lines = ranges.map((range) => evenly(range, columns));
  const sample = hover && ([0, 1] as const).map((k) => nearest(lines[k] ?? [], hover[k]));
  const [sx, sy] = [lines[0]?.[sample?.[0] ?? 0] ?? NaN, lines[1]?.[sample?.[1] ?? 0] ?? NaN];
  const point = (event: MouseEvent): [number, number] => {
    const { x, y } = placeIn(event.currentTarget as Element, event, width);
    return [room.x.invert(x), room.y.invert(y)];
  };
  const within = ([x, y]: [number, number]) =>
    x >= ranges[0][0] && x <= ranges[0][1] && y >= ranges[1][0] && y <= ranges[1][1];
  return (
    <>
      <Heatmap grid={grid} columns={columns} range={shades} colours={colours} {...inner} />
      <svg
        class={`gw-over${onTouch ? " gw-drag-xy" : ""}`}
        width={width}
        height={frame.height}
        viewBox={`0 0 ${width} ${frame.height}`}
        role="group"
        aria-label={label}
        {...touch}
        onMouseMove={(event) => setHover(event.buttons || !within(point(event)) ? null : point(event))}
        onMouseLeave={() => setHover(null)}
      >
        <Contours axes={room} grid={grid} columns={columns} range={shades} />
        <Axis axes={room} names={{ x: names[0], y: names[1] }} over />
        <ColourBar
          id={`bar${id}`}
          range={shades}
          colours={colours}
          x={width - frame.right + 12}
          top={inner.top}
          height={inner.height}
          name={scaleName}
        />
        {children(room)}
        {sample && <circle class="gw-hover" cx={room.x(sx)} cy={room.y(sy)} r={3.5} pointer-events="none" />}
      </svg>
      {sample && (
        <Tooltip x={room.x(sx)} y={room.y(sy)} room={width}>
          <span>
            {names[0]} = {full(sx)}
          </span>
          <span>
            {names[1]} = {full(sy)}
          </span>
          <span class="gw-value">
            {scaleName} = {full(grid[(sample[1] ?? 0) * columns + (sample[0] ?? 0)] ?? NaN)}
          </span>
        </Tooltip>
      )}
    </>
  );
}
