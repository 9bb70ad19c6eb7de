// Light, dark, or as the reader's system is; kept in the browser.
import { signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
const ORDER: Theme[] = ["auto", "light", "dark"];
const KEPT = "gradwalk.theme";

export const theme = signal<Theme>("auto");

export function startTheme(): void {
  const kept = remembered(KEPT);
  apply(ORDER.find((known) => known === kept) ?? "auto");
}

export function nextTheme(): void {
  apply(ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? "auto");
  remember(KEPT, theme.value);
}

function apply(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

/** What the browser keeps; nothing where it may not (private windows, file:// pages). */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
