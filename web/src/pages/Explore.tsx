// The page "Explore a function": any typed formula as a picture that fits the number of its free names.
import { useState } from "preact/hooks";
import type { ErrorReply } from "../protocol";
import { ChainPlot } from "../components/plots/ChainPlot";
import { CurvePlot } from "../components/plots/CurvePlot";
import { GridPlot } from "../components/plots/GridPlot";
import type { NumberSource } from "../components/plots/source";
import { ExploreFields } from "./ExploreFields";
import { Downhill } from "./Downhill";
import { mended, parametersOf, read, still } from "./exploring";
import type { Exploring } from "./exploring";
import { useAddress } from "./useAddress";

export interface ExploreProps {
  carrier: NumberSource;
  parameters: URLSearchParams;
  onChange: (parameters: URLSearchParams) => void;
}

/** The page; its whole state is in `parameters`, so that an experiment is a link. */
export function Explore({ carrier, parameters, onChange }: ExploreProps) {
  const [shown, setShown] = useState<Exploring>(() => read(parameters));
  const [problem, setProblem] = useState<ErrorReply | null>(null);
  const error = shown.vary.length ? problem : null; // without a free name nothing is asked
  const [flaws, setFlaws] = useState(() => mended(parameters));
  const tell = useAddress(parameters, onChange, (address) => {
    setShown(read(address));
    setFlaws(mended(address));
  });
  const change = (part: Partial<Exploring>) => {
    const next = { ...shown, ...part };
    setFlaws([]);
    setShown(next);
    tell(parametersOf(next));
  };
  return (
    <div class="explore">
      <h1>Explore a function</h1>
      <p class="gw-lead">Type any formula. Drag the point, or move it with the arrow keys, and watch its slope.</p>
      <ExploreFields shown={shown} error={error} mended={flaws} onChange={change} />
      <Pictures
        key={shown.vary.length}
        carrier={carrier}
        shown={shown}
        error={error}
        onProblem={setProblem}
        onChange={change}
      />
    </div>
  );
}

interface PicturesProps {
  carrier: NumberSource;
  shown: Exploring;
  error: ErrorReply | null;
  onProblem: (error: ErrorReply | null) => void;
  onChange: (part: Partial<Exploring>) => void;
}

function Pictures({ carrier, shown, error, onProblem, onChange }: PicturesProps) {
  const { formula, vary, nudge } = shown;
  const [first, second] = vary;
  const values = still(shown);
  if (!formula.trim())
    return (
      <p class="gw-empty">
        Pick an example, or type a formula such as <code>(3*x + 1)**2</code>.
      </p>
    );
  if (!first)
    return (
      <p class="gw-empty">
        This formula has no free name, so there is nothing to move. Put a name such as <i>x</i> where a number is.
      </p>
    );
  if (!second) {
    const common = {
      carrier,
      formula,
      name: first.name,
      low: first.low,
      high: first.high,
      at: first.at,
      values,
      onAt: (at: number) => onChange({ vary: [{ ...first, at }] }),
    };
    return (
      <>
        <CurvePlot {...common} nudge={nudge} onProblem={onProblem} onNudge={(size) => onChange({ nudge: size })} />
        {!error && (
          <section>
            <h2>Link by link</h2>
            <p class="gw-lead">
              What comes out of one plot goes into the next. Each has its own slope; multiplied, they are the slope of
              the whole.
            </p>
            <ChainPlot {...common} />
          </section>
        )}
      </>
    );
  }
  const two = {
    low: [first.low, second.low] as [number, number],
    high: [first.high, second.high] as [number, number],
    names: [first.name, second.name] as [string, string],
  };
  const at: [number, number] = [first.at, second.at];
  const move = ([x, y]: [number, number]) =>
    onChange({
      vary: [
        { ...first, at: x },
        { ...second, at: y },
      ],
    });
  return (
    <>
      <GridPlot
        carrier={carrier}
        formula={formula}
        {...two}
        at={at}
        values={values}
        onProblem={onProblem}
        onAt={move}
      />
      {!error && (
        <section>
          <h2>Downhill</h2>
          <p class="gw-lead">
            Against both slopes at once, step after step, from the point: gradient descent. Drag the map to start
            elsewhere.
          </p>
          <Downhill
            carrier={carrier}
            formula={formula}
            {...two}
            at={at}
            values={values}
            rate={shown.rate}
            onRate={(rate) => onChange({ rate })}
            onAt={move}
          />
        </section>
      )}
    </>
  );
}
