// How much room the graph has.
import type { Session } from "./session";

const WIDE = 860; // px: from here on the graph has 60 % of the room
const WIDEST = 1000; // of a graph that has all of it

/** How wide Python may lay the graph out. */
export function graphWidth(place: HTMLElement | null, isWhole = false): number {
  const room = place?.clientWidth || document.documentElement.clientWidth - 48;
  return Math.max(300, Math.round(isWhole ? Math.min(room, WIDEST) : room > WIDE ? room * 0.6 : room));
}

/** Lay the graph out anew when the window gets another width: a phone is turned, a window made narrower. */
export function followRoom(session: Session, place: HTMLElement | null, isWhole = false): () => void {
  const follow = () => (session.width.value = graphWidth(place, isWhole));
  addEventListener("resize", follow);
  return () => removeEventListener("resize", follow);
}
