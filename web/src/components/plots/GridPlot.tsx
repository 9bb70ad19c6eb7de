// A function of two variables: a map with a point to drag, and both cuts through it, whose slopes are the partial derivatives.
import { useEffect, useMemo } from "preact/hooks";
import type { ErrorReply, GridReply, GridRequest } from "../../protocol";
import { Formula } from "./Formula";
import { useHeld, useStable, useWidth } from "./hooks";
import { MapPicture } from "./MapPicture";
import { leftSide, lowered } from "./names";
import { plotted } from "../../numbers";
import { picked, PlotTools } from "./PlotTools";
import { PointOnMap } from "./PointOnMap";
import { Problem } from "../Problem";
import { Readouts } from "./Readouts";
import type { Readout } from "./Readouts";
import { clamp, evenly, rangeOf, snap, snapStep } from "./scales";
import type { Range } from "./scales";
import { Section } from "./Section";
import type { NumberSource, Outcome } from "./source";
import { useReply } from "./useReply";

export interface GridPlotProps extends Pick<GridRequest, "formula" | "values"> {
  carrier: NumberSource;
  names: [string, string];
  low: [number, number];
  high: [number, number];
  at: [number, number];
  label?: string;
  onProblem?: (error: ErrorReply | null) => void; // where the page shows what went wrong itself
  onAt?: (at: [number, number]) => void;
}

const NOTHING = new Float64Array();

type Shown = Outcome<GridRequest, GridReply>;

const pair = (numbers: number[]): [number, number] => [numbers[0] ?? 0, numbers[1] ?? 0];

function lines({ question, reply }: Shown): Readout[] {
  const [[first = "x", second = "y"], [x, y], [dx, dy]] = [
    question.names.map(lowered),
    pair(question.at),
    pair(reply.partials),
  ];
  return [
    { name: first, label: <i>{first}</i>, value: x, tone: "ink" },
    { name: second, label: <i>{second}</i>, value: y, tone: "ink" },
    {
      name: "value",
      label: (
        <i>
          f({first}, {second})
        </i>
      ),
      value: reply.value,
      tone: "value",
    },
    {
      name: `d${first}`,
      label: (
        <>
          slope along {first}: <i>∂f/∂{first}</i>
        </>
      ),
      value: dx,
      tone: "gradient",
    },
    {
      name: `d${second}`,
      label: (
        <>
          slope along {second}: <i>∂f/∂{second}</i>
        </>
      ),
      value: dy,
      tone: "gradient",
    },
  ];
}

/** Both cuts as one table: a position along each variable, and the value there. */
function table({ question, numbers: [, along = new Float64Array(), across = new Float64Array()] }: Shown) {
  const [first = "x", second = "y"] = question.names;
  const places = [0, 1].map((k) =>
    evenly([question.low[k] ?? 0, question.high[k] ?? 1], k ? across.length : along.length),
  );
  const columns = [first, `f along ${first}`, second, `f along ${second}`];
  return { title: "Numbers of both cuts", columns, rows: picked([places[0] ?? [], along, places[1] ?? [], across]) };
}

/** The map, both cuts and the readouts. */
export function GridPlot(props: GridPlotProps) {
  const { carrier, formula, names, low, high, values = {}, onAt } = props;
  const [at, setAt] = useHeld(props.at, onAt);
  const [stage, width] = useWidth<HTMLDivElement>();
  const [aside, asideWidth] = useWidth<HTMLDivElement>(400);
  const { outcome, error } = useReply(carrier, { kind: "grid", formula, names, low, high, at, values }, "grid");
  useEffect(() => props.onProblem?.(error), [error]);
  const ranges: [Range, Range] = [
    [low[0], high[0]],
    [low[1], high[1]],
  ];
  const steps = ranges.map((range) => snapStep(range, 400)) as [number, number];
  const place = (k: 0 | 1, value: number) => snap(value, steps[k], ranges[k]);
  const grid = useStable(outcome?.numbers[0] ?? NOTHING);
  const heights = useMemo(() => rangeOf(grid), [grid]);
  return (
    <figure class="gw-plot" data-plot="grid" aria-label={props.label ?? `Map of ${formula}`}>
      {outcome && (
        <figcaption>
          <Formula
            mathml={outcome.reply.mathml}
            text={outcome.question.formula}
            left={leftSide(outcome.question.formula, outcome.question.names)}
          />
        </figcaption>
      )}
      {!props.onProblem && <Problem problem={error} text={formula} />}
      <div class={`gw-halves${error ? " gw-stale" : ""}`}>
        <div class="gw-map-side">
          <div class="gw-stage" ref={stage}>
            {outcome && (
              <MapPicture
                host={stage}
                width={width}
                grid={grid}
                ranges={askedRanges(outcome.question)}
                names={pair2(outcome.question.names)}
                scaleName="f"
                label={`Map of ${formula}`}
                onTouch={(x, y) => setAt([place(0, x), place(1, y)])}
              >
                {(room) => (
                  <PointOnMap
                    axes={room}
                    names={names}
                    at={pair(outcome.question.at)}
                    held={at}
                    ranges={ranges}
                    steps={steps}
                    text={`${names[0]} ${plotted(pair(outcome.question.at)[0])}, ${names[1]} ${plotted(pair(outcome.question.at)[1])}: value ${plotted(outcome.reply.value)}, slopes ${outcome.reply.partials.map((value) => plotted(value)).join(" and ")}`}
                    onMove={setAt}
                  />
                )}
              </MapPicture>
            )}
          </div>
        </div>
        <div class="gw-aside" ref={aside}>
          {outcome &&
            ([0, 1] as const).map((k) => (
              <Section
                key={k}
                width={asideWidth}
                along={names[k]}
                held={at[k]}
                other={names[1 - k] ?? ""}
                otherAt={pair(outcome.question.at)[1 - k] ?? 0}
                at={clamp(pair(outcome.question.at)[k], askedRanges(outcome.question)[k])}
                value={outcome.reply.value}
                partial={pair(outcome.reply.partials)[k]}
                values={outcome.numbers[k + 1] ?? new Float64Array()}
                range={askedRanges(outcome.question)[k]}
                heights={heights}
                dashed={k === 1}
                onMove={(value) => setAt(k ? [at[0], value] : [value, at[1]])}
              />
            ))}
        </div>
      </div>
      {outcome && <Readouts lines={lines(outcome)} />}
      {outcome && <PlotTools name={`map-${names.join("-")}`} table={table(outcome)} />}
    </figure>
  );
}

function askedRanges(question: GridRequest): [Range, Range] {
  const [low, high] = [pair(question.low), pair(question.high)];
  return [
    [low[0], high[0]],
    [low[1], high[1]],
  ];
}

function pair2(names: string[]): [string, string] {
  return [names[0] ?? "x", names[1] ?? "y"];
}
