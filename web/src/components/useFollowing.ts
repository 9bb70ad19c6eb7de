// A graph that is higher than its place scrolls there, so that what happens now stays in sight.
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
    if (!box || !place || !frame.current || place.scrollHeight <= place.clientHeight) return;
    const ratio = frame.current.getBoundingClientRect().height / (session.layout.value.height + 2 * margin);
    const [top, bottom] = [box.y, box.y + box.height + 2 * margin].map((y) => y * ratio) as [number, number];
    if (top < place.scrollTop || bottom > place.scrollTop + place.clientHeight)
      place.scrollTo({
        top: (top + bottom - place.clientHeight) / 2,
        behavior: prefersStillness() ? "auto" : "smooth",
      });
  });
}
