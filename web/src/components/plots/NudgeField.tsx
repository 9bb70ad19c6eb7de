// The size of the finite step: typed, or made ten times smaller and larger.
import { NumberField } from "./NumberField";

const SMALLEST = 1e-9;
const LARGEST = 1e3;

/** A field for h with two buttons. */
export function NudgeField({ nudge, onChange }: { nudge: number; onChange: (nudge: number) => void }) {
  const times = (power: number) => Number((nudge * 10 ** power).toPrecision(12));
  const offered = (value: number) => Math.abs(value) >= SMALLEST && Math.abs(value) <= LARGEST;
  const button = (power: number, sign: string, label: string) => (
    <button
      type="button"
      class="gw-quiet"
      aria-label={label}
      disabled={!offered(times(power))}
      onClick={() => onChange(times(power))}
    >
      {sign}
    </button>
  );
  return (
    <div class="gw-nudge">
      <NumberField label="step h" value={nudge} onChange={onChange} refusal={(value) => (value === 0 ? "not 0" : "")} />
      {button(-1, "÷ 10", "÷ 10: ten times smaller step")}
      {button(1, "× 10", "× 10: ten times larger step")}
    </div>
  );
}
