// The spread of the gradient over batch sizes: a funnel of batches around the gradient of all points.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { Spread } from "../../protocol";
import { plotted } from "../../numbers";
import { clamp, type Range } from "../plots/scales";

const [LEFT, RIGHT, TOP, HEIGHT, FLOOR] = [56, 14, 26, 260, 40];
const REACH = 2; // standard deviations of single examples that are shown, at most

/** How far from 1 the picture reaches, for all funnels that are compared. */
export function reach(spreads: Spread[]): number {
  const widest = spreads.map(({ expected }) => expected[0] ?? NaN).filter(Number.isFinite);
  return widest.length ? REACH * Math.max(...widest) : 1;
}

export function SpreadPicture({
  spread,
  around,
  width,
  label,
}: {
  spread: Spread;
  around: number;
  width: number;
  label: string;
}) {
  const { sizes, along, expected, deviation } = spread;
  const range: Range = [1 - around, 1 + around];
  const y = scaleLinear(range, [HEIGHT - FLOOR, TOP]);
  const column = (width - LEFT - RIGHT) / sizes.length;
  const middle = (k: number) => LEFT + column * (k + 0.5);
  const edge = (sign: number) =>
    line<number>(
      (_, k) => middle(k),
      (one) => y(clamp(1 + sign * one, range)),
    )(expected) ?? "";
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
      <g class="gw-axis">
        <text class="health-band" x={LEFT - 44} y={TOP - 12}>
          Along the gradient of all points (1: all of it)
        </text>
        {y.ticks(5).map((tick) => (
          <g key={tick}>
            <line class={tick === 1 ? "gw-zero" : "gw-hair"} x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
              {plotted(tick)}
            </text>
          </g>
        ))}
        {sizes.map((size, k) => (
          <text key={size} x={middle(k)} y={HEIGHT - FLOOR + 18} text-anchor="middle">
            {size}
          </text>
        ))}
        <text x={width - RIGHT} y={HEIGHT - 4} text-anchor="end">
          examples in the batch
        </text>
      </g>
      {along.map((batch, k) => (
        <path
          key={sizes[k]}
          class="health-batches"
          d={dots(batch, middle(k), column * 0.62, (one) => clamp(y(one), [TOP + 3, HEIGHT - FLOOR - 3]))}
        />
      ))}
      <path class="health-expected" d={edge(1)} />
      <path class="health-expected" d={edge(-1)} />
      {deviation.map(
        (one, k) =>
          Number.isFinite(one) && (
            <g key={sizes[k]} data-size={sizes[k]} data-value={one}>
              <path
                class="health-deviation"
                d={[1, -1]
                  .map((sign) => `M${middle(k) - column * 0.28},${y(clamp(1 + sign * one, range))}h${column * 0.56}`)
                  .join("")}
              />
            </g>
          ),
      )}
    </svg>
  );
}

/** Many dots as one path: side by side in the order in which they were drawn. */
function dots(values: number[], middle: number, breadth: number, y: (value: number) => number): string {
  return values
    .map((value, k) =>
      Number.isFinite(value)
        ? `M${(middle + breadth * (k / values.length - 0.5)).toFixed(1)},${y(value).toFixed(1)}h0`
        : "",
    )
    .join("");
}
