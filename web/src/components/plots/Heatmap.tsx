// A grid of numbers as a map of colours on a canvas.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Rgb } from "./colour";
import type { Range } from "./scales";

interface HeatmapProps {
  grid: Float64Array;
  columns: number;
  range: Range;
  colours: Rgb[];
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The pixels of a map, its rows from the top (the last row of the grid, because axes go up). */
export function pixels(grid: ArrayLike<number>, columns: number, [low, high]: Range, colours: Rgb[]): Uint8ClampedArray {
  const rows = Math.floor(grid.length / columns);
  const made = new Uint8ClampedArray(4 * rows * columns);
  const scale = high > low ? (colours.length - 1) / (high - low) : 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = grid[(rows - 1 - row) * columns + column] ?? NaN;
      const place = Math.round(Math.min(colours.length - 1, Math.max(0, (value - low) * scale)));
      const colour = colours[place]; // NaN finds none and stays transparent
      if (!colour) continue;
      const start = 4 * (row * columns + column);
      [made[start], made[start + 1], made[start + 2], made[start + 3]] = [colour[0], colour[1], colour[2], 255];
    }
  }
  return made;
}

/** The map, smoothly between the samples; a sample at an end of the range lies on the edge of the canvas. */
export function Heatmap({ grid, columns, range, colours, left, top, width, height }: HeatmapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    const rows = Math.floor(grid.length / columns);
    if (!context || rows < 2) return;
    const small = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    const image = new ImageData(columns, rows);
    image.data.set(pixels(grid, columns, range, colours));
    small.getContext("2d")?.putImageData(image, 0, 0);
    const { width: wide, height: high } = context.canvas;
    context.clearRect(0, 0, wide, high);
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0.5, 0.5, columns - 1, rows - 1, 0, 0, wide, high);
  }, [grid, columns, range[0], range[1], colours, width, height]);
  const sharp = Math.ceil(window.devicePixelRatio || 1); // as many pixels as the screen has: more take long to paint
  return <canvas ref={canvas} class="gw-heat" aria-hidden="true" width={width * sharp} height={height * sharp} style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }} />;
}
