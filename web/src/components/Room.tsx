// The room that a tall graph has: it scrolls by itself, keeps the current step in sight, and fades where more follows.
import { useComputed, useSignalEffect } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { prefersStillness } from "../motion";
import type { Session } from "../session";

const MARGIN = 70; // px kept between the current step and an edge

export function Room({ session, children }: { session: Session; children: ComponentChildren }) {
  const room = useRef<HTMLDivElement>(null);
  useFades(room);
  useFollowing(room, session);
  return <div ref={room} class="room">{children}</div>;
}

/** Say on the element which of its edges hide more; the style sheet fades them. */
function useFades(room: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const fade = () => {
      element.toggleAttribute("data-above", element.scrollTop > 1);
      element.toggleAttribute("data-below", element.scrollTop + element.clientHeight < element.scrollHeight - 1);
    };
    const watcher = new ResizeObserver(fade);
    [element, ...element.children].forEach((one) => watcher.observe(one));
    element.addEventListener("scroll", fade, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", fade);
    };
  }, [room]);
}

function useFollowing(room: RefObject<HTMLDivElement | null>, session: Session): void {
  const step = useComputed(() => session.moment.value.step); // not every frame of its way
  useSignalEffect(() => {
    if (step.value >= 0) requestAnimationFrame(() => keepInSight(room.current)); // once the ring is drawn there
  });
}

/** Scroll only where the ringed node is near an edge or beyond it, and only this element, never the page. */
function keepInSight(room: HTMLElement | null): void {
  const ring = room?.querySelector(".ring");
  if (!room || !ring || room.scrollHeight <= room.clientHeight) return;
  const [outer, inner] = [room.getBoundingClientRect(), ring.getBoundingClientRect()];
  const [above, below] = [outer.top + MARGIN - inner.top, inner.bottom - (outer.bottom - MARGIN)];
  if (above <= 0 && below <= 0) return;
  const middle = (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
  room.scrollTo({ top: room.scrollTop + middle, behavior: prefersStillness() ? "auto" : "smooth" });
}
