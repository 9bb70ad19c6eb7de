// A tensor that is too large for a cell an entry, drawn whole: one pixel an entry, stretched to the room that cells have.
import { useMemo } from "preact/hooks";
import { parse, type Rgb } from "./plots/colour";
import { useTheme } from "./plots/hooks";

interface Props {
  values: Float64Array;
  columns: number;
  rows: number;
  /** The largest size among the values. */
  scale: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

const MOST = 400; // pixels on a side; of a longer one, every so many entries are drawn

export function HeatImage({ values, columns, rows, scale, ...place }: Props) {
  const theme = useTheme();
  const address = useMemo(
    () => painted(values, columns, rows, scale),
    [values.buffer, values.byteOffset, columns, rows, scale, theme],
  );
  return <image class="heat-image" href={address} preserveAspectRatio="none" {...place} />;
}

function painted(values: Float64Array, columns: number, rows: number, scale: number): string {
  const [width, height] = [Math.min(columns, MOST), Math.min(rows, MOST)];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  if (!context) return "";
  const image = context.createImageData(width, height);
  const [minus, plus, ink] = ["--minus", "--plus", "--ink"].map(colour) as [Rgb, Rgb, Rgb];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [row, column] = [
      Math.floor((Math.floor(pixel / width) * rows) / height),
      Math.floor(((pixel % width) * columns) / width),
    ];
    const value = values[row * columns + column] ?? NaN;
    image.data.set([...(Number.isNaN(value) ? ink : value < 0 ? minus : plus), 255 * opacity(value, scale)], 4 * pixel);
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

/** How strong a cell's colour is: paler towards zero. */
export function opacity(value: number, scale: number): number {
  return Number.isNaN(value) ? 1 : 0.06 + 0.94 * Math.min(1, Math.abs(value) / (scale || 1));
}

function colour(name: string): Rgb {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const found = parse(getComputedStyle(probe).color);
  probe.remove();
  return found;
}
