// <gw-tabs>: one of its components at a time, chosen by its label.

const ENDS: Record<string, (count: number) => number> = { Home: () => 0, End: (count) => count - 1 };
const WAYS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** Which tab a key leads to, around the ends; null for keys that mean nothing here. */
export function tabAfter(key: string, at: number, count: number): number | null {
  const end = ENDS[key];
  if (end) return end(count);
  const way = WAYS[key];
  return way === undefined ? null : (at + way + count) % count;
}

let made = 0; // ids must differ between all tabs of a page

/** Put a row of tabs before an element's children, and show the first of them; the result takes the row away. */
export function tabbed(place: HTMLElement): () => void {
  const panels = [...place.children].filter((child): child is HTMLElement => child instanceof HTMLElement);
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  const tabs = panels.map((panel) => list.appendChild(tab(panel, `tab-${made++}`)));
  const choose = (chosen: number) => {
    tabs.forEach((one, index) => mark(one, index === chosen));
    panels.forEach((panel, index) => (panel.hidden = index !== chosen));
  };
  tabs.forEach((one, index) => {
    one.addEventListener("click", () => choose(index));
    one.addEventListener("keydown", (event) => {
      const next = tabAfter(event.key, index, tabs.length);
      if (next === null) return;
      event.preventDefault();
      choose(next);
      tabs[next]?.focus();
    });
  });
  choose(0);
  place.prepend(list);
  return () => list.remove();
}

function tab(panel: HTMLElement, id: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.id = id;
  made.textContent = panel.getAttribute("label") ?? "";
  made.setAttribute("role", "tab");
  made.setAttribute("aria-controls", `${id}-panel`);
  panel.id = `${id}-panel`;
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", id);
  return made;
}

/** Only the chosen tab is a stop of the Tab key; arrows lead to the others. */
function mark(tab: HTMLElement, isChosen: boolean): void {
  tab.setAttribute("aria-selected", String(isChosen));
  tab.tabIndex = isChosen ? 0 : -1;
}
