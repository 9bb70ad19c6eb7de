// One link of a chain: a small plot of one function at its own point, with its own slope.
import { useUnique } from "./hooks";
import type { LinkInfo } from "../../protocol";
import { Axis } from "./Axis";
import { CurveLine, Tangent } from "./CurveLine";
import { dragHandlers } from "./dragging";
import { Formula } from "./Formula";
import { lowered } from "./names";
import { plotted } from "../../numbers";
import { Point } from "./Point";
import { axes, rangeOf, snap, snapStep } from "./scales";
import type { Range } from "./scales";

interface LinkPlotProps {
  link: LinkInfo;
  before: string;
  xs: Float64Array;
  ys: Float64Array;
  width: number;
  held?: number;
  lit: boolean;
  onHover: (over: boolean) => void;
  onMove?: ((at: number) => void) | undefined;
}

/** The room of a link's picture: around its curve, and around its point where that lies outside. */
function roomFor({ link, ys, width }: LinkPlotProps) {
  const frame = { width, height: 190, left: 46, right: 12, top: 12, bottom: 40 };
  const [low, high] = link.low < link.high ? [link.low, link.high] : [link.low - 1, link.low + 1];
  return axes(frame, [low, high], rangeOf(ys));
}

export function LinkPlot(props: LinkPlotProps) {
  const { link, before, xs, ys, width, held = props.link.input, lit, onHover, onMove } = props;
  const clip = useUnique("clip");
  const room = roomFor(props);
  const { frame } = room;
  const range: Range = [link.low, link.high];
  const step = snapStep(range, width);
  const drag = onMove ? dragHandlers(width, ({ x }) => onMove(snap(room.x.invert(x), step, range))) : {};
  const [x, y, floor] = [room.x(link.input), room.y(link.output), frame.height - frame.bottom];
  const spoken = `${before} ${plotted(link.input)}: ${link.name} ${plotted(link.output)}, slope ${plotted(link.slope)}`;
  return (
    <li
      class={`gw-link${lit ? " gw-lit" : ""}`}
      data-link={link.name}
      style={{ width: `${width}px` }}
      onMouseEnter={() => onHover(true)}
      onMouseLeave={() => onHover(false)}
    >
      <p class="gw-link-formula">
        <Formula mathml={link.mathml} text={`${link.name} = ${link.symbols}`} />
      </p>
      <svg
        class={onMove ? "gw-drag-x" : undefined}
        width={width}
        height={frame.height}
        viewBox={`0 0 ${width} ${frame.height}`}
        role={onMove ? "group" : "img"}
        aria-label={`${link.name} over ${before}; ${spoken}`}
        {...drag}
      >
        <clipPath id={clip}>
          <rect
            x={frame.left}
            y={frame.top - 6}
            width={width - frame.left - frame.right}
            height={floor - frame.top + 6}
          />
        </clipPath>
        <Axis axes={room} names={{ x: lowered(before), y: "" }} />
        <g clip-path={`url(#${clip})`}>
          <CurveLine axes={room} xs={xs} ys={ys} />
          <Tangent axes={room} at={link.input} value={link.output} slope={link.slope} />
        </g>
        {Number.isFinite(y) && <path class="gw-drop" d={`M${x} ${floor}V${y}H${frame.left}`} />}
        {onMove ? (
          <Point
            x={x}
            y={Number.isFinite(y) ? y : floor}
            label={before}
            at={link.input}
            held={held}
            range={range}
            step={step}
            text={spoken}
            onMove={onMove}
          />
        ) : (
          Number.isFinite(y) && <circle class="gw-dot" cx={x} cy={y} r={6.5} />
        )}
      </svg>
      <p class="gw-link-numbers">
        <span>
          <i>{lowered(before)}</i> <span class="gw-value">{plotted(link.input)}</span> → <i>{lowered(link.name)}</i>{" "}
          <span class="gw-value">{plotted(link.output)}</span>
        </span>
        <span class="gw-gradient">
          slope <strong>{plotted(link.slope)}</strong>
        </span>
      </p>
    </li>
  );
}
