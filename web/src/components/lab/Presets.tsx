// Experiments to start from, and what there is to see in the one that is chosen.
import { PRESETS } from "../../lab/presets";
import { read, same, type Lab } from "../../lab/state";

export function Presets({ lab, onPick }: { lab: Lab; onPick: (lab: Lab) => void }) {
  const chosen = PRESETS.find(({ lab: { settings = {}, others = [] } }) =>
    same([settings, others], [lab.settings, lab.others]),
  );
  return (
    <>
      <div class="choices-row" role="group" aria-label="Experiments to start from">
        {PRESETS.map((one) => (
          <button
            key={one.title}
            type="button"
            aria-pressed={one === chosen}
            onClick={() => onPick({ ...read(new URLSearchParams()), speed: lab.speed, ...one.lab })}
          >
            {one.title}
          </button>
        ))}
      </div>
      <p class="lead">
        {chosen?.says ??
          "Build a network, press Train, and stop at any step: every number of it can be walked through."}
      </p>
    </>
  );
}
