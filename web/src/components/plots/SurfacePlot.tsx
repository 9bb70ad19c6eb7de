// The loss over two leaves of a walk, with the steps that gradient descent takes on it.
import { useState } from "preact/hooks";
import type { State, SurfaceRequest } from "../../protocol";
import { Descent } from "./Descent";
import { useHeld, useWidth } from "./hooks";
import { MapPicture } from "./MapPicture";
import { lowered } from "./names";
import { NumberField } from "./NumberField";
import { picked, PlotTools } from "./PlotTools";
import { Problem } from "../Problem";
import { Readouts } from "./Readouts";
import { snap, snapStep, type Range } from "./scales";
import type { NumberSource } from "./source";
import { useReply } from "./useReply";

export interface SurfacePlotProps {
  carrier: NumberSource;
  state: State;
  names: [string, string];
  low: [number, number];
  high: [number, number];
  rate?: number;
  steps?: number;
  label?: string;
  output?: string; // what the output is called on the picture
  onRate?: (rate: number) => void;
  onAt?: (at: [number, number]) => void; // the descent starts where the map is touched
}

/** The path of descent: x, y and loss of each step. */
export interface Path {
  x: Float64Array;
  y: Float64Array;
  loss: Float64Array;
}

/** The path out of a reply's buffers: three of them, or one with x, y, loss in turn. */
export function pathIn([, first = new Float64Array(), second, third]: Float64Array[]): Path {
  if (second && third) return { x: first, y: second, loss: third };
  const column = (k: number) => first.filter((_, place) => place % 3 === k);
  return { x: column(0), y: column(1), loss: column(2) };
}

function rangesOf({ low, high }: SurfaceRequest): [Range, Range] {
  return [
    [low[0] ?? 0, high[0] ?? 1],
    [low[1] ?? 0, high[1] ?? 1],
  ];
}

/** The map of the loss with the path on it; a slider walks along the path. */
export function SurfacePlot(props: SurfacePlotProps) {
  const { carrier, state, names, low, high, steps = 20, output = "L", onRate, onAt } = props;
  const [rate, setRate] = useHeld(props.rate ?? 0.1, onRate);
  const [chosen, setChosen] = useState(steps);
  const [stage, width] = useWidth<HTMLDivElement>();
  const { outcome, error } = useReply(carrier, { kind: "surface", state, names, low, high, rate, steps }, "surface");
  const start = (value: number, k: 0 | 1) => snap(value, snapStep([low[k], high[k]], 400), [low[k], high[k]]);
  const path = pathIn(outcome?.numbers ?? []);
  const shown = Math.max(0, Math.min(chosen, path.x.length - 1));
  const [x, y, loss] = [path.x[shown] ?? NaN, path.y[shown] ?? NaN, path.loss[shown] ?? NaN];
  return (
    <figure
      class="gw-plot"
      data-plot="surface"
      aria-label={props.label ?? `The output over ${names.join(" and ")}, with the path of descent`}
    >
      <Problem problem={error} />
      <div class={`gw-halves${error ? " gw-stale" : ""}`}>
        <div class="gw-stage" ref={stage}>
          {outcome && (
            <MapPicture
              host={stage}
              width={width}
              grid={outcome.numbers[0] ?? new Float64Array()}
              ranges={rangesOf(outcome.question)}
              names={names}
              kind="loss"
              scaleName={output}
              label={`Map of the output over ${names.join(" and ")} with ${path.x.length - 1} steps of descent`}
              {...(onAt ? { onTouch: (x: number, y: number) => onAt([start(x, 0), start(y, 1)]) } : {})}
            >
              {(room) => <Descent axes={room} path={path} shown={shown} names={names} />}
            </MapPicture>
          )}
        </div>
        {outcome && (
          <div class="gw-aside">
            <NumberField label="rate" value={rate} onChange={setRate} />
            <label class="gw-field gw-slider">
              <span>
                after step {shown} of {path.x.length - 1}
              </span>
              <input
                type="range"
                min={0}
                max={path.x.length - 1}
                value={shown}
                onInput={(event) => setChosen(Number(event.currentTarget.value))}
              />
            </label>
            <Readouts
              lines={[
                { name: names[0], label: <i>{lowered(names[0])}</i>, value: x, tone: "ink" },
                { name: names[1], label: <i>{lowered(names[1])}</i>, value: y, tone: "ink" },
                { name: "loss", label: <i>{output}</i>, value: loss, tone: "value" },
              ]}
            />
          </div>
        )}
      </div>
      {outcome && (
        <PlotTools
          name={`descent-${names.join("-")}`}
          table={{
            title: "Numbers of this path",
            columns: [names[0], names[1], "output"],
            rows: picked([path.x, path.y, path.loss], 21),
          }}
        />
      )}
    </figure>
  );
}
