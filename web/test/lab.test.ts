import { describe, expect, it } from "vitest";
import { decided, mark, shades, shadesOf } from "../src/lab/classes";
import { averaged, blank, darkened, INK, spread, stroked } from "../src/lab/drawing";
import { isShown, valueOf, withEntry } from "../src/lab/fields";
import { thinned } from "../src/lab/losses";
import { resized, upsideDown } from "../src/lab/network";
import { closest } from "../src/lab/places";
import {
  isOver,
  nextBatch,
  nextEpoch,
  nextPhase,
  previousBatch,
  previousEpoch,
  previousPhase,
  type Place,
} from "../src/lab/positions";
import { joined } from "../src/lab/run";
import { changed, experiments, MOST_LINKED, read, titlesOf, withSetting, written, type Lab } from "../src/lab/state";
import { columnsOf } from "../src/lab/tables";
import { labelled } from "../src/components/lab/Fields";
import { barLength } from "../src/components/lab/Flow";

const empty = read(new URLSearchParams());
const full: Lab = {
  ...empty,
  settings: {
    data: "xor",
    hidden: [4, 3],
    lr: 0.5,
    activation: "relu",
    scale: true,
    optimizer_options: { momentum: 0.9 },
    batch_size: null,
  },
  others: [{ lr: 30 }, { hidden: [] }],
  points: [
    [0.5, -0.25, 1],
    [0, 0, 0],
  ],
  position: { step: 12, phase: "loss", piece: 2 },
  walk: 3,
  log: true,
  speed: "full",
  pixels: [0, 16, 7],
  label: 4,
  cell: [3, 5],
  open: ["activations", "optimizer"],
  weight: { parameter: "W2", entry: [0, 3] },
};

describe("the lab's address", () => {
  it("holds the whole state", () => {
    expect(read(new URLSearchParams(written(full).toString()))).toEqual(full);
    const named = { ...full, points: [], walk: "batch" as const };
    expect(read(new URLSearchParams(written(named).toString()))).toEqual(named);
  });
  it("is empty for what is usual", () => expect(written(empty).toString()).toBe(""));
  it("says that there is no hidden layer", () => {
    expect(written({ ...empty, settings: { hidden: [] } }).toString()).toBe("hidden=none");
    expect(read(new URLSearchParams("hidden=none")).settings).toEqual({ hidden: [] });
    expect(read(new URLSearchParams("hidden=8")).settings).toEqual({ hidden: [8] });
  });
  it("survives a link that was cut off", () =>
    expect(read(new URLSearchParams("data=xor&vs={%22lr%22&p=1,2;x&step=-1&optimizer_options={%22mo"))).toMatchObject({
      settings: { data: "xor", optimizer_options: '{"mo' },
      others: [],
      points: [],
      position: { step: 0 },
    }));
  it("leaves out more points than a link can carry", () => {
    const points = Array.from({ length: MOST_LINKED + 1 }, () => [0, 0, 1]);
    expect(written({ ...empty, points }).has("p")).toBe(false);
  });
  it("asks about one experiment for each training", () => {
    expect(experiments({ ...empty, settings: { data: "xor", lr: 1 }, others: [{ lr: 30 }] })).toEqual([
      { settings: { data: "xor", lr: 1 } },
      { settings: { data: "xor", lr: 30 } },
    ]);
    expect(experiments({ ...empty, settings: { data: "drawn", lr: 1 }, points: [[0, 0, 1]] })).toEqual([
      { settings: { lr: 1 }, points: [[0, 0, 1]] },
    ]);
    expect(experiments({ ...empty, settings: { data: "table" } })).toEqual([]);
  });
  it("changes a setting in one training, and calls each by what it has of its own", () => {
    const two = { ...empty, settings: { data: "xor" }, others: [{ lr: 30 }] };
    expect(withSetting(two, 1, "lr", 5, 0.5)).toEqual({ others: [{ lr: 5 }] });
    expect(withSetting(two, 1, "lr", 0.5, 0.5)).toEqual({ others: [{}] });
    expect(withSetting(two, 0, "lr", 5, 0.5)).toEqual({ settings: { data: "xor", lr: 5 } });
    expect(titlesOf(two, { lr: 0.5 })).toEqual(["rate 0.5", "rate 30"]);
    expect(titlesOf(empty, {})).toEqual([""]);
  });
  it("drops a setting that is usual", () => {
    expect(changed({ lr: 2, seed: 1 }, "lr", 0.5, 0.5)).toEqual({ seed: 1 });
    expect(changed({}, "hidden", [4], [8])).toEqual({ hidden: [4] });
  });
});

