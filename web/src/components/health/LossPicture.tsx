// The loss over the updates, before and after, in one frame.
import { line } from "d3-shape";
import { scaleLinear } from "d3-scale";
import type { Course } from "../../protocol";
import { onDecades, powers, roundTicks } from "../plots/decades";
import { full, plotted } from "../../numbers";
import type { Range } from "../plots/scales";

interface LossPictureProps {
  before: Course;
  after: Course;
  most: number; // updates that there will be
  width: number;
}

const [LEFT, RIGHT, TOP, HEIGHT, FLOOR] = [56, 108, 26, 240, 40];
const BEYOND = 100; // a loss that grows more than so many times over leaves the picture

/** What is shown, as powers of ten: all losses, but not those of a run that explodes. */
export function lossRange(courses: Course[]): Range {
  const first = Math.max(...courses.map(({ losses }) => losses[0] ?? 0));
  return powers(courses.flatMap(({ losses }) => losses.filter((loss) => loss <= BEYOND * first)));
}

/** Where a run left the picture or stopped being a number; null if it never did. */
export function leaving({ losses }: Course, [, high]: Range): number | null {
  const found = losses.findIndex((loss) => !(loss <= 10 ** high));
  return found < 0 ? null : found;
}

export function LossPicture({ before, after, most, width }: LossPictureProps) {
  const range = lossRange([before, after]);
  const y = onDecades(range, [HEIGHT - FLOOR, TOP]);
  const x = scaleLinear([0, Math.max(1, most - 1)], [LEFT, width - RIGHT]);
  const places = apart([y(last(before)), y(last(after))]);
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={`Loss over the updates: before ${told(before)}, after ${told(after)}`}
    >
      <g class="gw-axis">
        <text class="health-band" x={LEFT - 44} y={TOP - 12}>
          Loss of each update's batch
        </text>
        {roundTicks(range).map((loss) => (
          <g key={loss}>
            <line class="gw-hair" x1={LEFT} x2={width - RIGHT} y1={y(loss)} y2={y(loss)} />
            <text x={LEFT - 8} y={y(loss) + 4} text-anchor="end">
              {plotted(loss)}
            </text>
          </g>
        ))}
        {x.ticks(Math.min(most, 6)).map(
          (tick) =>
            Number.isInteger(tick) && (
              <text key={tick} x={x(tick)} y={HEIGHT - FLOOR + 18} text-anchor="middle">
                {tick}
              </text>
            ),
        )}
        <text x={width - RIGHT} y={HEIGHT - 4} text-anchor="end">
          updates
        </text>
      </g>
      <Run course={before} name="before" range={range} x={x} y={y} label={places[0] ?? 0} edge={width - RIGHT} />
      <Run course={after} name="after" range={range} x={x} y={y} label={places[1] ?? 0} edge={width - RIGHT} />
    </svg>
  );
}

interface RunProps {
  course: Course;
  name: "before" | "after";
  range: Range;
  x: (step: number) => number;
  y: (loss: number) => number;
  label: number;
  edge: number;
}

function Run({ course, name, range, x, y, label, edge }: RunProps) {
  const left = leaving(course, range);
  const shown =
    left === null
      ? course.losses
      : course.losses.slice(0, left + 1).map((loss) => (Number.isFinite(loss) ? loss : Infinity));
  const path = line<number>(
    (_, k) => x(k),
    (loss) => y(loss),
  );
  return (
    <g class={`health-run ${name}`} data-run={name} data-losses={course.losses.length} data-last={last(course)}>
      <path d={path(shown) ?? ""} />
      {left === null ? (
        <text class="health-end" x={edge + 8} y={label + 4}>
          <title>{full(last(course))}</title>
          {`${name} ${plotted(last(course), 3)}`}
        </text>
      ) : (
        <text class="health-end" x={x(left) + 8} y={TOP + 14}>
          {Number.isFinite(course.losses[left])
            ? `${name} leaves the picture at update ${left}`
            : `${name} is no number from update ${left} on`}
        </text>
      )}
    </g>
  );
}

function last({ losses }: Course): number {
  return losses[losses.length - 1] ?? NaN;
}

function told(course: Course): string {
  return `${plotted(course.losses[0] ?? NaN)} to ${plotted(last(course))} in ${course.losses.length} updates`;
}

/** Two heights moved apart, so that what stands there can be read. */
export function apart([one = 0, other = 0]: number[], room = 17): number[] {
  const short = room - Math.abs(one - other);
  if (short <= 0 || Number.isNaN(short)) return [one, other];
  const way = one <= other ? -1 : 1;
  return [one + (way * short) / 2, other - (way * short) / 2];
}
