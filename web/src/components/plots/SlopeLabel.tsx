// The slope written along the tangent, on the side that the curve leaves free.
import { plotted } from "../../numbers";
import { clamp, nearest } from "./scales";
import type { Axes } from "./scales";

interface SlopeLabelProps {
  axes: Axes;
  at: number;
  value: number;
  slope: number;
  name: string;
  xs: ArrayLike<number>;
  slopes: ArrayLike<number>;
  away?: number; // the side on which the step is drawn: the label takes the other
}

const AWAY = 66; // pixels along the tangent between the point and its label

/** "slope 42" beside the tangent. */
export function SlopeLabel({ axes, at, value, slope, name, xs, slopes, away = 0 }: SlopeLabelProps) {
  if (!Number.isFinite(value) || !Number.isFinite(slope)) return null;
  const { frame } = axes;
  const [x, y] = [axes.x(at), axes.y(value)];
  const [dx, dy] = [axes.x(at + 1) - x, axes.y(value + slope) - y];
  const length = Math.hypot(dx, dy) || 1;
  const side = away && Math.abs(x - frame.width / 2) < frame.width * 0.3 ? -away : x > frame.width * 0.62 ? -1 : 1;
  const k = nearest(xs, at);
  const bends = (slopes[Math.min(k + 2, slopes.length - 1)] ?? slope) - (slopes[Math.max(0, k - 2)] ?? slope);
  const below = bends >= 0 ? 1 : -1; // a tangent lies under a curve that bends upwards
  const normal = { x: (-dy / length) * 18 * below, y: (dx / length) * 18 * below };
  const place = { x: x + (dx / length) * AWAY * side + normal.x, y: y + (dy / length) * AWAY * side + normal.y };
  const anchor = Math.abs(normal.x) < 6 ? "middle" : normal.x > 0 ? "start" : "end";
  const [left, right] = anchor === "start" ? [8, 110] : anchor === "end" ? [110, 8] : [60, 60];
  return (
    <text
      class="gw-slope-label gw-gradient"
      aria-hidden="true"
      text-anchor={anchor}
      x={clamp(place.x, [frame.left + left, frame.width - frame.right - right])}
      y={clamp(place.y + 5, [frame.top + 12, frame.height - frame.bottom - 8])}
    >
      slope <tspan class="gw-strong">{plotted(slope)}</tspan>
      <title>{`df/d${name} = ${slope}`}</title>
    </text>
  );
}
