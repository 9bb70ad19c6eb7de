import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { rowsInView } from "../src/components/useRowsInView";
import { settled } from "../src/session";
import { entries, gradientPlace, timetable, type Numbers } from "../src/state";
import type { WalkReply } from "../src/protocol";

describe("what waits until the hand rests", () => {
  it("follows while nothing is dragged, and stays while something is", () => {
    const [source, dragging] = [signal(1), signal(false)];
    const kept = settled(source, dragging);
    const seen: number[] = [];
    kept.subscribe((value) => seen.push(value));
    source.value = 2;
    dragging.value = true;
    source.value = 3;
    source.value = 4;
    dragging.value = false;
    source.value = 5;
    expect(seen).toEqual([1, 2, 4, 5]);
  });
});

describe("rows in view", () => {
  it("are those that fit, with a few more at each edge", () =>
    expect(rowsInView(50, 10, 200)).toEqual({ first: 46, last: 64 }));
  it("end with the table's ends", () => {
    expect(rowsInView(0, 10, 200)).toEqual({ first: 0, last: 14 });
    expect(rowsInView(190, 10, 200)).toEqual({ first: 186, last: 200 });
    expect(rowsInView(0, 10, 6)).toEqual({ first: 0, last: 6 });
  });
  it("are there when another walk has fewer than were scrolled past", () =>
    expect(rowsInView(150, 10, 20)).toEqual({ first: 6, last: 20 }));
});

describe("where a gradient stands", () => {
  // L = u + u: the first contribution's total, then the whole gradient.
  const nodes = [0, 1].map((id) => ({ id, offset: id, size: 1, turn: 0 }));
  const steps = [
    ["forward", 1, -1, -1],
    ["seed", 1, -1, -1],
    ["backward", 1, 0, 0],
    ["backward", 1, 0, 1],
  ].map(([phase, node, input, at]) => ({
    phase,
    node,
    input,
    offsets: [-1, -1, -1, at],
    sizes: [0, 0, 0, at === -1 ? 0 : 1],
  }));
  const walk = { nodes, steps } as unknown as WalkReply;
  const times = timetable(walk);
  const numbers: Numbers = {
    values: Float64Array.of(3, 6),
    gradients: Float64Array.of(2, 1),
    steps: Float64Array.of(1, 2),
    exact: new Float64Array(4),
    reach: new Float64Array(8),
  };
  it("is nowhere, in the steps, then in the gradients", () => {
    expect([1, 2, 3].map((position) => gradientPlace(walk, times, 0, position)?.part)).toEqual([
      undefined,
      "steps",
      "gradients",
    ]);
    expect([2, 3].map((position) => entries(numbers, gradientPlace(walk, times, 0, position) as never)[0])).toEqual([
      1, 2,
    ]);
  });
});
