// The address: `#play?f=…&v=…` holds the whole state of an experiment, so that every experiment is a link.
import type { HealthSettings, Training } from "./protocol";

/** The pages, in the order of the header. */
export const NAMES = ["play", "explore", "lab", "health", "lessons"] as const;
export type Page = (typeof NAMES)[number];

export interface Address {
  page: Page;
  parameters: URLSearchParams;
}

export function read(hash: string): Address {
  const [name = "", query = ""] = split(hash.replace(/^#/, ""));
  const [page = "", rest] = name.split("/");
  const parameters = new URLSearchParams(query);
  if (rest) parameters.set("lesson", rest);
  return { page: NAMES.find((known) => known === page) ?? "play", parameters };
}

export function write({ page, parameters }: Address): string {
  const rest = new URLSearchParams(parameters);
  const lesson = rest.get("lesson");
  rest.delete("lesson");
  const query = rest.toString();
  return `#${page}${lesson ? `/${encodeURIComponent(lesson)}` : ""}${query ? `?${query}` : ""}`;
}

function split(text: string): string[] {
  const at = text.indexOf("?");
  return at < 0 ? [decoded(text)] : [decoded(text.slice(0, at)), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a link that was cut off within a character
  }
}

/** Everything that makes an experiment: what is computed, from which values, and where the reader stands in it. */
export interface Experiment {
  formula: string;
  example: string;
  script: boolean;
  /** The name of a walk file; what is in it doesn't fit into an address. */
  file: string;
  /** The settings of a deep network, from the page of gradient health. */
  health: HealthSettings | null;
  values: Record<string, unknown>;
  of: string;
  training: Training | null;
  step: number | null;
  open: string[];
  leaves: Record<string, unknown>;
  chosen: number | null;
}

export const EMPTY: Experiment = {
  formula: "",
  example: "",
  script: false,
  file: "",
  health: null,
  values: {},
  of: "",
  training: null,
  step: null,
  open: [],
  leaves: {},
  chosen: null,
};

export function experiment(parameters: URLSearchParams): Experiment {
  return {
    formula: parameters.get("f") ?? "",
    example: parameters.get("example") ?? "",
    script: parameters.has("script"),
    file: parameters.get("file") ?? "",
    health: health(parameters.get("health")),
    values: record(parameters.get("v")),
    of: parameters.get("of") ?? "",
    training: training(parameters.get("train")),
    step: integer(parameters.get("step")),
    open: parameters.getAll("open"),
    leaves: record(parameters.get("leaves")),
    chosen: integer(parameters.get("why")),
  };
}

export function parameters(shown: Experiment): URLSearchParams {
  const made = new URLSearchParams();
  const set = (name: string, text: string) => text && made.set(name, text);
  set("f", shown.formula);
  set("example", shown.example);
  set("script", shown.script ? "1" : "");
  set("file", shown.file);
  set("health", shown.health ? JSON.stringify(shown.health) : "");
  set("v", filled(shown.values));
  set("of", shown.of);
  set("train", shown.training ? JSON.stringify(shown.training) : "");
  set("step", shown.step === null ? "" : String(shown.step));
  set("leaves", filled(shown.leaves));
  set("why", shown.chosen === null ? "" : String(shown.chosen));
  for (const group of shown.open) made.append("open", group);
  return made;
}

function filled(values: Record<string, unknown>): string {
  return Object.keys(values).length ? JSON.stringify(values) : "";
}

function parsed(text: string | null): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // a link that was cut off still opens, without what can't be read
  }
}

function record(text: string | null): Record<string, unknown> {
  const found = parsed(text);
  return found && typeof found === "object" && !Array.isArray(found) ? (found as Record<string, unknown>) : {};
}

/** Whether they can be used, the engine says. */
function health(text: string | null): HealthSettings | null {
  const found = record(text);
  return Object.keys(found).length ? (found as unknown as HealthSettings) : null;
}

function integer(text: string | null): number | null {
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}

function training(text: string | null): Training | null {
  const found = record(text);
  if (typeof found["rate"] !== "number" || typeof found["steps"] !== "number") return null;
  const params = Array.isArray(found["params"])
    ? found["params"].filter((name): name is string => typeof name === "string")
    : [];
  return { rate: found["rate"], steps: found["steps"], params };
}
