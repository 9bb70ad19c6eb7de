// What is learned from: one of the made datasets, the digits, points drawn by hand, or a table.
import { CURVES, DATA, GROUPS } from "../../lab/fields";
import { source, type Lab, type Settings } from "../../lab/state";
import type { ErrorReply } from "../../protocol";
import { DrawPad } from "./DrawPad";
import { Fields, Wrong } from "./Fields";
import { TableDrop } from "./TableDrop";

interface Props {
  lab: Lab;
  settings: Settings;
  problem: ErrorReply | null;
  differing: ReadonlySet<string>;
  onSet: (name: string, value: unknown) => void;
  onChange: (part: Partial<Lab>) => void;
  kind: string;
  onKind: (kind: string) => void;
}

const FIELDS = [{ name: "data" }, { name: "points" }, { name: "table" }];

export function Data({ lab, settings, problem, differing, onSet, onChange, kind, onKind }: Props) {
  const curve = CURVES.find((name) => name === source(lab));
  return (
    <fieldset class="group">
      <legend>Data</legend>
      <div class="choices-row" role="group" aria-label="Data">
        {DATA.map(([name, title]) => (
          <button key={name} type="button" aria-pressed={kind === name} onClick={() => onKind(name)}>
            {title}
          </button>
        ))}
      </div>
      {kind === "curve" && (
        <label class="gw-field">
          <span>Curve</span>
          <select value={curve} onChange={(event) => onSet("data", event.currentTarget.value)}>
            {CURVES.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === "drawn" && <DrawPad points={lab.points} onChange={(points) => onChange({ points })} />}
      {kind === "table" && <TableDrop lab={lab} settings={settings} onChange={onChange} />}
      <Wrong fields={FIELDS} problem={problem} />
      {(kind !== "drawn" || lab.points.length > 0) && (kind !== "table" || lab.table) && (
        <Fields fields={GROUPS.data} settings={settings} problem={problem} differing={differing} onSet={onSet} />
      )}
    </fieldset>
  );
}
