// The names that a formula leaves free, each with its value: a number, or a list of numbers.
import { useState } from "preact/hooks";
import { Scrubber } from "./Scrubber";
import { typed } from "../numbers";

interface Props {
  values: Record<string, unknown>;
  missing: string[];
  change(values: Record<string, unknown>): void;
}

export function ValueFields({ values, missing, change }: Props) {
  const names = [...Object.keys(values), ...missing.filter((name) => !(name in values))];
  if (names.length === 0) return null;
  const set = (name: string, value: unknown) => change({ ...values, [name]: value });
  return (
    <fieldset class="values">
      <legend>Values</legend>
      <div class="fields">
        {names.map((name) => {
          const value = values[name];
          return typeof value === "number" ? (
            <Scrubber key={name} label={name} value={value} change={(next) => set(name, next)} />
          ) : (
            <ListField key={name} name={name} value={value} change={(next) => set(name, next)} />
          );
        })}
      </div>
    </fieldset>
  );
}

function ListField({ name, value, change }: { name: string; value: unknown; change(value: unknown): void }) {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value));
  const read = (next: string) => {
    setText(next);
    const found = typed(next) ?? list(next);
    if (found !== null) change(found);
  };
  return (
    <label class="scrubber wide">
      <span>{name}</span>
      <input
        type="text"
        value={text}
        placeholder="a number or [1, 2]"
        aria-invalid={text !== "" && typed(text) === null && list(text) === null}
        onInput={(event) => read(event.currentTarget.value)}
      />
    </label>
  );
}

function list(text: string): unknown {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}
