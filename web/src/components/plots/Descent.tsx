// A path of descent on a map: a dot for each step, larger where one stands now.
import { useUnique } from "./hooks";
import { line } from "d3-shape";
import { full } from "../../numbers";
import type { Axes } from "./scales";
import type { Path } from "./SurfacePlot";

/** The path up to the shown step in full, the rest faint. */
export function Descent({
  axes,
  path,
  shown,
  names,
}: {
  axes: Axes;
  path: Path;
  shown: number;
  names: [string, string];
}) {
  const clip = useUnique("clip");
  const { frame } = axes;
  const places = Array.from(path.x, (x, k) => ({ x: axes.x(x), y: axes.y(path.y[k] ?? NaN), k }));
  const draw = line<{ x: number; y: number }>(
    (place) => place.x,
    (place) => place.y,
  ).defined((place) => Number.isFinite(place.x) && Number.isFinite(place.y));
  const finite = places.filter((place) => Number.isFinite(place.x) && Number.isFinite(place.y));
  return (
    <>
      <clipPath id={clip}>
        <rect
          x={frame.left}
          y={frame.top}
          width={frame.width - frame.left - frame.right}
          height={frame.height - frame.top - frame.bottom}
        />
      </clipPath>
      <g class="gw-descent" clip-path={`url(#${clip})`}>
        <path class="gw-path gw-ahead" d={draw(finite) ?? ""} />
        <path class="gw-path" d={draw(finite.filter((place) => place.k <= shown)) ?? ""} />
        {finite.map(({ x, y, k }) => (
          <circle
            key={k}
            class={k <= shown ? "gw-path-dot" : "gw-path-dot gw-ahead"}
            cx={x}
            cy={y}
            r={k === shown ? 7 : 3.5}
          >
            <title>{`after step ${k}: ${names[0]} = ${full(path.x[k] ?? NaN)}, ${names[1]} = ${full(path.y[k] ?? NaN)}, output ${full(path.loss[k] ?? NaN)}`}</title>
          </circle>
        ))}
      </g>
    </>
  );
}
