// The step under a magnifying glass: near the point, the curve and its tangent can hardly be told apart.
import { useUnique } from "./hooks";
import type { CurveReply, CurveRequest } from "../../protocol";
import { CurveLine, Tangent } from "./CurveLine";
import { axes, rangeOf } from "./scales";
import type { NumberSource, Outcome } from "./source";
import { Step } from "./Step";
import { useReply } from "./useReply";

/** The question for the part of a curve that one step covers, with a little room around it. */
export function closeUp(of: CurveRequest): CurveRequest | null {
  const nudge = of.nudge ?? 0.01;
  const [low, high] =
    nudge > 0 ? [of.at - 0.35 * nudge, of.at + 1.25 * nudge] : [of.at + 1.25 * nudge, of.at - 0.35 * nudge];
  return low < high ? { ...of, low, high, points: 61 } : null;
}

/** A close-up of the step from the point. */
export function Magnifier({ carrier, shown }: { carrier: NumberSource; shown: Outcome<CurveRequest, CurveReply> }) {
  const clip = useUnique("close");
  const { outcome } = useReply(carrier, closeUp(shown.question), "curve");
  if (!outcome || !Number.isFinite(outcome.reply.value + outcome.reply.slope)) return null;
  const {
    question,
    reply,
    numbers: [xs = [], ys = []],
  } = outcome;
  const { value, slope, predicted, actual } = reply;
  const frame = { width: 320, height: 204, left: 10, right: 106, top: 22, bottom: 26 };
  const room = axes(frame, [question.low, question.high], rangeOf([...ys, value, value + predicted]));
  const nudge = question.nudge ?? 0.01;
  return (
    <div class="gw-magnifier">
      <p class="gw-caption">The step, magnified</p>
      <svg
        viewBox={`0 0 ${frame.width} ${frame.height}`}
        role="img"
        aria-label="The step from the point, magnified: curve and tangent"
      >
        <clipPath id={clip}>
          <rect x={frame.left} y="0" width={frame.width - frame.left - frame.right + 10} height={frame.height} />
        </clipPath>
        <g clip-path={`url(#${clip})`}>
          <CurveLine axes={room} xs={xs} ys={ys} />
          <Tangent axes={room} at={question.at} value={value} slope={slope} />
        </g>
        <Step axes={room} at={question.at} nudge={nudge} value={value} predicted={predicted} actual={actual} labels />
        <circle class="gw-dot" cx={room.x(question.at)} cy={room.y(value)} r={5} />
      </svg>
    </div>
  );
}
