// Everything that makes the lab's page, and how it stands in the address. Only what differs from the usual is written.
import type { Experiment } from "../protocol";
import { PHASES, type Position } from "./positions";

export type Settings = Record<string, unknown>;

/** One entry of one parameter, by the parameter's name in formulas: W1. */
export interface Weight {
  parameter: string;
  entry: number[];
}

/** The settings that the reader changed; what a dataset usually takes, the engine knows. */
export interface Lab {
  settings: Settings;
  /** Other trainings beside the first, from the same start: what each one changes. */
  others: Settings[];
  /** Drawn by hand, each as [x, y, class]. */
  points: number[][];
  table: string;
  file: string;
  position: Position;
  /** Whose walk is open: a row, the batch, or none. */
  walk: number | "batch" | null;
  log: boolean;
  speed: string;
  /** The pixels of a drawn digit (0 to 16 each), and the class that its loss is taken for. */
  pixels: number[];
  label: number;
  /** A cell of the confusion matrix, as [right class, the network's]; empty for none. */
  cell: number[];
  /** The panels that are open, and the weight whose update is told. */
  open: string[];
  weight: Weight;
}

export const DATA = "moons";
export const MOST_LINKED = 200; // points that a link carries
export const MOST_OTHERS = 2;
const PLAIN: Lab = {
  settings: {},
  others: [],
  points: [],
  table: "",
  file: "",
  position: { step: 0, phase: "", piece: 0 },
  walk: null,
  log: false,
  speed: "calm",
  pixels: [],
  label: 0,
  cell: [],
  open: [],
  weight: { parameter: "", entry: [] },
};
const OWN = new Set([
  "vs",
  "p",
  "step",
  "phase",
  "piece",
  "walk",
  "log",
  "speed",
  "px",
  "label",
  "cell",
  "show",
  "weight",
]);
const LEVELS = 17; // of a pixel: a digit in that base
const DECIMALS = 100; // drawn points are kept to two places

export function read(address: URLSearchParams): Lab {
  const settings = Object.fromEntries(
    [...address].filter(([name]) => !OWN.has(name)).map(([name, text]) => [name, parsed(text)]),
  );
  return {
    ...PLAIN,
    settings: "hidden" in settings ? { ...settings, hidden: widths(settings["hidden"]) } : settings,
    others: address
      .getAll("vs")
      .map(record)
      .filter((one) => one !== null)
      .slice(0, MOST_OTHERS),
    points: points(address.get("p")),
    position: {
      step: whole(address.get("step")) ?? 0,
      phase: PHASES.find((phase) => phase === address.get("phase")) ?? "",
      piece: whole(address.get("piece")) ?? 0,
    },
    walk: address.get("walk") === "batch" ? "batch" : whole(address.get("walk")),
    log: address.has("log"),
    speed: address.get("speed") ?? PLAIN.speed,
    pixels: pixels(address.get("px")),
    label: whole(address.get("label")) ?? 0,
    cell: address.get("cell")?.split(",").map(Number).filter(Number.isInteger) ?? [],
    open: address.get("show")?.split(",").filter(Boolean) ?? [],
    weight: weight(address.get("weight")),
  };
}

export function written(lab: Lab): URLSearchParams {
  const made = new URLSearchParams();
  const set = (name: string, text: string | number | null) =>
    text !== null && text !== "" && made.set(name, String(text));
  for (const [name, value] of Object.entries(lab.settings)) set(name, spelled(value));
  for (const other of lab.others) made.append("vs", JSON.stringify(other));
  if (lab.points.length && lab.points.length <= MOST_LINKED)
    set("p", lab.points.map((point) => point.join(",")).join(";"));
  if (lab.position.step || lab.position.phase) set("step", lab.position.step);
  set("phase", lab.position.phase);
  set("piece", lab.position.piece || "");
  set("walk", lab.walk);
  set("log", lab.log ? 1 : "");
  set("speed", lab.speed === PLAIN.speed ? "" : lab.speed);
  set("px", lab.pixels.some((ink) => ink > 0) ? lab.pixels.map((ink) => ink.toString(LEVELS)).join("") : "");
  set("label", lab.label || "");
  set("cell", lab.cell.join(","));
  set("show", lab.open.join(","));
  set("weight", [lab.weight.parameter, ...lab.weight.entry].filter((one) => one !== "").join(","));
  return made;
}

