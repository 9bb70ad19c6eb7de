// How the optimizer moves the weights: what it remembers of a layer's parameter, and its rule written out for one weight.
import { useRef } from "preact/hooks";
import type { Carrier } from "../../carriers/carrier";
import type { Frame, Run } from "../../lab/run";
import type { Lab, Weight } from "../../lab/state";
import type { TensorInfo, UpdateReply, UpdateRequest } from "../../protocol";
import { unravelled } from "../TensorGrid";
import { MathML } from "../MathML";
import { Problem } from "../Problem";
import { Waiting } from "../Waiting";
import { Amount } from "../plots/Amount";
import { NumberField } from "../plots/NumberField";
import { useReply } from "../plots/useReply";
import { useRamp } from "../plots/useRamp";
import { CellMap } from "./CellMap";

interface Props {
  carrier: Carrier;
  run: Run;
  frame: Frame;
  weight: Weight;
  isPlaying: boolean;
  onChange: (part: Partial<Lab>) => void;
}

export function Optimizer({
  carrier,
  run,
  frame: {
    reply: { step, phase, piece },
  },
  weight,
  isPlaying,
  onChange,
}: Props) {
  const still = useRef({ step, phase, piece }); // while the training plays on, the last question stays
  if (!isPlaying) still.current = { step, phase, piece };
  const { phase: at, ...place } = still.current;
  const moment = { experiment: run.experiment, ...place, phase: at as "" };
  const question: UpdateRequest = { kind: "update", moment, parameter: weight.parameter, entry: weight.entry };
  const { outcome, error } = useReply(carrier, question, "update");
  const pick = (parameter: string, entry: number[]) => onChange({ weight: { parameter, entry } });
  return (
    <section class="optimizer" aria-label="Optimizer" data-step={outcome?.reply.step}>
      <Problem problem={error} />
      {outcome ? (
        <Found reply={outcome.reply} numbers={outcome.numbers} onPick={pick} />
      ) : (
        !error && <Waiting text="Asking the optimizer …" />
      )}
      {isPlaying && (
        <p class="note" role="status">
          As of step {still.current.step}; it follows again when the training stands.
        </p>
      )}
    </section>
  );
}

interface FoundProps {
  reply: UpdateReply;
  numbers: Float64Array[];
  onPick: (parameter: string, entry: number[]) => void;
}

function Found({ reply, numbers, onPick }: FoundProps) {
  return (
    <>
      <p class="law">
        <b>{reply.optimizer}</b> {reply.rule}
      </p>
      <p class="note">
        {Object.entries(reply.settings)
          .filter(([, value]) => value !== false && value !== 0)
          .map(([name, value]) => `${name.replaceAll("_", " ")} ${Array.isArray(value) ? value.join(", ") : value}`)
          .join(" · ")}
      </p>
      <Choice reply={reply} onPick={onPick} />
      <Story reply={reply} />
      <Remembered reply={reply} numbers={numbers} onPick={onPick} />
    </>
  );
}

/** Which weight: a parameter, and a place in it. */
function Choice({ reply: { parameters, name, entry }, onPick }: Pick<FoundProps, "reply" | "onPick">) {
  const shape = parameters.find((one) => one.name === name)?.shape ?? [];
  return (
    <div class="row choice" role="group" aria-label="Which weight">
      <label class="gw-field">
        <span>Parameter</span>
        <select value={name} onChange={(event) => onPick(event.currentTarget.value, [])}>
          {parameters.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}: {one.path.replace(".linear", "")} ({one.shape.join(" × ")})
            </option>
          ))}
        </select>
      </label>
      {entry.map((at, axis) => (
        <NumberField
          key={`${name} ${axis}`}
          label={axis ? (axis === 1 ? "from" : `place ${axis + 1}`) : "unit"}
          value={at}
          refusal={within(shape[axis] ?? 0)}
          onChange={(value) =>
            onPick(
              name,
              entry.map((one, k) => (k === axis ? value : one)),
            )
          }
        />
      ))}
    </div>
  );
}

