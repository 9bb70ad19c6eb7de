// Any function of one variable: its curve, the tangent at a point one can drag, and a finite step beside its prediction.
import { useEffect, useState } from "preact/hooks";
import type { CurveReply, CurveRequest, ErrorReply } from "../../protocol";
import { CurvePicture } from "./CurvePicture";
import { Formula } from "./Formula";
import { useHeld, useWidth } from "./hooks";
import { Magnifier } from "./Magnifier";
import { leftSide, lowered, outputName } from "./names";
import { NudgeField } from "./NudgeField";
import { picked, PlotTools } from "./PlotTools";
import { Problem } from "../Problem";
import { Readouts } from "./Readouts";
import type { Readout } from "./Readouts";
import type { NumberSource, Outcome } from "./source";
import { useReply } from "./useReply";

export interface CurvePlotProps extends Omit<CurveRequest, "kind" | "points"> {
  carrier: NumberSource;
  units?: { x?: string; y?: string };
  withSlope?: boolean;
  label?: string;
  onProblem?: (error: ErrorReply | null) => void; // where the page shows what went wrong itself
  onAt?: (at: number) => void;
  onNudge?: (nudge: number) => void;
}

function lines({ question, reply }: Outcome<CurveRequest, CurveReply>): Readout[] {
  const { formula, at } = question;
  const [name, output] = [lowered(question.name), outputName(formula)];
  return [
    { name: "at", label: <i>{name}</i>, value: at, tone: "ink" },
    { name: "value", label: <i>{leftSide(formula, [name]) || output}</i>, value: reply.value, tone: "value" },
    {
      name: "slope",
      label: (
        <>
          slope{" "}
          <i>
            d{output}/d{name}
          </i>
        </>
      ),
      value: reply.slope,
      tone: "gradient",
    },
    {
      name: "predicted",
      label: (
        <>
          predicted: <i>h</i> · slope
        </>
      ),
      value: reply.predicted,
      tone: "gradient",
      sign: reply.exact ? "=" : "≈",
    },
    { name: "actual", label: "actual change", value: reply.actual, tone: "value" },
  ];
}

/** A curve with its tangent; the point moves by pointer and by arrow keys. */
export function CurvePlot(props: CurvePlotProps) {
  const { carrier, formula, name, low, high, values = {}, units, onAt, onNudge } = props;
  const [at, setAt] = useHeld(props.at, onAt);
  const [nudge, setNudge] = useHeld(props.nudge ?? 0.01, onNudge);
  const [withSlope, setWithSlope] = useState(props.withSlope ?? false);
  const [stage, width] = useWidth<HTMLDivElement>();
  const { outcome, error } = useReply(carrier, { kind: "curve", formula, name, low, high, at, nudge, values }, "curve");
  useEffect(() => props.onProblem?.(error), [error]);
  return (
    <figure class="gw-plot" data-plot="curve" aria-label={props.label ?? `Curve of ${formula}`}>
      {outcome && (
        <figcaption>
          <Formula
            mathml={outcome.reply.mathml}
            text={outcome.question.formula}
            left={leftSide(outcome.question.formula, [outcome.question.name])}
          />
        </figcaption>
      )}
      {!props.onProblem && <Problem problem={error} text={formula} />}
      <div class={`gw-beside${error ? " gw-stale" : ""}`}>
        <div class="gw-stage" ref={stage}>
          {outcome && (
            <CurvePicture shown={outcome} width={width} held={at} withSlope={withSlope} units={units} onMove={setAt} />
          )}
        </div>
        {outcome && (
          <div class="gw-aside">
            <Readouts lines={lines(outcome)} />
            <label class="gw-check">
              <input
                type="checkbox"
                checked={withSlope}
                onChange={(event) => setWithSlope(event.currentTarget.checked)}
              />{" "}
              draw the slope as a curve, too
            </label>
            <NudgeField nudge={nudge} onChange={setNudge} />
            <Magnifier carrier={carrier} shown={outcome} />
          </div>
        )}
      </div>
      {outcome && (
        <PlotTools
          name={`curve-${name}`}
          table={{
            title: "Numbers of this curve",
            columns: [name, `f(${name})`, "slope"],
            rows: picked(outcome.numbers),
          }}
        />
      )}
    </figure>
  );
}
