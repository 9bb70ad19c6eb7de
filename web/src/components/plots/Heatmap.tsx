// A grid of numbers as a map of colours on a canvas.
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Rgb } from "./colour";
import type { Range } from "./scales";

/** Numbers, so many in a row, and the colours that they have. */
export interface Heat {
  grid: ArrayLike<number>;
  columns: number;
  range: Range;
  colours: Rgb[];
}

interface HeatmapProps extends Heat {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The pixels of a map, its rows from the top (the last row of the grid, because axes go up), written into the array that is given. */
export function pixels(
  grid: ArrayLike<number>,
  columns: number,
  [low, high]: Range,
  colours: Rgb[],
  made = new Uint8ClampedArray(4 * grid.length),
): Uint8ClampedArray {
  const rows = Math.floor(grid.length / columns);
  const scale = high > low ? (colours.length - 1) / (high - low) : 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = grid[(rows - 1 - row) * columns + column] ?? NaN;
      const place = Math.round(Math.min(colours.length - 1, Math.max(0, (value - low) * scale)));
      const colour = colours[place]; // NaN finds none and stays transparent
      const start = 4 * (row * columns + column);
      made[start] = colour ? colour[0] : 0;
      made[start + 1] = colour ? colour[1] : 0;
      made[start + 2] = colour ? colour[2] : 0;
      made[start + 3] = colour ? 255 : 0;
    }
  }
  return made;
}

/** A canvas with one pixel for each number, which serves again from picture to picture. */
export interface Small {
  context: CanvasRenderingContext2D;
  image: ImageData;
}

export function small(columns: number, rows: number): Small | null {
  const context = Object.assign(document.createElement("canvas"), { width: columns, height: rows }).getContext("2d");
  return context && { context, image: new ImageData(columns, rows) };
}

/** Paint a map into a rectangle of a canvas, smoothly between the samples; those at an end of the range lie on its edge. */
export function paint(
  context: CanvasRenderingContext2D,
  samples: Small,
  { grid, columns, range, colours }: Heat,
  [left, top, width, height]: [number, number, number, number],
): void {
  pixels(grid, columns, range, colours, samples.image.data);
  samples.context.putImageData(samples.image, 0, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(samples.context.canvas, 0.5, 0.5, columns - 1, samples.image.height - 1, left, top, width, height);
}

/** The map on a canvas of its own. */
export function Heatmap({ grid, columns, range, colours, left, top, width, height }: HeatmapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = Math.floor(grid.length / columns);
  const samples = useMemo(() => (rows > 1 ? small(columns, rows) : null), [columns, rows]);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !samples) return;
    context.globalCompositeOperation = "copy"; // what isn't a number is transparent
    paint(context, samples, { grid, columns, range, colours }, [0, 0, context.canvas.width, context.canvas.height]);
  }, [grid, columns, range[0], range[1], colours, width, height]);
  return <HeatCanvas canvas={canvas} left={left} top={top} width={width} height={height} />;
}

/** How many pixels of a canvas lie along one of the page: as many as the screen has, for more take long to paint. */
export function sharpness(): number {
  return Math.ceil(window.devicePixelRatio || 1);
}

/** A canvas over a picture. */
export function HeatCanvas({
  canvas,
  left,
  top,
  width,
  height,
}: {
  canvas: RefObject<HTMLCanvasElement | null>;
  left: number;
  top: number;
  width: number;
  height: number;
}) {
  return (
    <canvas
      ref={canvas}
      class="gw-heat"
      aria-hidden="true"
      width={width * sharpness()}
      height={height * sharpness()}
      style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}
    />
  );
}