/** Why a number isn't one of so many places, counted from 0; "" if it is. */
function within(size: number): (value: number) => string {
  return (value) => (Number.isInteger(value) && value >= 0 && value < size ? "" : `0 to ${size - 1}, whole`);
}

const WHEN: Record<UpdateReply["when"], (step: number) => string> = {
  made: (step) => `The update of step ${step}, as it was made:`,
  coming: (step) => `What the update of step ${step} will do next:`,
  waiting: () => "The update waits for its gradient, which comes with the backward pass.",
};

function Story({ reply: { story, when, step, name, entry } }: Pick<FoundProps, "reply">) {
  const own = `${name}[${entry.join(", ")}]`;
  return (
    <div class="story" aria-live="polite">
      <p data-when={when}>{WHEN[when](step)}</p>
      {story ? (
        <div class="scroll" tabIndex={0} role="region" aria-label={`The update of ${own}`}>
          <p class="line">
            <span>{own} ←</span> <MathML source={story.symbols} />
          </p>
          <p class="line">
            <span>=</span> <MathML source={story.numbers} />
          </p>
          <p class="line">
            <span>{story.relation}</span>{" "}
            <b data-story="after">
              <Amount of={story.after} tone="value" />
            </b>{" "}
            <span class="note">
              before{" "}
              <span data-story="before">
                <Amount of={story.before} />
              </span>
              , change{" "}
              <span data-story="change">
                <Amount of={story.change} />
              </span>
            </span>
          </p>
          <p class="note">
            <i>g</i> is ∂L/∂{own}; other letters are what the optimizer remembered of this entry until then.
          </p>
        </div>
      ) : null}
    </div>
  );
}

/** The weights, their gradients and what is remembered of them: a map and the norm of each, and the chosen entry. */
function Remembered({ reply: { tensors, entry, parameters, name }, numbers, onPick }: FoundProps) {
  const host = useRef<HTMLDivElement>(null);
  const colours = useRamp(host, "signed");
  const shape = parameters.find((one) => one.name === name)?.shape ?? [];
  const columns = shape.length > 1 ? shape.slice(1).reduce((product, size) => product * size, 1) : (shape[0] ?? 1);
  const picked = entry.reduce((place, at, axis) => place * (shape[axis] ?? 1) + at, 0);
  return (
    <div ref={host} class="remembered gw-plot">
      {tensors.map((tensor, k) => (
        <figure key={tensor.name} data-tensor={tensor.name}>
          <figcaption>
            <b>{titleOf(tensor)}</b> <i>{tensor.symbol}</i>
          </figcaption>
          <CellMap
            values={numbers[k] ?? new Float64Array()}
            columns={columns}
            far={Math.max(Math.abs(tensor.low), Math.abs(tensor.high)) || 1}
            colours={colours}
            picked={picked}
            label={`${titleOf(tensor)} of ${name}, from ${tensor.low} to ${tensor.high}`}
            onPick={(place) => onPick(name, unravelled(place, shape))}
          />
          <dl>
            <div>
              <dt>norm</dt>
              <dd data-reading="norm">
                <Amount of={tensor.norm} tone={toneOf(tensor)} />
              </dd>
            </div>
            <div>
              <dt>[{entry.join(", ")}]</dt>
              <dd data-reading="entry">
                <Amount of={numbers[k]?.[picked] ?? NaN} tone={toneOf(tensor)} />
              </dd>
            </div>
            {Number.isFinite(tensor.after) && (
              <div>
                <dt>update</dt>
                <dd>
                  {Number.isFinite(tensor.before) ? <Amount of={tensor.before as number} /> : "none yet"} →{" "}
                  <Amount of={tensor.after as number} />
                </dd>
              </div>
            )}
          </dl>
        </figure>
      ))}
      {tensors.length <= 2 && (
        <p class="note">
          This optimizer remembers nothing{tensors.length === 2 ? " (yet)" : ""}: each step goes by its own gradient
          alone.
        </p>
      )}
    </div>
  );
}

function titleOf({ name }: TensorInfo): string {
  return name.replaceAll("_", " ");
}

function toneOf({ name }: TensorInfo) {
  return name === "gradient" ? "gradient" : name === "weight" ? "value" : "ink";
}
