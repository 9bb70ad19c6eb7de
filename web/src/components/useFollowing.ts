// A graph that is higher or wider than its place scrolls there, so that what happens now stays in sight.
import { useComputed, useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { guideTo } from "../layout";
import { prefersStillness } from "../motion";
import type { Session } from "../session";
import { receiver } from "../state";

export function useFollowing(session: Session, frame: RefObject<HTMLElement | null>, margin: number): void {
  const at = useComputed(() => session.moment.value.step); // not every frame of its way
  useSignalEffect(() => {
    const step = session.walk.steps[at.value];
    const box = step && guideTo(session.layout.value).boxes.get(receiver(step));
    const place = frame.current?.parentElement;
    if (!box || !place || !frame.current) return;
    const ratio = frame.current.getBoundingClientRect().height / (session.layout.value.height + 2 * margin);
    const [left, right, top, bottom] = [box.x, box.x + box.width, box.y, box.y + box.height + 2 * margin];
    place.scrollTo({
      left: inSight(left * ratio, right * ratio, place.scrollLeft, place.clientWidth),
      top: inSight(top * ratio, bottom * ratio, place.scrollTop, place.clientHeight),
      behavior: prefersStillness() ? "auto" : "smooth",
    });
  });
}

/** Where to scroll for a stretch of the picture to be in sight: nowhere, or to its middle. */
function inSight(start: number, end: number, at: number, room: number): number {
  return start < at || end > at + room ? (start + end - room) / 2 : at;
}
