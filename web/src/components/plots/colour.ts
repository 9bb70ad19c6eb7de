// Colours for numbers: ramps that are even to the eye, mixed in OKLab between colours of the theme.
import type { Range } from "./scales";

export type Rgb = [number, number, number];

/** A ramp from 0 to 1 through colours at even distances. */
export type Ramp = Rgb[];

/** Which ramp a map gets: one-sided values, losses in greys, signed values centred on zero, or one class to the other. */
export type Ramps = "value" | "loss" | "signed" | "classes";

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
const gamma = (light: number) => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);

/** sRGB (0–255) as OKLab, after Björn Ottosson's definition. */
export function toLab([red, green, blue]: Rgb): Rgb {
  const [r, g, b] = [linear(red / 255), linear(green / 255), linear(blue / 255)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** OKLab as sRGB (0–255). */
export function fromLab([light, a, b]: Rgb): Rgb {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels: Rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return channels.map((channel) => Math.round(255 * gamma(Math.min(1, Math.max(0, channel))))) as Rgb;
}

/** The colour at a share (0 to 1) of a ramp. */
export function mix(ramp: Ramp, share: number): Rgb {
  const place = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const left = Math.min(ramp.length - 2, Math.floor(place));
  const [from, to] = [toLab(ramp[left] ?? [0, 0, 0]), toLab(ramp[left + 1] ?? [0, 0, 0])];
  const part = place - left;
  return fromLab(from.map((value, k) => value + ((to[k] ?? value) - value) * part) as Rgb);
}

/** Which ramp fits values in this range. */
export function rampFor([low, high]: Range): Ramps {
  return low < 0 && high > 0 && Math.min(-low, high) > 0.02 * (high - low) ? "signed" : "value";
}

/** The range that a ramp's ends stand for: for signed values zero lies in the middle. */
export function coloured(kind: Ramps, [low, high]: Range): Range {
  const far = Math.max(Math.abs(low), Math.abs(high));
  return kind === "signed" ? [-far, far] : [low, high];
}

/** A table of 256 colours, so that painting a map costs one look-up for each cell. */
export function lookup(ramp: Ramp): Rgb[] {
  return Array.from({ length: 256 }, (_, k) => mix(ramp, k / 255));
}

/** A CSS colour as the browser resolves it (`rgb(26, 95, 180)`), in numbers. */
export function parse(colour: string): Rgb {
  const found =
    colour
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number) ?? [];
  const scale = colour.startsWith("color(") ? 255 : 1;
  return [(found[0] ?? 0) * scale, (found[1] ?? 0) * scale, (found[2] ?? 0) * scale];
}
