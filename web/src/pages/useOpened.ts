// A source as an opened walk; while the next one is made, or is wrong, the last one stays.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused, type Carrier } from "../carriers/carrier";
import type { ErrorReply, Source } from "../protocol";
import { followRoom, graphWidth } from "../room";
import { opened, type Session, type Start } from "../session";

const PAUSE = 180; // ms after the last key

interface Found {
  session: Session | null;
  problem: ErrorReply | null;
  isStale: boolean;
}

export function useOpened(
  carrier: Carrier,
  source: Source | null,
  start: Start & { open?: string[] },
  place: RefObject<HTMLElement | null>,
  isWhole = false,
): Found {
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
        if (isCurrent && error.reply.code !== "superseded")
          setFound((now) => ({ ...now, problem: error.reply, isStale: now.session !== null }));
      }
    };
    const timer = setTimeout(() => void open(), first.current ? 0 : PAUSE);
    first.current = false;
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [carrier, wanted, edits]);
  const { session } = found;
  useEffect(() => (session ? followRoom(session, place.current, isWhole) : undefined), [session]);
  return found;
}
