// Which elements are in view: what nobody sees need not be asked for, and its numbers need not follow every frame.
import { useSignal, type ReadonlySignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const PACE = 200; // ms; hundreds of elements need not be looked for in every frame

const seen = new WeakMap<Element, (isInView: boolean) => void>();
let observer: IntersectionObserver | null = null;

export function useInView(place: RefObject<Element | null>): ReadonlySignal<boolean> {
  const isInView = useSignal(false);
  useEffect(() => {
    const element = place.current;
    return element ? watch(element, (now) => (isInView.value = now)) : undefined;
  }, [place, isInView]);
  return isInView;
}

/** Tells, now and whenever it changes, whether an element is in view; ends when what it returns is called. */
function watch(element: Element, tell: (isInView: boolean) => void): () => void {
  observer ??= new IntersectionObserver(tellAll, { delay: PACE } as IntersectionObserverInit);
  seen.set(element, tell);
  observer.observe(element);
  return () => observer?.unobserve(element);
}

function tellAll(entries: IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) seen.get(target)?.(isIntersecting);
}
