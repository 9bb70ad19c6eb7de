// A cut through a function of two variables: one moves, the other is held still; its tangent is a partial derivative.
import { useUnique } from "./hooks";
import { Axis } from "./Axis";
import { CurveLine, Tangent } from "./CurveLine";
import { dragHandlers } from "./dragging";
import { lowered } from "./names";
import { plotted } from "../../numbers";
import { Point } from "./Point";
import { axes, evenly, snap, snapStep } from "./scales";
import type { Range } from "./scales";

interface SectionProps {
  width: number;
  along: string;
  other: string;
  otherAt: number;
  at: number;
  held: number;
  value: number;
  partial: number;
  values: Float64Array;
  range: Range;
  heights: Range;
  dashed: boolean;
  onMove: (at: number) => void;
}

/** One cross-section with its tangent; the point moves along it. */
export function Section({
  width,
  along,
  other,
  otherAt,
  at,
  held,
  value,
  partial,
  values,
  range,
  heights,
  dashed,
  onMove,
}: SectionProps) {
  const clip = useUnique("clip");
  const frame = { width, height: 214, left: 50, right: 14, top: 12, bottom: 42 };
  const room = axes(frame, range, heights);
  const step = snapStep(range, width);
  return (
    <div class="gw-section" data-section={along}>
      <p class="gw-caption">
        <svg class="gw-key" width="26" height="10" viewBox="0 0 26 10" aria-hidden="true">
          <line class={dashed ? "gw-cut gw-dashed" : "gw-cut"} x1="0" x2="26" y1="5" y2="5" />
        </svg>
        along <i>{lowered(along)}</i>, with <i>{lowered(other)}</i> held at {plotted(otherAt)}:{" "}
        <span class="gw-whole-slope">
          slope{" "}
          <strong class="gw-gradient">
            <i>∂f/∂{lowered(along)}</i> = {plotted(partial)}
          </strong>
        </span>
      </p>
      <svg
        class="gw-drag-x"
        width={width}
        height={frame.height}
        viewBox={`0 0 ${width} ${frame.height}`}
        role="group"
        aria-label={`Cross-section along ${along}`}
        {...dragHandlers(width, ({ x }) => onMove(snap(room.x.invert(x), step, range)))}
      >
        <clipPath id={clip}>
          <rect
            x={frame.left}
            y={frame.top - 6}
            width={width - frame.left - frame.right}
            height={frame.height - frame.top - frame.bottom + 6}
          />
        </clipPath>
        <Axis axes={room} names={{ x: along, y: "" }} />
        <g clip-path={`url(#${clip})`}>
          <CurveLine axes={room} xs={evenly(range, values.length)} ys={values} />
          <Tangent axes={room} at={at} value={value} slope={partial} />
        </g>
        <Point
          x={room.x(at)}
          y={Number.isFinite(value) ? room.y(value) : frame.height - frame.bottom}
          label={along}
          at={at}
          held={held}
          range={range}
          step={step}
          text={`${along} ${plotted(at)}: value ${plotted(value)}, partial derivative ${plotted(partial)}`}
          onMove={onMove}
        />
      </svg>
    </div>
  );
}
