// A table of one's own: dropped or picked, and the column that is to be predicted.
import { useState } from "preact/hooks";
import { valueOf } from "../../lab/fields";
import { changed, type Lab, type Settings } from "../../lab/state";
import { columnsOf, MOST_BYTES } from "../../lab/tables";

interface Props {
  lab: Lab;
  settings: Settings;
  onChange: (part: Partial<Lab>) => void;
}

export function TableDrop({ lab, settings, onChange }: Props) {
  const [refusal, setRefusal] = useState("");
  const columns = columnsOf(lab.table);
  const target = valueOf(settings, "data_options.target");
  const aim = (name: string) => changed(lab.settings, "data_options", { target: name }, undefined);
  const take = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST_BYTES)
      return setRefusal(
        `${file.name} has ${(file.size / 1e6).toFixed(1)} MB, and the page takes tables of up to ${MOST_BYTES / 1e6} MB; train it in a terminal: gradwalk train ${file.name} --target …`,
      );
    const table = await file.text();
    setRefusal("");
    onChange({ table, file: file.name, points: [], settings: aim(columnsOf(table).at(-1) ?? "") });
  };
  return (
    <div
      class="table-drop"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <label class="file">
        {lab.table ? `${lab.file}: take another` : "Drop a CSV file here, or pick one"}
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </label>
      {refusal && (
        <p class="problem" role="alert">
          {refusal}
        </p>
      )}
      {columns.length > 0 && (
        <label class="gw-field">
          <span>Predict</span>
          <select
            value={String(target ?? "")}
            onChange={(event) => onChange({ settings: aim(event.currentTarget.value) })}
          >
            {columns.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {lab.table && (
        <p class="note">The table stays in this browser tab and in your own studio: a link leaves it out.</p>
      )}
    </div>
  );
}
