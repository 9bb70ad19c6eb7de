import { describe, expect, it } from "vitest";
import { FITTED, within, zoomed, type View } from "../src/components/panzoom";

const SIZE: [number, number] = [400, 200];
const seen = ({ x, y, scale }: View, [px, py]: [number, number]) => [x + scale * px, y + scale * py];

describe("a picture that is scaled and moved", () => {
  it("keeps the point under the finger", () => {
    const view = zoomed(FITTED, 2, [100, 50], SIZE);
    expect(view.scale).toBe(2);
    expect(seen(view, [100, 50])).toEqual([100, 50]);
    expect(seen(zoomed(view, 1.5, [100, 50], SIZE), [100, 50])).toEqual([100, 50]);
  });
  it("is never smaller than its frame, nor without end larger", () => {
    expect(zoomed({ x: -50, y: -20, scale: 1.5 }, 0.1, [10, 10], SIZE)).toEqual(FITTED);
    expect(zoomed(FITTED, 1000, [0, 0], SIZE).scale).toBe(8);
  });
  it("can't be moved out of sight", () => {
    expect(within({ x: 90, y: -999, scale: 2 }, SIZE)).toEqual({ x: 0, y: -200, scale: 2 });
  });
});
