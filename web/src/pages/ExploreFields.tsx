// What a reader types on "Explore a function": the formula, the ranges, the values held still.
import { NumberField } from "../components/plots/NumberField";
import { Problem } from "../components/Problem";
import { full } from "../numbers";
import type { ErrorReply } from "../protocol";
import { EXAMPLES, fromExample, swapped, withFormula } from "./exploring";
import type { Exploring, Varying } from "./exploring";

interface FieldsProps {
  shown: Exploring;
  error: ErrorReply | null;
  /** What was wrong in the address, and what is shown instead. */
  mended: string[];
  onChange: (part: Partial<Exploring>) => void;
}

/** The formula with its examples, then a row of ranges. */
export function ExploreFields({ shown, error, mended, onChange }: FieldsProps) {
  const changed = (position: number, part: Partial<Varying>) =>
    onChange({ vary: shown.vary.map((one, k) => (k === position ? { ...one, ...part } : one)) });
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <label class="gw-field gw-formula-field">
        <span>Formula</span>
        <input
          type="text"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          value={shown.formula}
          aria-invalid={error !== null}
          onInput={(event) => onChange(withFormula(shown, event.currentTarget.value))}
        />
      </label>
      <div class="gw-ranges">
        {shown.vary.map((one, k) => (
          <RangeFields
            key={`${k}${one.name}`}
            one={one}
            others={Object.keys(shown.held)}
            onChange={(part) => changed(k, part)}
            onSwap={(name) => onChange(swapped(shown, k, name))}
          />
        ))}
        {Object.entries(shown.held).map(([name, value]) => (
          <NumberField
            key={name}
            label={`${name}, held still`}
            value={value}
            onChange={(now) => onChange({ held: { ...shown.held, [name]: now } })}
          />
        ))}
      </div>
      {mended.map((said) => (
        <p key={said} class="gw-wrong" role="status">
          {said}
        </p>
      ))}
      <Problem problem={error} text={shown.formula} />
      <ul class="gw-examples" aria-label="Examples">
        {EXAMPLES.map((example) => (
          <li key={example.title}>
            <button
              type="button"
              aria-pressed={example.formula === shown.formula}
              onClick={() => onChange(fromExample(example))}
            >
              {example.title}
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}

interface RangeFieldsProps {
  one: Varying;
  others: string[];
  onChange: (part: Partial<Varying>) => void;
  onSwap: (name: string) => void;
}

const inside = ({ low, high, at }: Varying): Partial<Varying> => ({ low, high, at: Math.min(Math.max(at, low), high) });

function RangeFields({ one, others, onChange, onSwap }: RangeFieldsProps) {
  return (
    <fieldset>
      <legend>{one.name}</legend>
      {others.length > 0 && (
        <label class="gw-field">
          <span>moves</span>
          <select value={one.name} onChange={(event) => onSwap(event.currentTarget.value)}>
            {[one.name, ...others].map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <NumberField
        label="from"
        value={one.low}
        refusal={(low) => (low < one.high ? "" : `below ${full(one.high)}`)}
        onChange={(low) => onChange(inside({ ...one, low }))}
      />
      <NumberField
        label="to"
        value={one.high}
        refusal={(high) => (high > one.low ? "" : `above ${full(one.low)}`)}
        onChange={(high) => onChange(inside({ ...one, high }))}
      />
      <NumberField
        label="at"
        value={one.at}
        refusal={(at) => (at >= one.low && at <= one.high ? "" : `${full(one.low)} to ${full(one.high)}`)}
        onChange={(at) => onChange({ at })}
      />
    </fieldset>
  );
}
