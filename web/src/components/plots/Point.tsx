// The marked point of a plot: what one drags, and a slider for keys and screen readers.
import { keySteps } from "./dragging";
import { snap } from "./scales";
import type { Range } from "./scales";

interface PointProps {
  x: number;
  y: number;
  label: string;
  at: number;
  held: number; // where keys step from: the answer to the last key may still be on its way
  range: Range;
  step: number;
  text: string;
  onMove: (at: number) => void;
}

/** A draggable point on one axis. */
export function Point({ x, y, label, at, held, range, step, text, onMove }: PointProps) {
  const press = (event: KeyboardEvent) => {
    const moved = keySteps(event);
    const ends: Record<string, number> = { Home: range[0], End: range[1] };
    const along = moved ? (event.key.startsWith("Page") ? moved[0] : moved[0] + moved[1]) : 0;
    const target = ends[event.key] ?? (moved ? snap(held + along * step, step, range) : null);
    if (target === null) return;
    event.preventDefault();
    onMove(target);
  };
  return (
    <g
      class="gw-point"
      transform={`translate(${x} ${y})`}
      tabindex={0}
      role="slider"
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={range[0]}
      aria-valuemax={range[1]}
      aria-valuenow={at}
      aria-valuetext={text}
      onKeyDown={press}
    >
      <circle class="gw-hit" r={22} />
      <circle class="gw-focus" r={13} />
      <circle class="gw-dot" r={7.5} />
    </g>
  );
}
