import { describe, expect, it } from "vitest";
import { coloured, fromLab, lookup, mix, parse, rampFor, toLab } from "../src/components/plots/colour";
import type { Rgb } from "../src/components/plots/colour";
import { levels } from "../src/components/plots/Contours";
import { pixels } from "../src/components/plots/Heatmap";
import { contour } from "../src/components/plots/marching";
import { pathIn } from "../src/components/plots/SurfacePlot";

describe("contours", () => {
  it("finds no line where all is on one side", () => expect(contour([0, 0, 0, 0], 2, 1)).toEqual([]));
  it("cuts a slope in the middle", () => expect(contour([0, 1, 0, 1], 2, 0.5)).toEqual([[0.5, 0, 0.5, 1]]));
  it("cuts off a corner", () => expect(contour([1, 0, 0, 0], 2, 0.5)).toEqual([[0, 0.5, 0.5, 0]]));
  it("cuts a saddle twice", () => expect(contour([1, 0, 0, 1], 2, 0.5)).toHaveLength(2));
  it("leaves out what isn't a number", () => expect(contour([NaN, 1, 0, 1], 2, 0.5)).toEqual([]));
  it("closes around a hill", () => {
    const ends = contour([0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 0.5)
      .flatMap(([a, b, c, d]) => [`${a},${b}`, `${c},${d}`])
      .sort();
    expect(ends).toHaveLength(8);
    expect(ends.filter((end, k) => k % 2 === 0 && ends[k + 1] !== end)).toEqual([]);
  });
  it("takes levels inside the range only", () =>
    expect(levels([0, 1], 4).every((level) => level > 0 && level < 1)).toBe(true));
});

describe("colours", () => {
  const blue: Rgb = [26, 95, 180];
  it("goes to OKLab and back", () => expect(fromLab(toLab(blue))).toEqual(blue));
  it("knows OKLab's white", () => expect(toLab([255, 255, 255])[0]).toBeCloseTo(1, 6));
  it("is even to the eye: lightness falls in equal steps", () => {
    const light = [0, 0.25, 0.5, 0.75, 1].map((share) => toLab(mix([[243, 245, 248], blue], share))[0]);
    const steps = light.slice(1).map((value, k) => value - (light[k] ?? 0));
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(0.01);
  });
  it("centres signed values on zero", () => {
    expect(rampFor([-1, 3])).toBe("signed");
    expect(rampFor([0, 3])).toBe("value");
    expect(coloured("signed", [-1, 3])).toEqual([-3, 3]);
  });
  it("reads resolved colours", () =>
    expect([parse("rgb(26, 95, 180)"), parse("color(srgb 1 0 0.5)")]).toEqual([blue, [255, 0, 127.5]]));
  it("paints the last row of a grid on top, and nothing where there is no number", () => {
    const colours = lookup([
      [0, 0, 0],
      [255, 255, 255],
    ]);
    const made = pixels([0, 0, 1, NaN], 2, [0, 1], colours);
    expect([...made.slice(0, 4)]).toEqual([255, 255, 255, 255]);
    expect(made[7]).toBe(0);
    expect([...made.slice(8, 12)]).toEqual([0, 0, 0, 255]);
  });
  it("reads a path in one buffer or in three", () => {
    const [z, one] = [new Float64Array(1), Float64Array.from([1, 2, 3, 4, 5, 6])];
    const three = [
      [1, 4],
      [2, 5],
      [3, 6],
    ].map((column) => Float64Array.from(column));
    expect(pathIn([z, one])).toEqual(pathIn([z, ...three]));
  });
});
