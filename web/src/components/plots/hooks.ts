// Small hooks that plots share: their width, the theme, a value that is held while it is dragged.
import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** The width that an element has on the page, and the element's ref. */
export function useWidth<Kind extends HTMLElement>(first = 640): [RefObject<Kind | null>, number] {
  const ref = useRef<Kind | null>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const measure = () => element.clientWidth > 0 && setWidth(Math.round(element.clientWidth));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

/** A count that goes up whenever the theme may have changed, so that canvases are painted again. */
export function useTheme(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const again = () => setCount((before) => before + 1);
    const scheme = window.matchMedia?.("(prefers-color-scheme: dark)");
    scheme?.addEventListener?.("change", again);
    const observer = new MutationObserver(again);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
    return () => {
      scheme?.removeEventListener?.("change", again);
      observer.disconnect();
    };
  }, []);
  return count;
}

/** A value given from outside that may also be moved here: it follows the outside whenever that changes. */
export function useHeld<Value>(given: Value, onChange?: (value: Value) => void): [Value, (value: Value) => void] {
  const [held, setHeld] = useState(given);
  const outside = JSON.stringify(given);
  const seen = useRef(outside);
  const current = seen.current === outside ? held : given;
  if (seen.current !== outside) {
    seen.current = outside;
    setHeld(given);
  }
  const move = (value: Value) => {
    setHeld(value);
    onChange?.(value);
  };
  return [current, move];
}

/** The same array as before where all its numbers are the same, so that what is drawn from it need not be drawn again. */
export function useStable(numbers: Float64Array): Float64Array {
  const kept = useRef(numbers);
  const same = kept.current.length === numbers.length && numbers.every((value, k) => Object.is(value, kept.current[k]));
  if (!same) kept.current = numbers;
  return kept.current;
}

/** Whether the reader asked for less motion. */
export function prefersStill(): boolean {
  return typeof window !== "undefined" && (window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false);
}

let made = 0;

/** A name that nothing else on the page has. (useId counts anew in each root, and a lesson mounts a root for every plot.) */
export function useUnique(prefix: string): string {
  return useState(() => `${prefix}${++made}`)[0];
}
