// Moving and scaling a picture: drag, wheel with Ctrl (or a pinch on a touchpad), two fingers, and buttons.
import { signal, type Signal } from "@preact/signals";

export interface View {
  x: number;
  y: number;
  scale: number;
}

export const FITTED: View = { x: 0, y: 0, scale: 1 };
const MOST = 6;

export interface PanZoom {
  view: Signal<View>;
  zoom(factor: number, at?: [number, number]): void;
  fit(): void;
  handlers: {
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(event: PointerEvent): void;
    onPointerCancel(event: PointerEvent): void;
  };
  /** Wheel listeners must be attached as not passive, so that the page stays while the picture is scaled. */
  wheel(event: WheelEvent): void;
}

export function panZoom(size: () => [number, number]): PanZoom {
  const view = signal<View>(FITTED);
  const fingers = new Map<number, PointerEvent>();

  function zoom(factor: number, at?: [number, number]): void {
    const { x, y, scale } = view.peek();
    const [width, height] = size();
    const [cx, cy] = at ?? [width / 2, height / 2];
    const next = Math.min(MOST, Math.max(1, scale * factor));
    view.value = next === 1 ? FITTED : { scale: next, x: cx - ((cx - x) * next) / scale, y: cy - ((cy - y) * next) / scale };
  }

  function unit(event: PointerEvent | WheelEvent): number {
    const width = (event.currentTarget as Element | null)?.getBoundingClientRect().width ?? 1;
    return size()[0] / Math.max(1, width);
  }

  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const ratio = unit(event);
    const others = [...fingers.values()].filter((finger) => finger.pointerId !== event.pointerId);
    const other = others[0];
    fingers.set(event.pointerId, event);
    if (other) {
      const apart = Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
      const was = Math.hypot(before.clientX - other.clientX, before.clientY - other.clientY);
      zoom(apart / Math.max(1, was));
    } else if (view.peek().scale > 1) {
      const { x, y, scale } = view.peek();
      view.value = { scale, x: x + (event.clientX - before.clientX) * ratio, y: y + (event.clientY - before.clientY) * ratio };
    }
  }

  const release = (event: PointerEvent) => void fingers.delete(event.pointerId);
  return {
    view,
    zoom,
    fit: () => void (view.value = FITTED),
    handlers: {
      onPointerDown: (event) => void fingers.set(event.pointerId, event),
      onPointerMove: move,
      onPointerUp: release,
      onPointerCancel: release,
    },
    wheel(event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const bounds = (event.currentTarget as Element).getBoundingClientRect();
      const ratio = unit(event);
      zoom(Math.exp(-event.deltaY / 300), [(event.clientX - bounds.left) * ratio, (event.clientY - bounds.top) * ratio]);
    },
  };
}
