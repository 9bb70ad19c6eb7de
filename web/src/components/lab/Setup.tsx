// Everything that makes an experiment: data, network, learning; and the trainings beside it.
import { memo } from "preact/compat";
import { useRef } from "preact/hooks";
import { GROUPS, withEntry } from "../../lab/fields";
import { changed, difference, MOST_OTHERS, source, withSetting, type Lab, type Settings } from "../../lab/state";
import type { ErrorReply } from "../../protocol";
import { Data } from "./Data";
import { Fields } from "./Fields";
import { Rate } from "./Rate";

interface Props {
  lab: Lab;
  /** How many trainings there are, and the settings that the engine says the first one has. */
  count: number;
  told: Settings | undefined;
  edited: number;
  onEdited: (place: number) => void;
  onChange: (part: Partial<Lab>) => void;
  problem: ErrorReply | null;
}

const LETTERS = "ABC";
const MADE = new Set(["drawn", "table", "digits", "curve"]);
const CURVE = "sine";

/** Drawn again when something is set, not with every picture of the training. */
export const Setup = memo(({ lab, count, told, edited, onEdited, onChange, problem }: Props) => {
  const usual = useUsual(lab, told);
  const own = edited === 0 ? lab.settings : { ...lab.settings, ...lab.others[edited - 1] };
  const settings: Settings = { ...usual, ...own };
  const kind = kindOf(lab);
  const differing = new Set(lab.others.flatMap((other) => Object.keys(other)));
  const set = (name: string, value: unknown) => {
    const [outer, whole] = withEntry(own, name, value);
    onChange(
      withSetting(lab, edited, outer, whole, edited === 0 ? usual[outer] : { ...usual, ...lab.settings }[outer]),
    );
  };
  const pick = (name: string) => {
    const { data: _, data_options: __, ...rest } = lab.settings;
    onChange({
      points: [],
      table: "",
      file: "",
      walk: null,
      settings: changed(rest, "data", name === "curve" ? CURVE : name, undefined),
    });
  };
  const shared = { settings, problem, differing, onSet: set };
  return (
    <form class="lab-setup" aria-label="Settings" onSubmit={(event) => event.preventDefault()}>
      {lab.others.length > 0 && (
        <div class="choices-row sides" role="group" aria-label="Whose settings">
          {Array.from({ length: count }, (_, place) => (
            <button key={place} type="button" aria-pressed={place === edited} onClick={() => onEdited(place)}>
              {LETTERS[place]}
              {place > 0 && lab.others[place - 1] ? `: ${difference(lab.others[place - 1] ?? {}) || "the same"}` : ""}
            </button>
          ))}
        </div>
      )}
      {edited === 0 && <Data lab={lab} onChange={onChange} kind={kind} onKind={pick} {...shared} />}
      {Object.keys(usual).length > 0 && (
        <>
          <fieldset class="group">
            <legend>Network</legend>
            <Fields fields={GROUPS.network} {...shared} />
          </fieldset>
          <fieldset class="group">
            <legend>Learning</legend>
            <Rate
              value={Number(settings["lr"] ?? 0.1)}
              problem={problem}
              differs={differing.has("lr")}
              onChange={(rate) => set("lr", rate)}
            />
            <Fields fields={GROUPS.learning} {...shared} />
          </fieldset>
          <div class="row">
            {lab.others.length < MOST_OTHERS && (
              <button
                type="button"
                onClick={() => {
                  onChange({ others: [...lab.others, {}] });
                  onEdited(lab.others.length + 1);
                }}
              >
                {lab.others.length ? "Another beside them" : "Compare with another"}
              </button>
            )}
            {lab.others.length > 0 && (
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  onEdited(0);
                  onChange({ others: lab.others.slice(0, -1) });
                }}
              >
                Remove the last
              </button>
            )}
            {Object.keys(lab.settings).some((name) => name !== "data") && (
              <button
                type="button"
                class="quiet"
                onClick={() =>
                  onChange({ settings: lab.settings["data"] === undefined ? {} : { data: lab.settings["data"] } })
                }
              >
                Usual settings
              </button>
            )}
          </div>
        </>
      )}
    </form>
  );
});

function kindOf(lab: Lab): string {
  const name = source(lab);
  return MADE.has(name) || ["xor", "moons", "circles", "spirals", "gaussians"].includes(name) ? name : "curve";
}

/** What this data usually takes, as far as the engine has told: the settings that the reader left alone. */
function useUsual(lab: Lab, told: Settings | undefined): Settings {
  const known = useRef<Record<string, Settings>>({});
  const name = source(lab);
  const before = known.current[name] ?? {};
  if (told)
    known.current[name] = {
      ...before,
      ...Object.fromEntries(Object.entries(told).filter(([setting]) => !(setting in lab.settings))),
    };
  return known.current[name] ?? before;
}
