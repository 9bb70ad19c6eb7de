// Where the slope is zero: marked on the curve, and named while there are only a few.
import { nearest } from "./scales";
import type { Axes } from "./scales";

const NAMED = 4;

/** The height of a sampled curve at x, between its samples. */
export function heightAt(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number): number {
  const k = nearest(xs, x);
  const other = (xs[k] ?? x) <= x ? k + 1 : k - 1;
  const [x0, y0] = [xs[k] ?? x, ys[k] ?? NaN];
  const [x1, y1] = [xs[other] ?? x0, ys[other] ?? y0];
  return x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** Open diamonds at the flat points. */
export function FlatPoints({
  axes,
  flat,
  xs,
  ys,
}: {
  axes: Axes;
  flat: number[];
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
}) {
  const places = flat
    .map((at) => ({ at, x: axes.x(at), y: axes.y(heightAt(xs, ys, at)) }))
    .filter((place) => Number.isFinite(place.y));
  const middle = axes.frame.height / 2;
  return (
    <g class="gw-flat" aria-hidden="true">
      {places.map(({ at, x, y }) => (
        <g key={at} transform={`translate(${x} ${y})`}>
          <path d="M-5.5 0L0 -5.5L5.5 0L0 5.5Z">
            <title>The slope is 0 here</title>
          </path>
          {places.length <= NAMED && (
            <text y={y > middle ? -13 : 22} text-anchor="middle">
              flat
            </text>
          )}
        </g>
      ))}
    </g>
  );
}
