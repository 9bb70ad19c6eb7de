import { describe, expect, it } from "vitest";
import { factorsOf } from "../src/components/health/factors";
import { bandsOf } from "../src/components/health/FlowPicture";
import {
  begun,
  ordered,
  parametersOf,
  problemOf,
  read,
  switched,
  walkAddress,
  type Offer,
} from "../src/components/health/laboratory";
import { apart, leaving, lossRange } from "../src/components/health/LossPicture";
import { place, SLIDERS, valueAt } from "../src/components/health/sliders";
import { reach } from "../src/components/health/SpreadPicture";
import { decades, decadeTicks, onDecades, roundTicks } from "../src/components/plots/decades";
import type { HealthSettings, LayerFlow } from "../src/protocol";

const settings: HealthSettings = {
  data: "moons",
  depth: 8,
  width: 16,
  activation: "sigmoid",
  init: "xavier_normal",
  init_scale: 1,
  bias: 0,
  residual: false,
  normalization: "none",
  optimizer: "sgd",
  lr: 0.1,
  clip: null,
  batch_size: 64,
  steps: 200,
  seed: 0,
};
const remedy = (name: string, part: string) => ({ name, title: name, effect: "", part });
const problem = (name: string, remedies: string[]) => ({
  name,
  title: name,
  symptom: "",
  cause: "",
  cure: "",
  settings,
  remedies,
});
const offer: Offer = {
  problems: [problem("vanishing", ["relu", "residual"]), problem("slow", ["adam"])],
  remedies: [
    remedy("relu", "activation"),
    remedy("leaky_relu", "activation"),
    remedy("residual", "residual"),
    remedy("adam", "optimizer"),
  ],
  choices: {},
  ranges: {},
};
const again = (text: string) => read(new URLSearchParams(text), offer);

describe("the laboratory in an address", () => {
  it("begins with the first problem and its first remedy", () => expect(again("")).toEqual(begun(offer.problems[0]!)));
  it("writes only what differs, and reads it back", () => {
    const shown = {
      problem: "slow",
      settings: { ...settings, depth: 3, clip: 2, residual: true, activation: "tanh" },
      remedies: ["relu", "adam"],
      layer: 2,
    };
    const address = parametersOf(shown, offer);
    expect([...address.keys()].sort()).toEqual(["activation", "clip", "depth", "layer", "problem", "residual", "with"]);
    expect(read(address, offer)).toEqual(shown);
  });
  it("tells no remedies from the usual ones", () => {
    const shown = { ...begun(offer.problems[0]!), remedies: [] };
    expect(read(parametersOf(shown, offer), offer)).toEqual(shown);
  });
  it("leaves out what can't be read", () => {
    const found = again("problem=nothing&depth=many&with=relu,magic&layer=x&clip=none");
    expect(found).toEqual({ ...begun(offer.problems[0]!), remedies: ["relu"] });
  });
  it("knows a problem by its name", () => expect(problemOf(offer, "slow")?.name).toBe("slow"));
  it("opens a walk with every setting", () => {
    const query = new URLSearchParams(walkAddress(settings).split("?")[1]);
    expect(JSON.parse(query.get("health") ?? "")).toEqual(settings);
  });
});

describe("remedies", () => {
  it("switches on and off", () =>
    expect(switched(switched(["adam"], "relu", offer.remedies), "adam", offer.remedies)).toEqual(["relu"]));
  it("lets the newer of two that change the same part win", () =>
    expect(switched(["relu", "adam"], "leaky_relu", offer.remedies)).toEqual(["adam", "leaky_relu"]));
  it("puts a problem's cures first", () =>
    expect(ordered(offer.remedies, offer.problems[1]!).map(({ name }) => name)[0]).toBe("adam"));
});

