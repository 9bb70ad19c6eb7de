// Numbers that follow every frame of a drag: signals for the text and the attributes of what shows them, so that a new
// value changes these and nothing is drawn anew.
import { signal, useComputed, type ReadonlySignal } from "@preact/signals";
import { exact, fitting, full, shown, steady } from "./numbers";
import type { NodeInfo } from "./protocol";
import type { Session } from "./session";
import { gradientPlace, isComplete, knows, valuePlace, type Numbers, type Place } from "./state";

/** One number of a walk: as it is now (out of view: as it was when the hand last rested), and as it was then. */
export interface Live {
  now: ReadonlySignal<number>;
  settled: ReadonlySignal<number>;
}

const ALWAYS: ReadonlySignal<boolean> = signal(true);

export function useKnown(session: Session, { id }: NodeInfo): boolean {
  return useComputed(() => knows(session.times, id, session.seen.value)).value;
}

/** How much of a node's gradient has arrived. */
export function useArrived(session: Session, { id }: NodeInfo): "nothing" | "part" | "all" {
  const arrived = useComputed(() => {
    const at = session.seen.value;
    return isComplete(session.times, id, at)
      ? "all"
      : gradientPlace(session.walk, session.times, id, at)
        ? "part"
        : "nothing";
  });
  return arrived.value;
}

export function useValue(session: Session, node: NodeInfo, inView = ALWAYS): Live {
  return useLive(session, () => valuePlace(node), inView);
}

export function useGradient(session: Session, node: NodeInfo, inView = ALWAYS): Live {
  return useLive(session, () => gradientPlace(session.walk, session.times, node.id, session.seen.value), inView);
}

function useLive(session: Session, place: () => Place | null, inView: ReadonlySignal<boolean>): Live {
  const where = useComputed(place);
  const settled = useComputed(() => single(session.settled.numbers.value, where.value));
  return {
    now: useComputed(() => (inView.value ? single(session.numbers.value, where.value) : settled.value)),
    settled,
  };
}

function single(numbers: Numbers, place: Place | null): number {
  return (place && numbers[place.part][place.offset]) ?? NaN;
}

/** The number as it is read; of steady width while a value is dragged. */
export function useWritten(session: Session, { now }: Live): ReadonlySignal<string> {
  return useComputed(() => (session.dragging.value ? steady : shown)(now.value, session.digits.value));
}

/** The number as it is read when the hand rests, in as many digits as there is room for. */
export function useRested(session: Session, { settled }: Live, room: number): ReadonlySignal<string> {
  return useComputed(() => fitting(settled.value, session.digits.value, room));
}

/** All of its digits, as programs read them. */
export function useExact(number: ReadonlySignal<number>): ReadonlySignal<string> {
  return useComputed(() => exact(number.value));
}

/** All of its digits, for a title: these wait until the hand rests. */
export function useTitle({ settled }: Live): ReadonlySignal<string> {
  return useComputed(() => full(settled.value));
}
