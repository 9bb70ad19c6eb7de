// One layer in numbers: its factors and their product, and how its units and weights fare.
import { Fragment } from "preact";
import type { ExaminedInfo } from "../../protocol";
import { Amount } from "../plots/Amount";
import { Readouts, type Readout } from "../plots/Readouts";
import { factorsOf, type Factor } from "./factors";

export function LayerReadout({ examined, chosen }: { examined: ExaminedInfo; chosen: number }) {
  const { flow, course } = examined.report;
  const layer = flow.layers[chosen];
  if (!layer) return null;
  const factors = factorsOf(layer);
  const lines: Readout[] = [
    { name: "weights", label: "gradient of its weights", value: layer.weight_gradient, tone: "gradient" },
    { name: "left", label: "left of the output's gradient", value: layer.product, tone: "gradient" },
    { name: "dead", label: "share of dead units", value: layer.dead, tone: "ink" },
    { name: "saturated", label: "share of nearly flat slopes", value: layer.saturated, tone: "ink" },
    { name: "update", label: "weights changed by update 1", value: course.updates[chosen] ?? NaN, tone: "ink" },
    {
      name: "moved",
      label: `… by ${course.losses.length} updates`,
      value: course.losses.length > 1 ? (course.moved[chosen] ?? NaN) : NaN,
      tone: "ink",
    },
  ];
  return (
    <div class="health-layer" data-layer={layer.name}>
      <p class="health-factors">
        <b>{layer.name}</b>{" "}
        {Number.isNaN(layer.attenuation) ? (
          "No gradient arrives here."
        ) : (
          <Factors factors={factors} whole={layer.attenuation} isExact={examined.exact[chosen] ?? false} />
        )}
      </p>
      <Readouts lines={lines.filter(({ value }) => !Number.isNaN(value))} />
    </div>
  );
}

function Factors({ factors, whole, isExact }: { factors: Factor[]; whole: number; isExact: boolean }) {
  return (
    <>
      {factors.map(({ name, title, value }, k) => (
        <Fragment key={name}>
          {k > 0 && <span class="gw-sign"> × </span>}
          <span class="note">{title}</span> <Amount of={value} tone="gradient" />
        </Fragment>
      ))}
      <span class="gw-sign"> {isExact ? "=" : "≈"} </span>
      <Amount of={whole} tone="gradient" />
    </>
  );
}