describe("a sentence about a setting", () => {
  const fields = [
    { name: "batch_size", label: "Batch size" },
    { name: "optimizer_options.momentum", label: "Momentum" },
    { name: "data" },
  ];
  const told = (setting: string, entry: string, sentence: string) =>
    labelled({ kind: "error", code: "setting", sentence, cure: "", place: [], missing: [], setting, entry }, fields);
  it("begins with the field's label", () => {
    expect(told("batch_size", "", "batch_size must be a whole number")).toBe("Batch size must be a whole number");
    expect(told("optimizer_options", "momentum", "optimizer_options momentum must be below 1")).toBe(
      "Momentum must be below 1",
    );
  });
  it("stays as it is where it doesn't begin with the setting", () => {
    expect(told("data", "", "moons: at least 2 are needed")).toBe("moons: at least 2 are needed");
    expect(told("batch_size", "", "batch_sizes differ")).toBe("batch_sizes differ");
  });
});

describe("moving in a training", () => {
  const at = (step: number, phase = "", piece = 0, pieces = 1): Place => ({
    step,
    phase,
    piece,
    pieces,
    batches: 5,
    last: 20,
  });
  it("goes through the phases of a step", () => {
    let place = at(3);
    const seen = [];
    for (let k = 0; k < 5; k++) {
      place = { ...place, ...nextPhase(place) };
      seen.push(`${place.step} ${place.phase}`);
    }
    expect(seen).toEqual(["3 forward", "3 loss", "3 backward", "3 update", "4 forward"]);
  });
  it("goes through every piece of a batch before the update", () => {
    expect(nextPhase(at(3, "backward", 0, 2))).toEqual({ step: 3, phase: "forward", piece: 1 });
    expect(nextPhase(at(3, "backward", 1, 2))).toEqual({ step: 3, phase: "update", piece: 1 });
    expect(previousPhase(at(3, "forward", 1, 2))).toEqual({ step: 3, phase: "backward", piece: 0 });
  });
  it("goes back the way it came", () => {
    expect(previousPhase(at(3, "loss"))).toEqual({ step: 3, phase: "forward", piece: 0 });
    expect(previousPhase(at(3, "forward"))).toEqual({ step: 3, phase: "", piece: 0 });
    expect(previousPhase(at(0))).toEqual({ step: 0, phase: "", piece: 0 });
  });
  it("goes by batches and epochs, not beyond the ends", () => {
    expect([
      nextBatch(at(3)).step,
      nextBatch(at(3, "loss")).step,
      nextBatch(at(3, "update")).step,
      nextBatch(at(20)).step,
    ]).toEqual([4, 4, 4, 20]);
    expect([previousBatch(at(3)).step, previousBatch(at(3, "loss")).step, previousBatch(at(0)).step]).toEqual([
      2, 3, 0,
    ]);
    expect([
      nextEpoch(at(3)).step,
      nextEpoch(at(5)).step,
      nextEpoch(at(4, "update")).step,
      nextEpoch(at(19)).step,
    ]).toEqual([5, 10, 10, 20]);
    expect([previousEpoch(at(5)).step, previousEpoch(at(7)).step, previousEpoch(at(5, "loss")).step]).toEqual([
      0, 5, 5,
    ]);
  });
  it("is over at the last step, and where it can't go on", () => {
    expect(isOver({ step: 19, phase: "update", last: 20, stopped: "" })).toBe(true);
    expect(isOver({ step: 19, phase: "", last: 20, stopped: "" })).toBe(false);
    expect(isOver({ step: 2, phase: "", last: 20, stopped: "a NaN" })).toBe(true);
  });
});

