// A map with axes, contours and scale, on which something else is drawn; by pointer it tells where it was touched.
import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Axis } from "./Axis";
import { coloured } from "./colour";
import type { Ramps } from "./colour";
import { ColourBar } from "./ColourBar";
import { Contours } from "./Contours";
import { dragHandlers } from "./dragging";
import { Heatmap } from "./Heatmap";
import { axes, rangeOf } from "./scales";
import type { Axes, Range } from "./scales";
import { useRamp } from "./useRamp";
import type { RefObject } from "preact";

interface MapPictureProps {
  host: RefObject<HTMLElement | null>;
  width: number;
  grid: Float64Array;
  ranges: [Range, Range];
  names: [string, string];
  kind: Ramps;
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

export function MapPicture({ host, width, grid, ranges, names, kind, scaleName, label, onTouch, children }: MapPictureProps) {
  const id = useId();
  const colours = useRamp(host, kind);
  const frame = frameFor(width);
  const room = axes(frame, ...ranges);
  const inner = { left: frame.left, top: frame.top, width: width - frame.left - frame.right, height: frame.height - frame.top - frame.bottom };
  const shades = coloured(kind, rangeOf(grid, 0));
  const columns = Math.round(Math.sqrt(grid.length));
  const touch = onTouch ? dragHandlers(width, ({ x, y }) => onTouch(room.x.invert(x), room.y.invert(y))) : {};
  return (
    <>
      <Heatmap grid={grid} columns={columns} range={shades} colours={colours} {...inner} />
      <svg class={`gw-over${onTouch ? " gw-drag-xy" : ""}`} width={width} height={frame.height} viewBox={`0 0 ${width} ${frame.height}`} role="group" aria-label={label} {...touch}>
        <Contours axes={room} grid={grid} columns={columns} range={shades} />
        <Axis axes={room} names={{ x: names[0], y: names[1] }} over />
        <ColourBar id={`bar${id}`} range={shades} colours={colours} x={width - frame.right + 12} top={inner.top} height={inner.height} name={scaleName} />
        {children(room)}
      </svg>
    </>
  );
}
