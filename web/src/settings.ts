// The attributes of a lesson's <gw-…> elements, read.
import type { Source, Training } from "./protocol";

export type Settings = Record<string, string>;

export function source(settings: Settings): Source {
  const training = settings["training"] ? (JSON.parse(settings["training"]) as Training) : null;
  return { formula: settings["formula"] ?? "", values: values(settings), training };
}

export function values(settings: Settings): Record<string, unknown> {
  return settings["values"] ? (JSON.parse(settings["values"]) as Record<string, unknown>) : {};
}

export function texts(text = ""): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

export function numbers(text = ""): number[] {
  return texts(text).map(Number);
}

/** The first two of a list, with a stand-in for what is missing. */
export function pair<T>(list: T[], missing: T): [T, T] {
  return [list[0] ?? missing, list[1] ?? missing];
}
