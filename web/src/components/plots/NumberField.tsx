// A field for one number: takes what is typed once it is a number, and says when it isn't.
import { useEffect, useState } from "preact/hooks";
import { full, typed } from "../../numbers";

interface NumberFieldProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  allowed?: (value: number) => boolean;
}

/** A labelled text field for a number. */
export function NumberField({ label, value, onChange, allowed = () => true }: NumberFieldProps) {
  const [text, setText] = useState(full(value));
  useEffect(() => {
    if (typed(text) !== value) setText(full(value));
  }, [value]);
  const found = typed(text);
  const wrong = found === null || !allowed(found);
  const take = (now: string) => {
    setText(now);
    const number = typed(now);
    if (number !== null && allowed(number)) onChange(number);
  };
  return (
    <label class="gw-field">
      <span>{label}</span>
      <input type="text" inputMode="decimal" autocomplete="off" size={7} value={text} aria-invalid={wrong}
        onInput={(event) => take(event.currentTarget.value)} />
    </label>
  );
}