describe("sliders", () => {
  const kind = (name: string) => SLIDERS.find((one) => one.name === name)!;
  it("counts in whole numbers inside the range", () => {
    expect(valueAt(kind("depth"), 7.4, [1, 40])).toBe(7);
    expect(valueAt(kind("depth"), 99, [1, 40])).toBe(40);
  });
  it("goes through powers of ten in two digits", () => {
    expect(valueAt(kind("lr"), place(kind("lr"), 0.5), [1e-6, 1000])).toBe(0.5);
    expect(valueAt(kind("lr"), -2.9, [1e-6, 1000])).toBe(0.0013);
  });
  it("has no binary dust", () => expect(valueAt(kind("init_scale"), 0.1 + 0.2, [0, 10])).toBe(0.3));
});

describe("logarithmic scales", () => {
  it("encloses what it can show", () => {
    expect(decades([0, 0.02, 3, Infinity, NaN])).toEqual([-2, 1]);
    expect(decades([10], 2)).toEqual([-1, 1]);
    expect(decades([])[0]).toBe(-1);
  });
  it("has a place for zero, infinity and what lies beyond", () => {
    const y = onDecades([-2, 2], [100, 0]);
    expect([0, 0.001, 0.01, 1, 100, Infinity].map((value) => Math.round(y(value)))).toEqual([100, 100, 100, 50, 0, 0]);
  });
  it("writes few ticks", () => {
    expect(decadeTicks([-6, 0])).toEqual([-6, -4, -2, 0]);
    expect(decadeTicks([-1, 1])).toEqual([-1, 0, 1]);
    expect(roundTicks([-1, 0])).toEqual([0.1, 0.2, 0.5, 1]);
    expect(roundTicks([Math.log10(0.4), Math.log10(0.7)])).toEqual([0.4, 0.5, 0.6, 0.7]);
    expect(roundTicks([-9, 3]).length).toBeLessThanOrEqual(7);
  });
});

const layer = (part: Partial<LayerFlow>): LayerFlow => ({
  name: "layer 1",
  gradient: 1,
  weight_gradient: 1,
  slope: 1,
  normalization: 1,
  weight: 1,
  around: 1,
  attenuation: 1,
  product: 1,
  dead: 0,
  saturated: 0,
  ...part,
});

describe("a picture of a backward pass", () => {
  it("leaves out factors that a layer hasn't", () => {
    expect(factorsOf(layer({ slope: 0.2, around: 1 + 1e-15 })).map(({ name }) => name)).toEqual(["slope", "weight"]);
    expect(factorsOf(layer({ around: 3, normalization: 0.5 })).map(({ name }) => name)).toEqual([
      "slope",
      "normalization",
      "weight",
      "around",
    ]);
  });
  it("has the same scales on both sides", () => {
    const bands = bandsOf([
      { loss: 1, seed: 1, layers: [layer({ weight_gradient: 1e-6 })] },
      { loss: 1, seed: 1, layers: [layer({ weight_gradient: 50 })] },
    ]);
    expect(bands.lengths).toEqual([-6, 2]);
    expect(bands.factors).toEqual([-1, 1]);
  });
});

const course = (...losses: number[]) => ({ losses, updates: [], moved: [], dead: [] });

describe("losses", () => {
  it("doesn't let a run that explodes flatten the other", () => {
    const range = lossRange([course(20, 1e139, NaN), course(20, 0.2)]);
    expect(range[1]).toBeLessThan(2);
    expect(leaving(course(20, 1e139, NaN), range)).toBe(1);
    expect(leaving(course(20, NaN), range)).toBe(1);
    expect(leaving(course(20, 0.2), range)).toBeNull();
  });
  it("keeps labels apart", () => {
    const [one = 0, other = 0] = apart([50, 52], 17);
    expect(other - one).toBe(17);
    expect(apart([10, 90])).toEqual([10, 90]);
  });
});

describe("the spread", () => {
  const spread = (expected: number[]) => ({ sizes: [1], along: [[]], deviation: [], expected, noise: [] });
  it("reaches as far as the widest funnel", () => expect(reach([spread([3]), spread([1])])).toBe(6));
  it("shows something where there is no gradient", () => expect(reach([spread([NaN])])).toBe(1));
});
