// Moving through a walk: a key press lands in 250 ms, playing takes 1.2 s a step; without motion, at once.
import { batch } from "@preact/signals";
import type { Session } from "./session";
import { earlier, later } from "./state";

const PLAYED = 1200;
const PRESSED = 250;

const frames = new WeakMap<Session, number>();

export function prefersStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Go to a position; the step there is seen happening over `duration` milliseconds. */
export function goTo(session: Session, position: number, duration = 0, then?: () => void): void {
  cancelAnimationFrame(frames.get(session) ?? 0);
  const target = Math.max(-1, Math.min(session.last, position));
  const still = duration === 0 || prefersStillness();
  batch(() => {
    session.before.value = session.position.peek();
    session.position.value = target;
    session.travel.value = still && !then ? 1 : 0;
  });
  if (still && !then) return;
  const begun = performance.now();
  const tick = (now: number) => {
    const share = Math.min(1, (now - begun) / duration);
    session.travel.value = still ? 1 : share;
    if (share < 1) frames.set(session, requestAnimationFrame(tick));
    else then?.();
  };
  frames.set(session, requestAnimationFrame(tick));
}

export function forward(session: Session): void {
  pause(session);
  goTo(session, later(stretches(session), session.position.peek(), session.last), PRESSED);
}

export function back(session: Session): void {
  pause(session);
  goTo(session, earlier(stretches(session), session.position.peek()));
}

export function jump(session: Session, position: number): void {
  pause(session);
  goTo(session, position);
}

export function play(session: Session): void {
  session.playing.value = true;
  if (session.position.peek() >= session.last) goTo(session, -1);
  playOn(session);
}

function playOn(session: Session): void {
  if (!session.playing.peek()) return;
  if (session.position.peek() >= session.last) return pause(session);
  const next = later(stretches(session), session.position.peek(), session.last);
  goTo(session, next, PLAYED / session.speed.peek(), () => playOn(session));
}

export function pause(session: Session): void {
  if (!session.playing.peek()) return;
  cancelAnimationFrame(frames.get(session) ?? 0);
  batch(() => {
    session.playing.value = false;
    session.travel.value = 1;
  });
}

function stretches(session: Session): number[][] {
  return session.walk.grains[session.grain.peek()] ?? [];
}

/** The player's keys; whether one was meant for it. */
export function pressed(session: Session, key: string): boolean {
  const action = KEYS[key];
  action?.(session);
  return action !== undefined;
}

const KEYS: Record<string, (session: Session) => void> = {
  " ": (session) => (session.playing.peek() ? pause(session) : play(session)),
  ArrowRight: forward,
  ArrowLeft: back,
  Home: (session) => jump(session, -1),
  End: (session) => jump(session, session.last),
};

/** Starts and stops gently. */
export function eased(share: number): number {
  return share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2;
}
