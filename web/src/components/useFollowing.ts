// A graph that is higher than its place scrolls there, so that what happens now stays in sight.
import { useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { guideTo } from "../layout";
import type { Session } from "../session";
import { receiver } from "../state";

export function useFollowing(session: Session, frame: RefObject<HTMLElement | null>, margin: number): void {
  useSignalEffect(() => {
    const step = session.walk.steps[session.moment.value.step];
    const box = step && guideTo(session.layout.value).boxes.get(receiver(step));
    const place = frame.current?.parentElement;
    if (!box || !place || !frame.current || place.scrollHeight <= place.clientHeight) return;
    const ratio = frame.current.getBoundingClientRect().height / (session.layout.value.height + 2 * margin);
    const [top, bottom] = [box.y, box.y + box.height + 2 * margin].map((y) => y * ratio) as [number, number];
    if (top < place.scrollTop || bottom > place.scrollTop + place.clientHeight) place.scrollTop = (top + bottom - place.clientHeight) / 2;
  });
}
