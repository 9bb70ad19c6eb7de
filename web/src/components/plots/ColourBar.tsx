// The scale of a map: which colour stands for which number.
import type { Rgb } from "./colour";
import { axes, ticks } from "./scales";
import type { Range } from "./scales";
import { plotted } from "../../numbers";

const STOPS = 16;

/** A vertical bar with ticks at the right of a map. */
export function ColourBar({
  range,
  colours,
  x,
  top,
  height,
  name,
  id,
}: {
  range: Range;
  colours: Rgb[];
  x: number;
  top: number;
  height: number;
  name: string;
  id: string;
}) {
  const frame = { width: 12, height: top + height, left: 0, right: 0, top, bottom: 0 };
  const scale = axes(frame, [0, 1], range).y;
  const colour = (share: number) =>
    `rgb(${(colours[Math.round(share * (colours.length - 1))] ?? [0, 0, 0]).join(",")})`;
  return (
    <g class="gw-bar" transform={`translate(${x} 0)`} aria-hidden="true">
      <linearGradient id={id} x1="0" x2="0" y1="1" y2="0">
        {Array.from({ length: STOPS + 1 }, (_, k) => (
          <stop key={k} offset={k / STOPS} stop-color={colour(k / STOPS)} />
        ))}
      </linearGradient>
      <rect x="0" y={top} width="12" height={height} fill={`url(#${id})`} />
      {ticks(scale, 60).map((at) => (
        <text key={at} x="18" y={scale(at) + 4}>
          {plotted(at)}
        </text>
      ))}
      <text class="gw-axis-name" x="0" y={top - 10}>
        {name}
      </text>
    </g>
  );
}
