import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Box } from "../src/layout";
import type { WalkReply } from "../src/protocol";
import type { Session } from "../src/session";
import { timetable, type Numbers } from "../src/state";
import { writings } from "../src/writing";

// L = w·w: two contributions meet at w.
const nodes = [
  ["w", "parameter"],
  ["L", "result"],
  ["2", "constant"],
].map(([name, role], id) => ({ id, name, role, offset: id, size: 1, turn: 0 }));
const steps = [
  ["forward", 1, -1],
  ["seed", 1, -1],
  ["backward", 1, 0],
  ["backward", 1, 0],
].map(([phase, node, input], at) => ({
  phase,
  node,
  input,
  offsets: [-1, -1, -1, at],
  sizes: [0, 0, 0, 1],
}));
const walk = { nodes, steps } as unknown as WalkReply;
const numbers = {
  values: Float64Array.of(-1.5, 2.25, 2),
  gradients: Float64Array.of(-3, 1, NaN),
  steps: Float64Array.of(0, 1, -1.5, -3),
} as Numbers;
const session = (seen: number) =>
  ({
    walk,
    times: timetable(walk),
    numbers: signal(numbers),
    seen: signal(seen),
    digits: signal(4),
  }) as unknown as Session;
const box = (node: number, width = 78): Box =>
  ({ node, card: [0, 0, width, 36], badge: node === 2 ? null : [0, 40, width, 16] }) as Box;
const said = (seen: number, of: Box) => writings(session(seen), of).map(({ kind, text }) => [kind, text]);

describe("what is written of a box while a value is dragged", () => {
  it("is its value and its gradient, of steady width", () =>
    expect(said(3, box(0))).toEqual([
      ["value", "−1.500"],
      ["gradient", "∂ −3.000"],
    ]));
  it("is what is known so far", () => {
    expect(said(-1, box(1))).toEqual([]);
    expect(said(0, box(1))).toEqual([["value", "2.250"]]);
    expect(said(2, box(0, 120))[1]).toEqual(["gradient", "∂ −1.500 + …"]);
  });
  it("has as many digits as there is room for", () =>
    expect(said(3, box(0, 40))).toEqual([
      ["value", "−1.5"],
      ["gradient", "∂ −3"],
    ]));
  it("is nothing of a constant, which stays", () => expect(said(3, box(2))).toEqual([]));
  it("stands in the card and in the badge", () => {
    expect(writings(session(3), box(1)).map(({ x, y }) => [x, y])).toEqual([
      [39, 27],
      [39, 51.5],
    ]);
  });
});
