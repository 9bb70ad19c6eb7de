// The finite step as a small triangle: how far along, what the slope predicts, what the function really does.
import { plotted } from "../../numbers";
import type { Axes } from "./scales";

interface StepProps {
  axes: Axes;
  at: number;
  nudge: number;
  value: number;
  predicted: number;
  actual: number;
  labels?: boolean;
}

const APART = 34; // two labels of two lines must not touch

/** Where the labels of the two changes go: beside their ends, moved apart where they would touch. */
export function labelPlaces(predicted: number, actual: number, apart = APART): [number, number] {
  const gap = actual - predicted;
  if (Math.abs(gap) >= apart) return [predicted, actual];
  const middle = (predicted + actual) / 2;
  const half = gap > 0 ? apart / 2 : -apart / 2;
  return [middle - half, middle + half];
}

/** The triangle of one step; with labels when there is room (in the magnifier). */
export function Step({ axes, at, nudge, value, predicted, actual, labels = false }: StepProps) {
  const [x0, x1, y0] = [axes.x(at), axes.x(at + nudge), axes.y(value)];
  const [yPredicted, yActual] = [axes.y(value + predicted), axes.y(value + actual)];
  if (![x0, x1, y0, yPredicted].every(Number.isFinite)) return null;
  const outward = nudge >= 0 ? 1 : -1;
  const [labelPredicted, labelActual] = labelPlaces(yPredicted, yActual);
  const edge = axes.frame.width - axes.frame.right + 12;
  return (
    <g class="gw-step" aria-hidden="true">
      <path class="gw-step-area" d={`M${x0} ${y0}H${x1}V${yPredicted}Z`} />
      <line class="gw-step-base" x1={x0} x2={x1} y1={y0} y2={y0} />
      <line class="gw-step-predicted" x1={x1} x2={x1} y1={y0} y2={yPredicted} />
      {Number.isFinite(yActual) && (
        <line class="gw-step-actual" x1={x1 + 6 * outward} x2={x1 + 6 * outward} y1={y0} y2={yActual} />
      )}
      {labels && (
        <text x={(x0 + x1) / 2} y={y0 + (predicted < 0 ? -8 : 18)} text-anchor="middle">
          h = {plotted(nudge)}
        </text>
      )}
      {labels && <Change x={edge} y={labelPredicted} tone="gradient" name="predicted" amount={predicted} />}
      {labels && Number.isFinite(yActual) && (
        <Change x={edge} y={labelActual} tone="value" name="actual" amount={actual} />
      )}
    </g>
  );
}

function Change({ x, y, tone, name, amount }: { x: number; y: number; tone: string; name: string; amount: number }) {
  return (
    <text class={`gw-${tone}`} x={x} y={y - 3}>
      <tspan x={x}>{name}</tspan>
      <tspan class="gw-strong" x={x} dy="16">
        {plotted(amount)}
      </tspan>
    </text>
  );
}
