// A field for one number: takes what is typed once it is a number that fits, and says why when it isn't.
import { useEffect, useState } from "preact/hooks";
import { full, typed } from "../../numbers";

interface NumberFieldProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  /** Why a number doesn't fit; "" for one that does. */
  refusal?: (value: number) => string;
}

/** A labelled text field for a number. */
export function NumberField({ label, value, onChange, refusal = () => "" }: NumberFieldProps) {
  const [text, setText] = useState(full(value));
  useEffect(() => {
    if (typed(text) !== value) setText(full(value));
  }, [value]);
  const found = typed(text);
  const wrong = found === null ? (text.trim() ? "no number" : "a number belongs here") : refusal(found);
  const take = (now: string) => {
    setText(now);
    const number = typed(now);
    if (number !== null && !refusal(number)) onChange(number);
  };
  return (
    <label class="gw-field">
      <span>{label}</span>
      <input
        type="text"
        autocomplete="off"
        size={7}
        value={text}
        aria-label={label}
        aria-invalid={wrong !== ""}
        onInput={(event) => take(event.currentTarget.value)}
      />
      {wrong && (
        <span class="gw-wrong" role="alert">
          {wrong}
        </span>
      )}
    </label>
  );
}
