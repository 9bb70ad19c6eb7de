// Dragging by pointer and by keys, for points on one axis and on two.
export interface Place {
  x: number;
  y: number;
}

/** Where a pointer is, in the units that a picture of this width is drawn in. */
export function placeIn(element: Element, event: { clientX: number; clientY: number }, width: number): Place {
  const box = element.getBoundingClientRect();
  const scale = box.width > 0 ? width / box.width : 1;
  return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
}

/** Handlers that report where the pointer is from its press to its release. */
export function dragHandlers(width: number, move: (place: Place) => void) {
  const report = (event: PointerEvent) => move(placeIn(event.currentTarget as Element, event, width));
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      const element = event.currentTarget as SVGSVGElement;
      element.setPointerCapture?.(event.pointerId);
      element.querySelector<SVGElement>("[role=slider]")?.focus({ preventScroll: true });
      report(event);
    },
    onMouseDown: (event: MouseEvent) => event.preventDefault(), // else the browser takes the focus away again
    onPointerMove: (event: PointerEvent) => {
      if (event.buttons & 1 && (event.currentTarget as Element).hasPointerCapture?.(event.pointerId) !== false)
        report(event);
    },
  };
}

const STEPS: Record<string, [number, number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  PageUp: [10, 10],
  PageDown: [-10, -10],
};

/** How many steps a key moves a point along x and along y: ten with Shift; null for a key that moves nothing. */
export function keySteps(event: KeyboardEvent): [number, number] | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const [x, y] = STEPS[event.key] ?? [0, 0];
  const times = event.shiftKey && !event.key.startsWith("Page") ? 10 : 1;
  return x || y ? [x * times, y * times] : null;
}
