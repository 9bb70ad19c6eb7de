// The losses of all trainings on one picture, growing; the line at the present step can be dragged through time.
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import type { Line } from "../../lab/losses";
import { dragHandlers } from "../plots/dragging";
import { useUnique, useWidth } from "../plots/hooks";
import { plotted } from "../../numbers";
import { PlotTools } from "../plots/PlotTools";
import { rangeOf } from "../plots/scales";

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [52, 84, 14, 36, 230];
const APART = 15; // pixels between two labels
const LEAST = 1e-300;
const LEAST_STEPS = 10;

interface Props {
  lines: Line[];
  step: number;
  last: number;
  reached: number;
  isLog: boolean;
  onLog: (isLog: boolean) => void;
  onStep: (step: number) => void;
}

export function Losses({ lines, step, last, reached, isLog, onLog, onStep }: Props) {
  const [host, width] = useWidth<HTMLDivElement>(480);
  const x = scaleLinear([0, Math.max(Math.min(last, LEAST_STEPS), reached)], [LEFT, width - RIGHT]);
  const y = vertical(lines, isLog);
  const clip = useUnique("losses");
  const [floor, end] = [HEIGHT - BOTTOM, width - RIGHT];
  const [low = 0, high = 1] = y.domain();
  const held = (loss: number) => y(Math.min(2 * high, Math.max(loss, low))); // a loss of 1e270 is far enough above the frame
  const draw = line<[number, number]>(
    ([at]) => x(at),
    ([, loss]) => held(loss),
  ).defined(([, loss]) => Number.isFinite(loss) && (!isLog || loss > 0));
  const labels = apart(
    lines
      .map((one) => {
        const [at = 0, loss = NaN] = one.places.filter((place) => Number.isFinite(place[1])).at(-1) ?? [];
        return { line: one, x: x(at), y: Math.max(TOP, held(loss)) };
      })
      .filter((label) => Number.isFinite(label.y)),
  );
  const ticks = isLog ? powers(y.domain()) : y.ticks(4);
  return (
    <figure class="gw-plot lab-losses" aria-label="Loss over the steps">
      <div ref={host} class="gw-stage">
        <svg
          class="gw-drag-x"
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="group"
          aria-label={`Loss over the steps, ${reached} of ${last} reached`}
          {...dragHandlers(width, (place) => onStep(Math.round(Math.min(reached, Math.max(0, x.invert(place.x))))))}
        >
          <g class="gw-axis" aria-hidden="true">
            {ticks.map((at) => (
              <g key={at}>
                <line class="gw-hair" x1={LEFT} x2={end} y1={y(at)} y2={y(at)} />
                <text x={LEFT - 8} y={y(at) + 4} text-anchor="end">
                  {plotted(at, 2)}
                </text>
              </g>
            ))}
            {x
              .ticks(4)
              .filter(Number.isInteger)
              .map((at) => (
                <text key={at} x={x(at)} y={floor + 18} text-anchor="middle">
                  {at}
                </text>
              ))}
            <text x={(LEFT + end) / 2} y={floor + 33} text-anchor="middle">
              step
            </text>
          </g>
          <clipPath id={clip}>
            <rect x={LEFT} y={TOP - 2} width={Math.max(0, end - LEFT + 2)} height={floor - TOP + 4} />
          </clipPath>
          {lines.map((one) => (
            <path
              clip-path={`url(#${clip})`}
              key={`${one.run} ${one.kind}`}
              class={`loss ${one.kind} run${one.run}`}
              d={draw(one.places) ?? ""}
            />
          ))}
          <line class="present" x1={x(step)} x2={x(step)} y1={TOP} y2={floor} />
          {labels.map((label) => (
            <text
              key={`${label.line.run} ${label.line.kind}`}
              class={`loss-name ${label.line.kind} run${label.line.run}`}
              x={Math.min(label.x + 6, end + 6)}
              y={label.y + 4}
            >
              {label.line.name}
            </text>
          ))}
        </svg>
      </div>
      <label class="check">
        <input type="checkbox" checked={isLog} onChange={(event) => onLog(event.currentTarget.checked)} /> logarithmic
      </label>
      <PlotTools
        name="losses"
        table={{ title: "Losses as a table", columns: ["step", "loss"], rows: sampled(lines) }}
      />
    </figure>
  );
}

/** Losses from 0 up; on a logarithmic scale whole powers of ten. */
function vertical(lines: Line[], isLog: boolean) {
  const losses = lines
    .flatMap((one) => one.places.map(([, loss]) => loss))
    .filter((loss) => Number.isFinite(loss) && (!isLog || loss > LEAST));
  const range: [number, number] = [HEIGHT - BOTTOM, TOP];
  if (isLog) {
    const [low, high] = [Math.min(...losses, 1), Math.max(...losses, 1e-3)];
    return scaleLog([low * 0.8, high * 1.25], range);
  }
  const [, high] = rangeOf(losses.length ? losses : [0, 1], 0.04);
  return scaleLinear([Math.min(0, ...losses), high], range);
}

function powers([low = 1, high = 1]: number[]): number[] {
  const [from, to] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const step = Math.max(1, Math.ceil((to - from + 1) / 6));
  return Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, k) => 10 ** (from + k * step));
}

interface Label {
  line: Line;
  x: number;
  y: number;
}

/** Labels from top to bottom, moved down where they would touch. */
function apart(labels: Label[]): Label[] {
  const sorted = labels.sort((one, other) => one.y - other.y);
  sorted.forEach((label, k) => {
    const above = sorted[k - 1];
    if (above) label.y = Math.max(label.y, above.y + APART);
  });
  const over = (sorted.at(-1)?.y ?? 0) - (HEIGHT - BOTTOM);
  return over > 0 ? sorted.map((label) => ({ ...label, y: label.y - over })) : sorted;
}

function sampled(lines: Line[]): number[][] {
  const places = lines.find((one) => one.kind !== "held-out")?.places ?? [];
  const every = Math.max(1, Math.floor(places.length / 25));
  return places.filter((_, k) => k % every === 0 || k === places.length - 1);
}
