// The state of "Explore a function", and how it stands in the address.
import { freeNames } from "../components/plots/names";
import { full } from "../numbers";

/** A name that moves between two ends. */
export interface Varying {
  name: string;
  low: number;
  high: number;
  at: number;
}

/** One experiment: the formula, the one or two names that vary, the others held still, and the sizes of the steps. */
export interface Exploring {
  formula: string;
  vary: Varying[];
  held: Record<string, number>;
  nudge: number;
  rate: number;
}

const LOW = -3;
const HIGH = 3;
const AT = 1;
const NUDGE = 0.01;
const RATE = 0.1;

/** One example to pick. */
export interface Example {
  title: string;
  formula: string;
  vary: Varying[];
  nudge?: number;
}

const along = (name: string, low: number, high: number, at: number): Varying => ({ name, low, high, at });

export const EXAMPLES: Example[] = [
  { title: "(3x + 1)²", formula: "(3*x + 1)**2", vary: [along("x", -2, 3, 2)] },
  { title: "x² + 2y²", formula: "x**2 + 2*y**2", vary: [along("x", -1, 1, 0.5), along("y", -1, 1, 0.3)] },
  { title: "tanh(x²)²", formula: "tanh(x**2)**2", vary: [along("x", -2, 2, 0.7)] },
  { title: "sigmoid", formula: "sigmoid(x)", vary: [along("x", -6, 6, 1)], nudge: 1 },
  { title: "tanh", formula: "tanh(x)", vary: [along("x", -4, 4, 0.5)], nudge: 0.5 },
  { title: "relu", formula: "relu(x)", vary: [along("x", -3, 3, 1)], nudge: 0.5 },
  { title: "sin(x) · e⁻ˣᐟ⁴", formula: "sin(x)*exp(-x/4)", vary: [along("x", -1, 10, 2.5)], nudge: 0.5 },
];

export function fromExample({ formula, vary, nudge = NUDGE }: Example): Exploring {
  return { formula, vary, held: {}, nudge, rate: RATE };
}

/** The same experiment with another formula: names that stay keep their ranges, new ones get one. */
export function withFormula(before: Exploring, formula: string): Exploring {
  const names = freeNames(formula);
  const known = new Map(before.vary.map((one) => [one.name, one]));
  const vary = names
    .slice(0, 2)
    .map((name) => known.get(name) ?? { name, low: LOW, high: HIGH, at: before.held[name] ?? AT });
  const held = Object.fromEntries(names.slice(2).map((name) => [name, before.held[name] ?? known.get(name)?.at ?? AT]));
  return { ...before, formula, vary, held };
}

/** Let another name vary in the place of one that does. */
export function swapped(before: Exploring, position: number, name: string): Exploring {
  const old = before.vary[position];
  if (!old || old.name === name) return before;
  const { [name]: at = AT, ...rest } = before.held;
  const moved = { name, low: Math.min(LOW, at), high: Math.max(HIGH, at), at };
  return {
    ...before,
    vary: before.vary.map((one, k) => (k === position ? moved : one)),
    held: { ...rest, [old.name]: old.at },
  };
}

/** Values for the names that are held still. */
export function still(shown: Exploring): Record<string, number> {
  return shown.held;
}

/** The state as it stands in an address. */
export function parametersOf({ formula, vary, held, nudge, rate }: Exploring): URLSearchParams {
  const made = new URLSearchParams();
  if (formula) made.set("f", formula);
  for (const { name, low, high, at } of vary) made.append("x", [name, low, high, at].join(","));
  for (const [name, value] of Object.entries(held)) made.append("v", `${name},${value}`);
  if (nudge !== NUDGE) made.set("h", String(nudge));
  if (rate !== RATE) made.set("rate", String(rate));
  return made;
}

/** The state in an address; what can't be read there gets the usual value, an empty address the first example. */
export function read(parameters: URLSearchParams): Exploring {
  const formula = parameters.get("f") ?? "";
  const first = EXAMPLES[0];
  if (!formula && first) return fromExample(first);
  const vary = parameters
    .getAll("x")
    .map((text) => varying(text))
    .filter((one) => one !== null)
    .slice(0, 2);
  const held = Object.fromEntries(
    parameters
      .getAll("v")
      .map((text) => text.split(","))
      .map(([name = "", value]) => [name, number(value, AT)]),
  );
  const base: Exploring = {
    formula,
    vary,
    held,
    nudge: number(parameters.get("h"), NUDGE) || NUDGE,
    rate: number(parameters.get("rate"), RATE),
  };
  return vary.length ? base : withFormula(base, formula);
}

/** What of an address can't be taken as it stands, each with what is shown instead. */
export function mended(parameters: URLSearchParams): string[] {
  return parameters.getAll("x").flatMap((text) => {
    const [why, found] = [flaw(text), varying(text)];
    return why && found
      ? [
          `In the link, the range of ${found.name} ${why}. Shown: ${full(found.low)} to ${full(found.high)}, at ${full(found.at)}.`,
        ]
      : [];
  });
}

/** What is wrong with a range and the place in it (`x,-1,1,0.5`); "" for nothing. */
function flaw(text: string): string {
  const ends = text.split(",").slice(1);
  const [low = NaN, high = NaN, at = NaN] = ends.map((end) => (end.trim() ? Number(end) : NaN));
  if (ends.length < 3) return "is cut off";
  if (![low, high, at].every(Number.isFinite)) return "isn't made of three numbers";
  if (low >= high) return "doesn't go from a smaller to a larger number";
  return at < low || at > high ? `doesn't reach the place ${full(at)}` : "";
}

function varying(text: string): Varying | null {
  const [name = "", ...ends] = text.split(",");
  const [low = NaN, high = NaN, at = NaN] = ends.map(Number);
  if (!name) return null;
  return low < high && [low, high, at].every(Number.isFinite)
    ? { name, low, high, at: Math.min(Math.max(at, low), high) }
    : { name, low: LOW, high: HIGH, at: AT };
}

function number(text: string | null | undefined, otherwise: number): number {
  const found = text === null || text === undefined || text === "" ? NaN : Number(text);
  return Number.isFinite(found) ? found : otherwise;
}
