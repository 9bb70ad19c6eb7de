// A source as an opened walk; while the next one is made, or is wrong, the last one stays.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused, type Carrier } from "../carriers/carrier";
import type { ErrorReply, Source } from "../protocol";
import { opened, type Session, type Start } from "../session";

const PAUSE = 180; // ms after the last key
const WIDE = 860; // px: from here on the graph has 60 % of the room
const WIDEST = 1000; // of a graph that has all of it

interface Found {
  session: Session | null;
  problem: ErrorReply | null;
  isStale: boolean;
}

export function useOpened(carrier: Carrier, source: Source | null, start: Start & { open?: string[] }, place: RefObject<HTMLElement | null>, isWhole = false): Found {
  const [found, setFound] = useState<Found>({ session: null, problem: null, isStale: false });
  const wanted = JSON.stringify(source);
  const edits = source?.script ? carrier.edits.value : 0;
  const first = useRef(true);
  const channel = useRef(`open ${Math.random()}`); // several players of a lesson open their walks at once
  useEffect(() => {
    if (!source) return;
    let isCurrent = true;
    const open = async () => {
      try {
        const request = { source, width: graphWidth(place.current, isWhole), open: start.open ?? [] };
        const session = await opened(carrier, request, start, channel.current);
        if (isCurrent) setFound({ session, problem: null, isStale: false });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (isCurrent && error.reply.code !== "superseded") setFound((now) => ({ ...now, problem: error.reply, isStale: now.session !== null }));
      }
    };
    const timer = setTimeout(() => void open(), first.current ? 0 : PAUSE);
    first.current = false;
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [carrier, wanted, edits]);
  return found;
}

/** How wide Python may lay the graph out. */
export function graphWidth(place: HTMLElement | null, isWhole: boolean): number {
  const room = place?.clientWidth || document.documentElement.clientWidth - 48;
  return Math.max(300, Math.round(isWhole ? Math.min(room, WIDEST) : room > WIDE ? room * 0.6 : room));
}
