// The learning rate: a number, and a slider over its powers of ten.
import type { ErrorReply } from "../../protocol";
import { NumberInput, Wrong } from "./Fields";

const [LOW, HIGH, STEPS] = [-4, 2, 10]; // powers of ten, and steps in each
const FIELD = [{ name: "lr", label: "Learning rate" }];

interface Props {
  value: number;
  problem: ErrorReply | null;
  differs: boolean;
  onChange: (rate: number) => void;
}

export function Rate({ value, problem, differs, onChange }: Props) {
  const place = Math.round(Math.log10(Math.max(value, 1e-12)) * STEPS);
  return (
    <div class="rate">
      <label class="gw-field">
        <span>Learning rate{differs && <b class="differs"> ≠</b>}</span>
        <NumberInput
          value={value}
          empty="usual"
          isWrong={problem?.setting === "lr"}
          onChange={(rate) => rate !== null && onChange(rate)}
        />
      </label>
      <input
        type="range"
        min={LOW * STEPS}
        max={HIGH * STEPS}
        step={1}
        value={place}
        aria-label="Learning rate, on a logarithmic scale"
        aria-valuetext={String(value)}
        onInput={(event) => onChange(Number((10 ** (Number(event.currentTarget.value) / STEPS)).toPrecision(2)))}
      />
      <Wrong fields={FIELD} problem={problem} />
    </div>
  );
}
