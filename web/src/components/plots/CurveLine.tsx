// A curve and its tangent, drawn inside a frame.
import { line } from "d3-shape";
import type { Axes } from "./scales";

interface Place {
  x: number;
  y: number;
}

/** The path of a curve: broken where it isn't a number, and where it jumps from one side of the frame to the other. */
export function curvePath(axes: Axes, xs: ArrayLike<number>, ys: ArrayLike<number>): string {
  const [low = 0, high = 1] = axes.y.domain();
  const far = high - low;
  const held = (value: number) => Math.min(high + far, Math.max(low - far, value));
  const leaps = (before: number, now: number) => (before > high && now < low) || (before < low && now > high);
  const places = Array.from(xs, (x, k) => ({ x, y: ys[k] ?? NaN, broken: leaps(ys[k - 1] ?? NaN, ys[k] ?? NaN) }));
  const draw = line<Place & { broken: boolean }>(
    (place) => axes.x(place.x),
    (place) => axes.y(held(place.y)),
  ).defined((place) => Number.isFinite(place.y) && !place.broken);
  return draw(places) ?? "";
}

/** The curve itself. */
export function CurveLine({ axes, xs, ys }: { axes: Axes; xs: ArrayLike<number>; ys: ArrayLike<number> }) {
  return <path class="gw-curve-line" d={curvePath(axes, xs, ys)} />;
}

/** The straight line that touches the curve at a point, through the whole frame or `reach` pixels to either side. */
export function Tangent({
  axes,
  at,
  value,
  slope,
  reach,
}: {
  axes: Axes;
  at: number;
  value: number;
  slope: number;
  reach?: number;
}) {
  if (!Number.isFinite(value) || !Number.isFinite(slope)) return null;
  const [a, b] = tangentEnds(axes, at, value, slope, reach);
  return <line class="gw-tangent" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />;
}

/** Both ends of a tangent in pixels. */
export function tangentEnds(axes: Axes, at: number, value: number, slope: number, reach?: number): [Place, Place] {
  const [x, y] = [axes.x(at), axes.y(value)];
  const dx = axes.x(at + 1) - x;
  const dy = axes.y(value + slope) - y;
  const length = Math.hypot(dx, dy) || 1;
  const far = reach ?? axes.frame.width + axes.frame.height;
  const [stepX, stepY] = [(dx / length) * far, (dy / length) * far];
  return [
    { x: x - stepX, y: y - stepY },
    { x: x + stepX, y: y + stepY },
  ];
}
