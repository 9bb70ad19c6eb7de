// Something to start from: an example, a walk file, or the script that the studio was started with.
import type { CatalogueReply } from "../protocol";

interface Props {
  catalogue: CatalogueReply | null;
  pick(formula: string, values: Record<string, unknown>): void;
  open(file: File | undefined): void;
  script(): void;
}

export function Picker({ catalogue, pick, open, script }: Props) {
  const choose = (name: string) => {
    const example = catalogue?.examples.find((known) => known.name === name);
    if (example) pick(example.formula, example.values);
  };
  return (
    <div class="row picker">
      <label>
        Example{" "}
        <select
          value=""
          onChange={(event) => {
            choose(event.currentTarget.value);
            event.currentTarget.value = "";
          }}
        >
          <option value="">pick one …</option>
          {catalogue?.examples.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="file">
        Open a walk file
        <input
          type="file"
          accept=".json,.walk"
          onChange={(event) => {
            open(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </label>
      {catalogue?.script && (
        <button type="button" onClick={script}>
          {catalogue.script}
        </button>
      )}
    </div>
  );
}
