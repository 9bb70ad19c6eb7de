import { describe, expect, it } from "vitest";
import { curvePath, tangentEnds } from "../src/components/plots/CurveLine";
import { linkWidth } from "../src/components/plots/ChainPlot";
import { labelPlaces } from "../src/components/plots/Step";
import { axes, evenly, nearest, rangeOf, snap, snapStep, ticks } from "../src/components/plots/scales";

const frame = { width: 100, height: 100, left: 0, right: 0, top: 0, bottom: 0 };

describe("scales", () => {
  it("gives a range some air and ignores what isn't a number", () => {
    expect(rangeOf([0, 10, NaN, Infinity], 0.1)).toEqual([-1, 11]);
    expect(rangeOf([])).toEqual([-1, 1]);
    expect(rangeOf([5, 5], 0)[0]).toBe(5);
  });
  it("doesn't let a pole flatten the rest", () => {
    const [low, high] = rangeOf(Array.from(evenly([-3, 3], 200), (x) => 1 / x));
    expect(high).toBeLessThan(20);
    expect(low).toBeGreaterThan(-20);
  });
  it("snaps to about a pixel, without binary dust", () => {
    const step = snapStep([-2, 3], 640);
    expect(step).toBe(0.01);
    expect(snap(0.30000000000000004, step, [-2, 3])).toBe(0.3);
    expect(snap(7, step, [-2, 3])).toBe(3);
  });
  it("finds the nearest sample", () => expect(nearest(evenly([0, 10], 11), 6.6)).toBe(7));
  it("has at least two ticks", () =>
    expect(ticks(axes({ ...frame, width: 10 }, [0, 1], [0, 1]).x).length).toBeGreaterThanOrEqual(2));
});

describe("curves", () => {
  const room = axes(frame, [0, 3], [0, 3]);
  it("breaks where there is no number", () =>
    expect(curvePath(room, [0, 1, 2, 3], [0, NaN, 2, 3]).match(/M/g)).toHaveLength(2));
  it("breaks where the curve leaps across the frame", () =>
    expect(curvePath(room, [0, 1, 2, 3], [1, 50, -50, 1]).match(/M/g)).toHaveLength(2));
  it("draws a tangent with the slope in pixels", () => {
    const [a, b] = tangentEnds(room, 1, 1, 1);
    expect((b.y - a.y) / (b.x - a.x)).toBeCloseTo(-1, 10);
  });
  it("moves labels apart that would touch, in their order", () => {
    expect(labelPlaces(50, 52, 30)).toEqual([36, 66]);
    expect(labelPlaces(52, 50, 30)).toEqual([66, 36]);
    expect(labelPlaces(10, 90, 30)).toEqual([10, 90]);
  });
  it("wraps links rather than shrinking them", () => {
    expect(linkWidth(1100, 3)).toBe(348);
    expect(linkWidth(350, 3)).toBe(350);
    expect(linkWidth(1100, 9)).toBeGreaterThanOrEqual(250);
  });
});