describe("what is drawn", () => {
  it("keeps every spike of a long curve", () => {
    const losses = Float64Array.from({ length: 5000 }, (_, step) => (step === 777 ? 9 : 1 / (1 + step)));
    const kept = thinned(losses.length, (step) => losses[step] ?? NaN);
    expect(kept.length).toBeLessThanOrEqual(600);
    expect(kept).toContain(777);
    expect([kept[0], kept[kept.length - 1]]).toEqual([0, 4999]);
    expect(kept.every((step, k) => k === 0 || step > (kept[k - 1] ?? 0))).toBe(true);
    expect(thinned(5, () => 0)).toEqual([0, 1, 2, 3, 4]);
  });
  it("puts losses that overlap in their places", () =>
    expect(Array.from(joined(Float64Array.of(5, 4), Float64Array.of(4, 3, 2), 4))).toEqual([5, 4, 3, 2]));
  it("shows a gradient on powers of ten", () =>
    expect([
      barLength(1e-8),
      barLength(1e-3),
      barLength(1e2),
      barLength(0),
      barLength(null),
      barLength(Infinity),
    ]).toEqual([0, 0.5, 1, 0, 0, 0]));
  it("decides for the likelier class", () =>
    expect([decided([0.4]), decided([0.6]), decided([0.2, 0.5, 0.3])]).toEqual([0, 1, 1]));
  it("colours a place by its class and by how sure the network is", () => {
    const table = shades(
      [
        [255, 0, 0],
        [0, 255, 0],
      ],
      [255, 255, 255],
    );
    const [unsure, sure] = shadesOf(Float64Array.of(0, 1, 0.5, 1), 2);
    expect(table[unsure ?? -1]).toEqual([255, 255, 255]);
    expect(table[sure ?? -1]).toEqual([0, 255, 0]);
  });
  it("gives each class a shape of its own", () =>
    expect(new Set([0, 1, 2, 3].map((place) => mark(place))).size).toBe(4));
  it("finds the mark under the pointer", () =>
    expect([
      closest(
        [
          [0, 0],
          [20, 0],
        ],
        15,
        3,
      ),
      closest([[0, 0]], 50, 50),
    ]).toEqual([1, null]));
});

describe("building and drawing", () => {
  it("makes layers wider and takes empty ones away", () =>
    expect([resized([4, 1], 0, 1), resized([4, 1], 1, -1), resized([1], 0, -1)]).toEqual([[5, 1], [4], []]));
  it("turns a picture's rows over, because maps are drawn from the bottom up", () =>
    expect(Array.from(upsideDown(Float64Array.of(1, 2, 3, 4, 5, 6), 2))).toEqual([5, 6, 3, 4, 1, 2]));
  it("reads and changes an entry of a setting", () => {
    expect(valueOf({ data_options: { noise: 0.2 } }, "data_options.noise")).toBe(0.2);
    expect(withEntry({ data_options: { noise: 0.2 } }, "data_options.count", 50)).toEqual([
      "data_options",
      { noise: 0.2, count: 50 },
    ]);
    expect(withEntry({ data_options: { noise: 0.2 } }, "data_options.noise", null)).toEqual([
      "data_options",
      undefined,
    ]);
    expect(withEntry({}, "lr", 2)).toEqual(["lr", 2]);
  });
  it("shows a field where it has a meaning", () => {
    const field = {
      name: "x",
      label: "x",
      kind: "number" as const,
      when: ["optimizer", ["sgd"]] as [string, string[]],
    };
    expect([isShown(field, { optimizer: "sgd" }), isShown(field, { optimizer: "adam" })]).toEqual([true, false]);
  });
  it("counts a stroke in squares as the digits were made", () => {
    const drawn = stroked(blank(), [0.5, 0.1], [0.5, 0.9]);
    const pixels = averaged(drawn);
    expect(pixels).toHaveLength(64);
    expect(Math.max(...pixels)).toBeLessThanOrEqual(INK);
    expect(pixels.filter((_, k) => k % 8 === 3 || k % 8 === 4).reduce((sum, ink) => sum + ink)).toBe(
      pixels.reduce((sum, ink) => sum + ink),
    );
    expect(averaged(spread(pixels))).toEqual(pixels);
    expect(averaged(stroked(drawn, [0.5, 0], [0.5, 1], 0)).every((ink) => ink === 0)).toBe(true);
  });
  it("darkens a pixel by quarters, and begins again after black", () => {
    let pixels: number[] = [];
    const seen = Array.from({ length: 5 }, () => (pixels = darkened(pixels, 9))[9]);
    expect(seen).toEqual([4, 8, 12, 16, 0]);
  });
  it("reads the columns of a table", () => {
    expect(columnsOf("# made\nsize,bedrooms,price\n1,2,3")).toEqual(["size", "bedrooms", "price"]);
    expect(columnsOf('\uFEFF"a;b";"say ""x""";c\n')).toEqual(["a;b", 'say "x"', "c"]);
  });
});
