// Of a table's rows only the one that the reader is in has stops for the Tab key; up and down lead to the others.
import type { RefObject } from "preact";
import { useState } from "preact/hooks";

const WAYS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

export interface RowStops {
  /** The row where the focus was last, by its `data-row`. */
  row: string | null;
  handlers: { onFocusIn(event: FocusEvent): void; onKeyDown(event: KeyboardEvent): void };
}

export function useRowStops(place: RefObject<HTMLElement | null>): RowStops {
  const [row, setRow] = useState<string | null>(null);
  const onFocusIn = ({ target }: FocusEvent) => {
    const found = rowOf(target);
    if (found) setRow(found.getAttribute("data-row"));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = place.current && neighbour(place.current, event.target, WAYS[event.key] ?? 0);
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return { row, handlers: { onFocusIn, onKeyDown } };
}

/** The button in the same place of the next row that has any; from the table itself, that of its first row. */
function neighbour(table: HTMLElement, from: EventTarget | null, way: number): HTMLElement | undefined {
  const rows = [...table.querySelectorAll("[data-row]")].filter((row) => buttons(row).length);
  const here = rowOf(from);
  const at = here ? rows.indexOf(here) : -1;
  const next = way === 0 ? undefined : rows[at + way];
  if (!next) return undefined;
  const column = here ? buttons(here).indexOf(from as HTMLElement) : -1;
  return buttons(next).at(Math.min(column, buttons(next).length - 1));
}

function rowOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest("[data-row]") : null;
}

function buttons(row: Element): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>("button")];
}
