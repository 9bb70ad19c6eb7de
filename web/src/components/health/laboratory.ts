// The state of the page of gradient health: one network, its remedies, and how both stand in the address.
import type { HealthSettings, ProblemInfo, ProblemsReply, RemedyInfo } from "../../protocol";

/** What the kernel says there is to choose from. */
export type Offer = Pick<ProblemsReply, "problems" | "remedies" | "choices" | "ranges">;

/** One experiment: which problem it began with, the network as it is now, the remedies switched on, the layer looked at. */
export interface Laboratory {
  problem: string;
  settings: HealthSettings;
  remedies: string[];
  layer: number | null;
}

export function problemOf({ problems }: Offer, name: string): ProblemInfo | undefined {
  return problems.find((known) => known.name === name) ?? problems[0];
}

/** A problem as it is shown first: with the first of its remedies. */
export function begun(problem: ProblemInfo): Laboratory {
  return { problem: problem.name, settings: problem.settings, remedies: problem.remedies.slice(0, 1), layer: null };
}

/** The remedies with one of them switched; of two that change the same part of the network, the newer one stays. */
export function switched(on: string[], name: string, remedies: RemedyInfo[]): string[] {
  if (on.includes(name)) return on.filter((other) => other !== name);
  const part = (one: string) => remedies.find((known) => known.name === one)?.part;
  return [...on.filter((other) => part(other) !== part(name)), name];
}

/** The remedies with those first that cure this problem. */
export function ordered(remedies: RemedyInfo[], problem: ProblemInfo): RemedyInfo[] {
  const cures = (remedy: RemedyInfo) => (problem.remedies.includes(remedy.name) ? 0 : 1);
  return [...remedies].sort((one, other) => cures(one) - cures(other));
}

/** The state in an address; what can't be read there is as the problem begins. */
export function read(parameters: URLSearchParams, offer: Offer): Laboratory | null {
  const problem = problemOf(offer, parameters.get("problem") ?? "");
  if (!problem) return null;
  const first = begun(problem);
  const known = new Set(offer.remedies.map(({ name }) => name));
  const given = parameters.get("with");
  const remedies = given === null ? first.remedies : given.split(",").filter((name) => known.has(name));
  const layer = Number(parameters.get("layer") ?? NaN);
  return {
    ...first,
    settings: settings(parameters, first.settings),
    remedies,
    layer: Number.isInteger(layer) ? layer : null,
  };
}

function settings(parameters: URLSearchParams, first: HealthSettings): HealthSettings {
  const changed = Object.entries(first).map(([name, value]) => [name, setting(parameters.get(name), name, value)]);
  return Object.fromEntries(changed) as HealthSettings;
}

/** One setting as it is written in an address: of the kind that it has (only `clip` is a number or nothing). */
function setting(text: string | null, name: string, value: unknown): unknown {
  if (text === null) return value;
  if (name === "clip") return text === "none" ? null : numeral(text, value);
  if (typeof value === "boolean") return text === "yes";
  return typeof value === "number" ? numeral(text, value) : text;
}

function numeral(text: string, otherwise: unknown): unknown {
  const found = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(found) ? found : otherwise;
}

const WORDS = new Map<unknown, string>([
  [true, "yes"],
  [false, "no"],
  [null, "none"],
]);

/** The state as it stands in an address: the problem, and what differs from how it begins. */
export function parametersOf({ problem, settings, remedies, layer }: Laboratory, offer: Offer): URLSearchParams {
  const made = new URLSearchParams({ problem });
  const first = problemOf(offer, problem);
  for (const [name, value] of Object.entries(settings)) {
    if (value !== first?.settings[name as keyof HealthSettings]) made.set(name, WORDS.get(value) ?? String(value));
  }
  if (remedies.join() !== first?.remedies.slice(0, 1).join()) made.set("with", remedies.join());
  if (layer !== null) made.set("layer", String(layer));
  return made;
}

/** The address of the playground with the walk of a network. */
export function walkAddress(settings: HealthSettings): string {
  return `#play?${new URLSearchParams({ health: JSON.stringify(settings) }).toString()}`;
}