/** What the kernel is asked about: one experiment for each training on the page; none while there is nothing to learn from. */
export function experiments(lab: Lab): Experiment[] {
  const { data: _, ...rest } = lab.settings;
  const own = OWN_DATA[source(lab)];
  const given = own ? own(lab) : {};
  const base = own ? rest : lab.settings;
  return given ? [{}, ...lab.others].map((other) => ({ settings: { ...base, ...other }, ...given })) : [];
}

/** Data that no name stands for: what of the state an experiment carries, or null while there is none. */
const OWN_DATA: Record<string, (lab: Lab) => Pick<Experiment, "points" | "table" | "file"> | null> = {
  drawn: ({ points }) => (points.length ? { points } : null),
  table: ({ table, file }) => (table ? { table, file } : null),
};

/** What is learned from, as the picker calls it. */
export function source({ settings }: Lab): string {
  return String(settings["data"] ?? DATA);
}

/** Settings with one of them changed; one that is usual anyway isn't kept. */
export function changed(settings: Settings, name: string, value: unknown, usual: unknown): Settings {
  const { [name]: _, ...rest } = settings;
  return value === undefined || same(value, usual) ? rest : { ...rest, [name]: value };
}

/** The state with a setting changed in one of its trainings, the first or one beside it. */
export function withSetting(lab: Lab, training: number, name: string, value: unknown, usual: unknown): Partial<Lab> {
  if (training === 0) return { settings: changed(lab.settings, name, value, usual) };
  return { others: lab.others.map((other, k) => (k === training - 1 ? changed(other, name, value, usual) : other)) };
}

/** What each training is called: by the settings in which they differ; alone it needs no name. */
export function titlesOf({ settings, others }: Lab, told: Settings): string[] {
  if (!others.length) return [""];
  const names = [...new Set(others.flatMap((other) => Object.keys(other)))];
  const first = Object.fromEntries(names.map((name) => [name, settings[name] ?? told[name]]));
  return [first, ...others].map((one) => difference(one) || "the same");
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function rounded(coordinate: number): number {
  return Math.round(coordinate * DECIMALS) / DECIMALS;
}

/** What tells a training from the others, in words: "rate 30". */
export function difference(other: Settings): string {
  return Object.entries(other)
    .map(([name, value]) => (SAID[name] ?? said)(value, name))
    .join(", ");
}

const SAID: Record<string, (value: unknown, name: string) => string> = {
  lr: (value) => `rate ${value}`,
  hidden: (value) => (Array.isArray(value) && value.length ? `hidden ${value.join("+")}` : "no hidden layer"),
};

function said(value: unknown, name: string): string {
  const word = name.replaceAll("_", " ");
  return value !== null && typeof value === "object"
    ? Object.entries(value)
        .map(([entry, one]) => `${entry} ${one}`)
        .join(", ")
    : `${word} ${value ?? "usual"}`;
}

function spelled(value: unknown): string {
  return Array.isArray(value)
    ? value.join(",") || "none"
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}

/** A setting as it stands in an address: a number, a list in JSON, a word. */
function parsed(text: string): unknown {
  if (text === "null" || text === "true" || text === "false" || /^[{[-]|^[.\d][\d.e+-]*$/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text; // cut off, or never meant as JSON: the engine says what it wants
    }
  }
  return text;
}

function widths(value: unknown): unknown {
  if (value === "none") return [];
  const found = String(value).split(",").map(Number);
  return found.every(Number.isFinite) ? found : value;
}

function record(text: string): Settings | null {
  try {
    const found: unknown = JSON.parse(text);
    return found && typeof found === "object" && !Array.isArray(found) ? (found as Settings) : null;
  } catch {
    return null; // a link that was cut off still opens
  }
}

function points(text: string | null): number[][] {
  const found = (text ?? "").split(";").map((point) => point.split(",").map(Number));
  return found.filter((point) => point.length === 3 && point.every(Number.isFinite));
}

function pixels(text: string | null): number[] {
  return [...(text ?? "")].map((digit) => parseInt(digit, LEVELS)).filter((ink) => ink >= 0);
}

function whole(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function weight(text: string | null): Weight {
  const [parameter = "", ...entry] = (text ?? "").split(",");
  return { parameter, entry: entry.map(Number).filter(Number.isInteger) };
}
