// The drawing of a function of one variable, from an answer: curve, tangent, flat points, the step, the point to drag.
import { useUnique } from "./hooks";
import { useState } from "preact/hooks";
import type { CurveReply, CurveRequest } from "../../protocol";
import { Axis } from "./Axis";
import { leftSide, lowered, outputName } from "./names";
import { CurveLine, curvePath, Tangent } from "./CurveLine";
import { dragHandlers, placeIn } from "./dragging";
import { FlatPoints } from "./FlatPoints";
import { full, plotted } from "../../numbers";
import { Point } from "./Point";
import { axes, nearest, rangeOf, snap, snapStep } from "./scales";
import type { Range } from "./scales";
import { SlopeLabel } from "./SlopeLabel";
import type { Outcome } from "./source";
import { Step } from "./Step";
import { Tooltip } from "./Tooltip";

interface CurvePictureProps {
  shown: Outcome<CurveRequest, CurveReply>;
  width: number;
  held: number;
  withSlope: boolean; // whether the slope is drawn as a curve of its own
  units?: { x?: string; y?: string } | undefined;
  onMove: (at: number) => void;
}

const VISIBLE = 14; // a smaller step, in pixels, is for the magnifier only

/** What a screen reader says about the point. */
export function spoken(name: string, at: number, value: number, slope: number): string {
  return `${name} ${plotted(at)}: value ${plotted(value)}, slope ${plotted(slope)}`;
}

export function CurvePicture({ shown, width, held, withSlope, units, onMove }: CurvePictureProps) {
  const {
    question,
    reply,
    numbers: [xs = new Float64Array(), ys = new Float64Array(), slopes = new Float64Array()],
  } = shown;
  const [hover, setHover] = useState<number | null>(null);
  const clip = useUnique("clip");
  const range: Range = [question.low, question.high];
  const frame = {
    width,
    height: Math.round(Math.min(500, Math.max(290, width * 0.72))),
    left: 52,
    right: 16,
    top: 34,
    bottom: 44,
  };
  const room = axes(frame, range, rangeOf(withSlope ? [...ys, ...slopes] : ys));
  const step = snapStep(range, width);
  const move = (x: number) => onMove(snap(room.x.invert(x), step, range));
  const nudge = question.nudge ?? 0.01;
  const defined = Number.isFinite(reply.value);
  const wide = Math.abs(room.x(nudge) - room.x(0)) >= VISIBLE;
  const sample = hover === null ? null : nearest(xs, hover);
  const [hx, hy] = sample === null ? [NaN, NaN] : [xs[sample] ?? NaN, ys[sample] ?? NaN];
  const floor = frame.height - frame.bottom;
  const output = leftSide(question.formula, [question.name]) || outputName(question.formula);
  return (
    <>
      <svg
        class="gw-drag-x"
        width={width}
        height={frame.height}
        viewBox={`0 0 ${width} ${frame.height}`}
        role="group"
        aria-label={`${question.formula} over ${question.name}, with its tangent`}
        {...dragHandlers(width, ({ x }) => {
          setHover(null);
          move(x);
        })}
        onMouseMove={(event) =>
          setHover(event.buttons ? null : room.x.invert(placeIn(event.currentTarget, event, width).x))
        }
        onMouseLeave={() => setHover(null)}
      >
        <clipPath id={clip}>
          <rect
            x={frame.left}
            y={frame.top - 6}
            width={width - frame.left - frame.right}
            height={floor - frame.top + 6}
          />
        </clipPath>
        <Axis axes={room} names={{ x: question.name, y: output, units }} />
        <g clip-path={`url(#${clip})`}>
          <CurveLine axes={room} xs={xs} ys={ys} />
          {withSlope && <path class="gw-slope-curve" d={curvePath(room, xs, slopes)} />}
          {withSlope && <circle class="gw-slope-dot" cx={room.x(question.at)} cy={room.y(reply.slope)} r={5} />}
          {wide && (
            <Step
              axes={room}
              at={question.at}
              nudge={nudge}
              value={reply.value}
              predicted={reply.predicted}
              actual={reply.actual}
            />
          )}
          <Tangent axes={room} at={question.at} value={reply.value} slope={reply.slope} />
          <FlatPoints axes={room} flat={reply.flat} xs={xs} ys={ys} />
        </g>
        <line
          class="gw-drop"
          x1={room.x(question.at)}
          x2={room.x(question.at)}
          y1={defined ? room.y(reply.value) : frame.top}
          y2={floor}
        />
        {sample !== null && Number.isFinite(hy) && <circle class="gw-hover" cx={room.x(hx)} cy={room.y(hy)} r={4} />}
        <SlopeLabel
          axes={room}
          at={question.at}
          value={reply.value}
          slope={reply.slope}
          name={question.name}
          xs={xs}
          slopes={slopes}
          away={wide ? Math.sign(nudge) : 0}
        />
        <Point
          x={room.x(question.at)}
          y={defined ? room.y(reply.value) : floor}
          label={question.name}
          at={question.at}
          held={held}
          range={range}
          step={step}
          text={spoken(question.name, question.at, reply.value, reply.slope)}
          onMove={onMove}
        />
      </svg>
      {sample !== null && Number.isFinite(hy) && (
        <Tooltip x={room.x(hx)} y={room.y(hy)} room={width}>
          <span>
            {lowered(question.name)} = {full(hx)}
          </span>
          <span class="gw-value">
            {output} = {full(hy)}
          </span>
          <span class="gw-gradient">slope {full(slopes[sample] ?? NaN)}</span>
        </Tooltip>
      )}
    </>
  );
}
