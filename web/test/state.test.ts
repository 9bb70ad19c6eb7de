import { describe, expect, it } from "vitest";
import type { NodeInfo, StepInfo, WalkReply } from "../src/protocol";
import { gradientReach, valueReach } from "../src/reach";
import {
  amount,
  earlier,
  gradientAt,
  gradientName,
  isComplete,
  knows,
  later,
  stages,
  timetable,
  turnAt,
  type Numbers,
} from "../src/state";

// u = w·x, L = u + u: two contributions meet at u. Then w is updated, and L computed again as node 5.
const node = (id: number, name: string, role: NodeInfo["role"], turn = 0): NodeInfo => ({
  id,
  name,
  role,
  op: role === "result" ? "op" : "",
  inputs: [],
  shape: [],
  offset: id,
  size: 1,
  has_gradient: name !== "x",
  turn,
  symbols: "",
  file: "",
  place: [],
  scope: [],
  elided: false,
});
const step = (phase: StepInfo["phase"], of: number, input = -1, offset = -1): StepInfo => ({
  phase,
  node: of,
  input,
  slot: 0,
  offsets: [offset, -1, offset, offset + (offset < 0 ? 0 : 1)],
  sizes: offset < 0 ? [0, 0, 0, 0] : [1, 0, 1, 1],
  symbols: "",
  mathml: "",
  shape_note: "",
});
const nodes = [
  node(0, "w", "parameter"),
  node(1, "x", "input"),
  node(2, "u", "result"),
  node(3, "L", "result"),
  node(4, "w", "parameter", 1),
  node(5, "L", "result", 1),
];
const steps = [
  step("forward", 2),
  step("forward", 3),
  step("seed", 3),
  step("backward", 3, 2, 0),
  step("backward", 3, 2, 2),
  step("backward", 2, 0, 4),
  step("update", 4, 0),
  step("forward", 5),
];
const walk = { nodes, steps, outputs: [3, 5], turns: 2 } as unknown as WalkReply;
const numbers: Numbers = {
  values: Float64Array.of(0.5, 2, 1, 2, 0.1, 0.4),
  gradients: Float64Array.of(4, NaN, 2, 1, NaN, NaN),
  steps: Float64Array.of(1, 1, 1, 2, 4, 4),
  exact: new Float64Array(8),
  reach: Float64Array.of(0.5, 2, 1, 2, 0.1, 0.4, 4, 0, 2, 1, 0, 0, 0, 0, 1, 1, 2, 4, 0, 0),
};
const times = timetable(walk);

describe("what is known at a position", () => {
  it("has leaves from the start and results from their step", () => {
    expect([knows(times, 0, -1), knows(times, 2, -1), knows(times, 2, 0), knows(times, 3, 0)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
  it("has an updated parameter only after its update", () =>
    expect([knows(times, 4, 5), knows(times, 4, 6)]).toEqual([false, true]));
  it("lets a gradient grow one contribution at a time", () => {
    const at = (position: number) => gradientAt(walk, times, numbers, 2, position)?.[0];
    expect([at(2), at(3), at(4)]).toEqual([undefined, 1, 2]);
    expect([isComplete(times, 2, 3), isComplete(times, 2, 4)]).toEqual([false, true]);
  });
  it("reads a step's numbers, and nothing where there is none", () => {
    expect(amount(steps[5], numbers, "contribution")?.[0]).toBe(4);
    expect(amount(steps[5], numbers, "local")).toBeNull();
    expect(amount(steps[0], numbers, "total")).toBeNull();
  });
});

describe("how far the numbers go", () => {
  it("is the engine's for a value", () => expect(valueReach(numbers, 1)).toBe(2));
  it("grows with a gradient", () =>
    expect([3, 4, 5].map((at) => gradientReach(walk, times, numbers, 2, at))).toEqual([1, 2, 2]));
});

describe("moving through the walk", () => {
  const grain = [
    [0, 0],
    [1, 2],
    [3, 4],
    [5, 5],
  ];
  it("goes on by whole stretches", () =>
    expect([-1, 0, 1, 2, 4].map((at) => later(grain, at, 5))).toEqual([0, 2, 2, 4, 5]));
  it("goes back to before a stretch", () =>
    expect([5, 4, 3, 2, 0, -1].map((at) => earlier(grain, at))).toEqual([4, 2, 2, 0, -1, -1]));
  it("falls into parts: forward, backward, update, of each turn", () => {
    expect(stages(walk, times).map(({ phase, first, last }) => [phase, first, last])).toEqual([
      ["forward", 0, 1],
      ["backward", 2, 5],
      ["update", 6, 6],
      ["forward", 7, 7],
    ]);
  });
  it("draws the turn of the step", () => expect([-1, 5, 7].map((at) => turnAt(times, at))).toEqual([0, 0, 1]));
});

describe("names of gradients", () => {
  it("puts an expression in brackets", () => {
    expect([gradientName("L", "w1"), gradientName("L", "y − ŷ"), gradientName("L", "f(x)")]).toEqual([
      "∂L/∂w1",
      "∂L/∂(y − ŷ)",
      "∂L/∂f(x)",
    ]);
  });
});
