// What a term means, or all the digits of a rounded number, beside it while it is pointed at or focused; Escape puts it away.
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Shown {
  text: string;
  left: number;
  top: number;
}

const WIDTH = 300;

export function Meaning({ place }: { place: RefObject<HTMLElement | null> }) {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    const prose = place.current;
    if (!prose) return;
    for (const explained of prose.querySelectorAll<HTMLElement>("dfn[title], data.gw-rounded[title]")) {
      explained.dataset["meaning"] = explained.title; // the browser's own tooltip would stand in the way, and a touch shows none
      explained.removeAttribute("title");
      if (explained.matches("dfn")) explained.setAttribute("aria-describedby", "meaning");
    }
    const show = (event: Event) => setShown(at(event.target));
    const hide = () => setShown(null);
    const key = (event: KeyboardEvent) => event.key === "Escape" && hide();
    prose.addEventListener("pointerover", show);
    prose.addEventListener("focusin", show);
    prose.addEventListener("pointerleave", hide);
    prose.addEventListener("focusout", hide);
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [place]);
  return (
    <div
      id="meaning"
      role="tooltip"
      class="meaning"
      hidden={!shown}
      style={shown ? { left: `${shown.left}px`, top: `${shown.top}px` } : {}}
    >
      {shown?.text}
    </div>
  );
}

function at(target: EventTarget | null): Shown | null {
  const term = target instanceof Element ? target.closest<HTMLElement>("[data-meaning]") : null;
  if (!term) return null;
  const { left, bottom } = term.getBoundingClientRect();
  return {
    text: term.dataset["meaning"] ?? "",
    left: scrollX + Math.max(8, Math.min(left, innerWidth - WIDTH - 16)),
    top: scrollY + bottom + 6,
  };
}
