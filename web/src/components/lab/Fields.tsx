// The fields of one group of settings, each with what the engine has against its value beside it.
import { useEffect, useState } from "preact/hooks";
import { isShown, valueOf, type Field } from "../../lab/fields";
import type { Settings } from "../../lab/state";
import { full, typed } from "../../numbers";
import type { ErrorReply } from "../../protocol";

interface GroupProps {
  fields: Field[];
  settings: Settings;
  problem: ErrorReply | null;
  /** Settings in which the trainings on the page differ. */
  differing: ReadonlySet<string>;
  onSet: (name: string, value: unknown) => void;
}

export function Fields({ fields, settings, problem, differing, onSet }: GroupProps) {
  const fitting = fields.filter((field) => isShown(field, settings));
  const one = (field: Field) => {
    const outer = field.name.split(".")[0] ?? "";
    return (
      <One
        key={field.name}
        field={field}
        value={valueOf(settings, field.name)}
        isWrong={problem?.setting === outer}
        differs={differing.has(outer)}
        onSet={(value) => onSet(field.name, value)}
      />
    );
  };
  const rare = fitting.filter((field) => field.isRare);
  return (
    <>
      <div class="lab-fields">{fitting.filter((field) => !field.isRare).map(one)}</div>
      <Wrong fields={fields} problem={problem} />
      {rare.length > 0 && (
        <details class="rare">
          <summary>More</summary>
          <div class="lab-fields">{rare.map(one)}</div>
        </details>
      )}
    </>
  );
}

type Named = Pick<Field, "name"> & Partial<Pick<Field, "label">>;

/** The engine's sentence, below the fields of the setting that it is about. */
export function Wrong({ fields, problem }: { fields: Named[]; problem: ErrorReply | null }) {
  if (!problem || !fields.some((field) => field.name.split(".")[0] === problem.setting)) return null;
  return (
    <p class="problem" role="alert" data-setting={problem.setting}>
      {labelled(problem, fields)}
      {problem.cure && `; ${problem.cure}`}
    </p>
  );
}

/** The engine's sentence, with the field's label where it begins with the setting's name. */
export function labelled({ setting, entry, sentence }: ErrorReply, fields: Named[]): string {
  const parts = [setting, entry].filter(Boolean);
  const label = fields.find((field) => field.name === parts.join("."))?.label;
  return label && sentence.startsWith(`${parts.join(" ")} `)
    ? label + sentence.slice(parts.join(" ").length)
    : sentence;
}

interface OneProps {
  field: Field;
  value: unknown;
  isWrong: boolean;
  differs: boolean;
  onSet: (value: unknown) => void;
}

function One({ field, value, isWrong, differs, onSet }: OneProps) {
  const label = (
    <span>
      {field.label}
      {differs && (
        <b class="differs" title="differs between the trainings">
          {" "}
          ≠
        </b>
      )}
    </span>
  );
  if (field.kind === "flag")
    return (
      <label class="gw-field flag">
        <input type="checkbox" checked={value === true} onChange={(event) => onSet(event.currentTarget.checked)} />
        {label}
      </label>
    );
  if (field.kind === "choice") {
    return (
      <label class="gw-field">
        {label}
        <select
          value={String(value ?? "")}
          aria-invalid={isWrong}
          onChange={(event) => onSet(event.currentTarget.value)}
        >
          {field.choices?.map((choice) => (
            <option key={choice} value={choice}>
              {choice.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <label class="gw-field">
      {label}
      <NumberInput
        value={typeof value === "number" ? value : null}
        empty={field.empty ?? "usual"}
        isWrong={isWrong}
        onChange={onSet}
      />
    </label>
  );
}

interface NumberProps {
  value: number | null;
  empty: string;
  isWrong: boolean;
  onChange: (value: number | null) => void;
}

/** A number, or nothing: what nothing means stands in the empty field. */
export function NumberInput({ value, empty, isWrong, onChange }: NumberProps) {
  const [text, setText] = useState(spelled(value));
  useEffect(() => {
    if (typed(text) !== value) setText(spelled(value));
  }, [value]);
  const take = (now: string) => {
    setText(now);
    const number = typed(now);
    if (number !== null || now.trim() === "") onChange(number);
  };
  return (
    <input
      type="text"
      inputMode="decimal"
      autocomplete="off"
      size={6}
      value={text}
      placeholder={empty}
      aria-invalid={isWrong || (text.trim() !== "" && typed(text) === null)}
      onInput={(event) => take(event.currentTarget.value)}
    />
  );
}

function spelled(value: number | null): string {
  return value === null ? "" : full(value);
}
