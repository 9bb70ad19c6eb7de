import { describe, expect, it } from "vitest";
import { EMPTY, experiment, parameters, read, write, type Experiment } from "../src/router";

const full: Experiment = {
  ...EMPTY,
  formula: "L = (y - ŷ)**2 # 50% & more",
  values: { y: 3, X: [[1, 2]] },
  of: "L",
  training: { rate: 0.1, steps: 20, params: ["w1"] },
  step: 4,
  open: ["layer 1", "b"],
  leaves: { 3: 0.25 },
  chosen: 2,
};

describe("the address", () => {
  it("holds the whole experiment", () => {
    const { page, parameters: found } = read(write({ page: "play", parameters: parameters(full) }));
    expect(page).toBe("play");
    expect(experiment(found)).toEqual(full);
  });
  it("is empty for nothing", () => expect(write({ page: "play", parameters: parameters(EMPTY) })).toBe("#play"));
  it("names a lesson", () => {
    expect(read("#lessons/one-neuron").parameters.get("lesson")).toBe("one-neuron");
    expect(write(read("#lessons/one-neuron"))).toBe("#lessons/one-neuron");
  });
  it("opens the playground for what it doesn't know", () => expect(read("#nowhere?x=1").page).toBe("play"));
  it("survives a link that was cut off", () => {
    expect(experiment(new URLSearchParams('f=x&v={"a":1&step=two&train={'))).toMatchObject({
      formula: "x",
      values: {},
      step: null,
      training: null,
    });
    expect(read("#lessons/one%2").parameters.get("lesson")).toBe("one%2");
  });
  it("takes text after ? as it is", () => expect(read("#play?f=a%3Fb").parameters.get("f")).toBe("a?b"));
});
