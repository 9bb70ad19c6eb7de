// Says on the element that a graph scrolls in which of its edges hide more of it; the style sheet fades them.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export function useFades(frame: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const [picture, place] = [frame.current, frame.current?.parentElement];
    if (!picture || !place) return;
    const fade = () => {
      place.toggleAttribute("data-above", place.scrollTop > 1);
      place.toggleAttribute("data-below", place.scrollTop + place.clientHeight < place.scrollHeight - 1);
    };
    const watcher = new ResizeObserver(fade);
    [place, picture].forEach((one) => watcher.observe(one));
    place.addEventListener("scroll", fade, { passive: true });
    return () => {
      watcher.disconnect();
      place.removeEventListener("scroll", fade);
    };
  }, [frame]);
}
