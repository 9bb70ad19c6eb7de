// What the trainings came to: a picture of each, and beside them the digits' sheet and what the last hidden layer sees.
import type { Carrier } from "../../carriers/carrier";
import { source, type Lab } from "../../lab/state";
import type { Frame, Run } from "../../lab/run";
import { DigitPad } from "./DigitPad";
import { Hidden } from "./Hidden";
import { RunView } from "./RunView";

/** What to do where there is nothing to learn from yet. */
const EMPTY: Record<string, string> = {
  drawn: "Draw points of at least two classes in the square: the network learns them as you go.",
  table: "Drop a CSV file, and choose which column is to be predicted.",
};

interface Props {
  carrier: Carrier;
  lab: Lab;
  runs: Run[];
  titles: string[];
  /** The training whose settings are shown. */
  run: Run | undefined;
  frame: Frame | null;
  onChange: (part: Partial<Lab>) => void;
}

export function Results({ carrier, lab, runs, titles, run, frame, onChange }: Props) {
  const shared = { chosen: chosenRow(lab), onRow: (row: number) => onChange({ walk: row }) };
  const isPicture = (frame?.reply.data.picture.length ?? 0) > 0;
  return (
    <div class="lab-runs">
      {runs.length === 0 && <p class="gw-empty">{EMPTY[source(lab)]}</p>}
      {runs.map((one, k) => (
        <RunView
          key={k}
          carrier={carrier}
          run={one}
          lab={lab}
          title={titles[k] ?? ""}
          onChange={onChange}
          {...shared}
        />
      ))}
      {frame && run && isPicture && (
        <DigitPad carrier={carrier} run={run} frame={frame} pixels={lab.pixels} label={lab.label} onChange={onChange} />
      )}
      {frame && runs.length === 1 && !isPicture && <Hidden frame={frame} {...shared} />}
    </div>
  );
}

export function chosenRow({ walk }: Lab): number | null {
  return typeof walk === "number" ? walk : null;
}
