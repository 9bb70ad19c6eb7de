// @vitest-environment happy-dom
import { h, render } from "preact";
import type { ComponentChild } from "preact";
import { afterEach, describe, expect, it } from "vitest";
import { CurvePlot } from "../src/components/plots/CurvePlot";
import { keySteps } from "../src/components/plots/dragging";
import { GridPlot } from "../src/components/plots/GridPlot";
import { withNaN } from "../src/components/plots/source";
import type { Answer, NumberSource } from "../src/components/plots/source";
import { Explore } from "../src/pages/Explore";
import type { CurveRequest, ErrorReply, GridRequest, Request } from "../src/protocol";

const settled = async () => {
  for (let k = 0; k < 12; k++) await new Promise((done) => setTimeout(done, 0));
};
const buffer = (...numbers: number[]) => Float64Array.from(numbers).buffer;

/** (3x + 1)² and x² + 2y², and their slopes written by hand. */
function answer(of: Request): Answer {
  if (of.kind === "curve") return curve(of);
  if (of.kind === "grid") return grid(of);
  const head: ErrorReply = {
    kind: "error",
    code: "formula",
    sentence: "nothing known",
    cure: "",
    place: [],
    missing: [],
    setting: "",
    entry: "",
  };
  return { head, buffers: [] };
}

function curve({ low, high, at, nudge = 0.01 }: CurveRequest): Answer {
  const f = (x: number) => (3 * x + 1) ** 2;
  const slope = 6 * (3 * at + 1);
  return {
    head: {
      kind: "curve",
      value: f(at),
      slope,
      predicted: slope * nudge,
      exact: true,
      actual: f(at + nudge) - f(at),
      flat: [-1 / 3],
      mathml: "<math><mi>f</mi></math>",
    },
    buffers: [buffer(low, 0, high), buffer(f(low), 1, f(high)), buffer(1, 6, 60)],
  };
}

function grid({ at: [x = 0, y = 0] }: GridRequest): Answer {
  return {
    head: { kind: "grid", value: x * x + 2 * y * y, partials: [2 * x, 4 * y], mathml: "" },
    buffers: [buffer(3, 3, 3, 3), buffer(1, 1), buffer(2, 2)],
  };
}

class FakeCarrier implements NumberSource {
  asked: Request[] = [];
  async request(message: Request): Promise<Answer> {
    this.asked.push(message);
    return answer(message);
  }
}

const host = () => document.body.appendChild(document.createElement("div"));
const shown = async (part: ComponentChild) => {
  const root = host();
  render(part, root);
  await settled();
  return root;
};
const readout = (root: Element, name: string) =>
  root.querySelector(`[data-readout="${name}"] data`)?.getAttribute("value");
const slider = (root: Element) => root.querySelector("[role=slider]") as Element;
const press = async (target: Element, key: string, more: KeyboardEventInit = {}) => {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  await settled();
};

afterEach(() => document.body.replaceChildren());

describe("CurvePlot", () => {
  const plot = (carrier: NumberSource, onAt = (_: number) => {}) =>
    h(CurvePlot, { carrier, formula: "(3*x + 1)**2", name: "x", low: -2, high: 3, at: 2, onAt });
  it("shows the engine's numbers, in full where they are copied", async () => {
    const root = await shown(plot(new FakeCarrier()));
    expect(["value", "slope", "predicted"].map((name) => readout(root, name))).toEqual(["49", "42", "0.42"]);
    expect(Number(readout(root, "actual"))).toBeCloseTo(0.4209, 12);
    expect(slider(root).getAttribute("aria-valuetext")).toBe("x 2: value 49, slope 42");
  });
  it("moves by keys, within its range", async () => {
    const moved: number[] = [];
    const root = await shown(plot(new FakeCarrier(), (at) => moved.push(at)));
    await press(slider(root), "ArrowRight");
    await press(slider(root), "ArrowLeft", { shiftKey: true });
    await press(slider(root), "Home");
    await press(slider(root), "ArrowDown");
    expect(moved).toEqual([2.01, 1.91, -2, -2]);
    expect(readout(root, "value")).toBe("25");
  });
  it("follows the pointer: drag, request, readouts", async () => {
    const carrier = new FakeCarrier();
    const root = await shown(plot(carrier));
    const svg = root.querySelector("svg.gw-drag-x") as SVGSVGElement;
    svg.getBoundingClientRect = () => ({ left: 0, top: 0, width: 640, height: 400 }) as DOMRect;
    svg.dispatchEvent(
      new PointerEvent("pointerdown", { clientX: 52, clientY: 10, button: 0, buttons: 1, bubbles: true }),
    );
    await settled();
    expect(readout(root, "at")).toBe("-2");
    expect(carrier.asked.some((asked) => asked.kind === "curve" && asked.at === -2)).toBe(true);
  });
  it("has a table for those who can't see the curve", async () => {
    const root = await shown(plot(new FakeCarrier()));
    expect(root.querySelectorAll("tbody tr")).toHaveLength(3);
  });
});

describe("GridPlot", () => {
  it("shows both partial derivatives and moves along both axes", async () => {
    const carrier = new FakeCarrier();
    const root = await shown(
      h(GridPlot, {
        carrier,
        formula: "x**2 + 2*y**2",
        names: ["x", "y"],
        low: [-1, -1],
        high: [1, 1],
        at: [0.5, 0.3],
      }),
    );
    expect([readout(root, "dx"), readout(root, "dy")]).toEqual(["1", "1.2"]);
    await press(slider(root), "ArrowUp", { shiftKey: true });
    expect(readout(root, "y")).toBe("0.35");
  });
});

describe("Explore", () => {
  it("puts an error beside the formula and tells the address where it stands", async () => {
    const told: string[] = [];
    const root = await shown(
      h(Explore, {
        carrier: new FakeCarrier(),
        parameters: new URLSearchParams("f=a*b*c"),
        onChange: (address) => told.push(address.toString()),
      }),
    );
    expect(root.querySelector('[data-plot="grid"]')).not.toBeNull();
    const field = root.querySelector(".gw-formula-field input") as HTMLInputElement;
    field.value = "(3*x + 1)**2";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    expect(root.querySelector('[data-plot="curve"]')).not.toBeNull();
    expect(root.textContent).toContain("Nothing known.");
    await expect.poll(() => told.at(-1)).toContain("f=%283*x+%2B+1%29**2");
  });
});

describe("a reply", () => {
  it("takes null for NaN, as the engine writes it", () =>
    expect(withNaN({ value: null, flat: [1, null], kind: "curve" })).toEqual({
      value: NaN,
      flat: [1, NaN],
      kind: "curve",
    }));
});

describe("keys", () => {
  it("moves one step, ten with Shift, and leaves others alone", () => {
    const event = (key: string, more = {}) => new KeyboardEvent("keydown", { key, ...more });
    expect([
      keySteps(event("ArrowUp")),
      keySteps(event("ArrowLeft", { shiftKey: true })),
      keySteps(event("a")),
      keySteps(event("ArrowUp", { ctrlKey: true })),
    ]).toEqual([[0, 1], [-10, 0], null, null]);
  });
});
