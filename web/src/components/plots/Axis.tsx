// The axes of a plot: hairlines at the ticks, numbers outside, the name and unit of each axis.
import { lowered } from "./names";
import { plotted } from "../../numbers";
import { ticks } from "./scales";
import type { Axes } from "./scales";

/** What the axes are called; a unit stands in brackets. */
export interface AxisNames {
  x: string;
  y: string;
  units?: { x?: string; y?: string } | undefined;
}

const named = (name: string, unit?: string) => (unit ? `${lowered(name)} (${unit})` : lowered(name));

/** Grid lines, tick numbers and axis names. `over` leaves the lines out (on a heatmap). */
export function Axis({ axes, names, over = false }: { axes: Axes; names: AxisNames; over?: boolean }) {
  const { frame, x, y } = axes;
  const floor = frame.height - frame.bottom;
  const end = frame.width - frame.right;
  return (
    <g class="gw-axis" aria-hidden="true">
      {ticks(x).map((at) => (
        <g key={`x${at}`}>
          {!over && <line class={at === 0 ? "gw-zero" : "gw-hair"} x1={x(at)} x2={x(at)} y1={frame.top} y2={floor} />}
          <text x={x(at)} y={floor + 18} text-anchor="middle">
            {plotted(at)}
          </text>
        </g>
      ))}
      {ticks(y, 48).map((at) => (
        <g key={`y${at}`}>
          {!over && <line class={at === 0 ? "gw-zero" : "gw-hair"} x1={frame.left} x2={end} y1={y(at)} y2={y(at)} />}
          <text x={frame.left - 8} y={y(at) + 4} text-anchor="end">
            {plotted(at)}
          </text>
        </g>
      ))}
      <text class="gw-axis-name" x={end} y={floor + 36} text-anchor="end">
        {named(names.x, names.units?.x)}
      </text>
      <text class="gw-axis-name" x={Math.max(4, frame.left - 36)} y={frame.top - 13}>
        {named(names.y, names.units?.y)}
      </text>
    </g>
  );
}
