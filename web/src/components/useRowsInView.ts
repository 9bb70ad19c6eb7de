// Of a long table only the rows in view are there: a drag has fewer numbers to follow, and a thousand rows open at once.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const SPARE = 4; // rows beyond each edge, so that scrolling and the Tab key find the next one

export interface RowsInView {
  first: number;
  /** The row after the last one. */
  last: number;
  place: RefObject<HTMLDivElement | null>;
  onScroll(): void;
}

export function useRowsInView(count: number, row: number): RowsInView {
  const place = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState(0);
  const [room, setRoom] = useState(0);
  const onScroll = () => setStart(Math.floor((place.current?.scrollTop ?? 0) / row));
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => setRoom(Math.ceil((place.current?.clientHeight ?? 0) / row)));
    if (place.current) watch.observe(place.current);
    return () => watch.disconnect();
  }, [row]);
  return { ...rowsInView(start, room, count), place, onScroll };
}

/** The rows that are drawn where `room` rows fit and `start` were scrolled past. */
export function rowsInView(start: number, room: number, count: number): { first: number; last: number } {
  const first = Math.max(0, Math.min(start, count - room) - SPARE);
  return { first, last: Math.min(count, start + room + SPARE) };
}
