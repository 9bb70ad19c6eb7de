// The point on a map, with the two cuts through it.
import { keySteps } from "./dragging";
import { snap } from "./scales";
import type { Axes, Range } from "./scales";

interface PointOnMapProps {
  axes: Axes;
  names: [string, string];
  at: [number, number];
  held: [number, number]; // where keys step from
  ranges: [Range, Range];
  steps: [number, number];
  text: string;
  onMove: (at: [number, number]) => void;
}

/** A point that arrow keys move along both axes; as a slider it counts along the first. */
export function PointOnMap({ axes, names, at, held, ranges, steps, text, onMove }: PointOnMapProps) {
  const { frame } = axes;
  const [x, y] = [axes.x(at[0]), axes.y(at[1])];
  const press = (event: KeyboardEvent) => {
    const moved = keySteps(event);
    if (!moved) return;
    event.preventDefault();
    const along = event.key.startsWith("Page") ? 0 : moved[0];
    onMove([
      snap(held[0] + along * steps[0], steps[0], ranges[0]),
      snap(held[1] + moved[1] * steps[1], steps[1], ranges[1]),
    ]);
  };
  return (
    <>
      <line class="gw-cut" x1={frame.left} x2={frame.width - frame.right} y1={y} y2={y} />
      <line class="gw-cut gw-dashed" x1={x} x2={x} y1={frame.top} y2={frame.height - frame.bottom} />
      <g
        class="gw-point gw-both"
        transform={`translate(${x} ${y})`}
        tabindex={0}
        role="slider"
        aria-label={`${names[0]} and ${names[1]}: arrow keys move both`}
        aria-roledescription="point on a map"
        aria-valuemin={ranges[0][0]}
        aria-valuemax={ranges[0][1]}
        aria-valuenow={at[0]}
        aria-valuetext={text}
        onKeyDown={press}
      >
        <circle class="gw-hit" r={22} />
        <circle class="gw-focus" r={13} />
        <circle class="gw-dot" r={8} />
      </g>
    </>
  );
}
