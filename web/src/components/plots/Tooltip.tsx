// All digits of the sample under the pointer.
import type { ComponentChildren } from "preact";

/** A small box beside a place in a stage; it turns to the other side near the right edge. */
export function Tooltip({ x, y, room, children }: { x: number; y: number; room: number; children: ComponentChildren }) {
  const turned = x > room * 0.6;
  return (
    <div
      class="gw-tooltip"
      aria-hidden="true"
      style={{ left: `${x}px`, top: `${y}px`, transform: `translate(${turned ? "calc(-100% - 14px)" : "14px"}, -50%)` }}
    >
      {children}
    </div>
  );
}
