// Which lessons were read: kept in the browser only.
import { signal } from "@preact/signals";
import { remember, remembered } from "./theme";

const KEPT = "gradwalk.lessons";

export const done = signal<ReadonlySet<string>>(new Set(kept()));

export function finish(slug: string): void {
  if (done.value.has(slug)) return;
  done.value = new Set([...done.value, slug]);
  remember(KEPT, JSON.stringify([...done.value]));
}

function kept(): string[] {
  try {
    const found: unknown = JSON.parse(remembered(KEPT) ?? "[]");
    return Array.isArray(found) ? found.filter((slug): slug is string => typeof slug === "string") : [];
  } catch {
    return [];
  }
}
