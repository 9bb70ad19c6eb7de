// Moving and scaling a picture: drag, wheel with Ctrl (or a pinch on a touchpad), two fingers, and buttons.
import { signal, type Signal } from "@preact/signals";
import type { Point } from "../layout";

export interface View {
  x: number;
  y: number;
  scale: number;
}

export const FITTED: View = { x: 0, y: 0, scale: 1 };
const MOST = 8;
const STILL = 4; // pixels that a click may move

/** The same view scaled about a point of the picture, which stays where it is. */
export function zoomed({ x, y, scale }: View, factor: number, [cx, cy]: Point, size: Point): View {
  const next = Math.min(MOST, Math.max(1, scale * factor));
  return within({ scale: next, x: cx - ((cx - x) * next) / scale, y: cy - ((cy - y) * next) / scale }, size);
}

/** The picture always fills its frame: it can't be lost by moving it. */
export function within({ x, y, scale }: View, [width, height]: Point): View {
  const kept = (at: number, length: number) => Math.min(0, Math.max(length * (1 - scale), at)) || 0;
  return { scale, x: kept(x, width), y: kept(y, height) };
}

export interface PanZoom {
  view: Signal<View>;
  zoom(factor: number, at?: Point): void;
  fit(): void;
  handlers: Record<
    "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel",
    (event: PointerEvent) => void
  >;
  /** Wheel listeners must be attached as not passive, so that the page stays while the picture is scaled. */
  wheel(event: WheelEvent): void;
}

export function panZoom(size: () => Point): PanZoom {
  const view = signal<View>(FITTED);
  const fingers = new Map<number, Point>();
  let start: Point | null = null; // of a drag that may yet be a click

  function zoom(factor: number, at?: Point): void {
    const [width, height] = size();
    view.value = zoomed(view.peek(), factor, at ?? [width / 2, height / 2], [width, height]);
  }

  function pan([x1, y1]: Point, [x2, y2]: Point): void {
    const { x, y, scale } = view.peek();
    view.value = within({ scale, x: x + x2 - x1, y: y + y2 - y1 }, size());
  }

  function down(event: PointerEvent): void {
    if (fingers.size === 0) start = [event.clientX, event.clientY];
    fingers.set(event.pointerId, place(event));
  }

  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const here = place(event);
    const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (!other && view.peek().scale === 1) return; // one finger scrolls the page, as everywhere
    if (start && Math.hypot(event.clientX - start[0], event.clientY - start[1]) < STILL) return;
    if (start) hold(event);
    start = null;
    if (other) zoom(apart(here, other) / Math.max(1, apart(before, other)), middle(before, other));
    pan(other ? middle(before, other) : before, other ? middle(here, other) : here);
    fingers.set(event.pointerId, here);
  }

  const release = (event: PointerEvent) => void fingers.delete(event.pointerId);
  return {
    view,
    zoom,
    fit: () => void (view.value = FITTED),
    handlers: { onPointerDown: down, onPointerMove: move, onPointerUp: release, onPointerCancel: release },
    wheel(event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 300), place(event));
    },
  };
}

/** The end of a drag is no click on whatever lies there. */
function hold(event: PointerEvent): void {
  (event.currentTarget as Element).setPointerCapture(event.pointerId);
}

/** Where a pointer is, in the units of the picture. */
function place(event: PointerEvent | WheelEvent): Point {
  const matrix = (event.currentTarget as Element).querySelector("svg")?.getScreenCTM();
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix?.inverse());
  return [x, y];
}

function apart([x1, y1]: Point, [x2, y2]: Point): number {
  return Math.hypot(x1 - x2, y1 - y2);
}

function middle([x1, y1]: Point, [x2, y2]: Point): Point {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}
