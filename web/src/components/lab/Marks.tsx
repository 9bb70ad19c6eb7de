// The rows of the data as marks: a shape and a colour for each class, hollow when held out, ringed when the network errs.
import { memo } from "preact/compat";
import { colourClass, mark } from "../../lab/classes";
import type { Row } from "../../lab/rows";
import type { Frame } from "../../lab/run";

/** What a picture with the data on it is drawn from; a row that is picked has its walk opened. */
export interface PictureProps {
  frame: Frame;
  chosen: number | null;
  onRow: (row: number) => void;
}

interface MarksProps {
  rows: Row[];
  places: [number, number][];
  wrong: string;
  chosen: number | null;
  isClass: boolean;
  /** The colour of each mark, where it stands for a number. */
  fills?: string[] | undefined;
}

export function markKey(wrong: Set<number>): string {
  return [...wrong].join(",");
}

/** Drawn again only when something about a mark has changed. */
export const Marks = memo(({ rows, places, wrong, chosen, isClass, fills }: MarksProps) => {
  const errs = new Set(wrong ? wrong.split(",").map(Number) : []);
  return (
    <g class="marks" aria-hidden="true">
      {rows.map((row, k) => {
        const [x = NaN, y = NaN] = places[k] ?? [];
        if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
        return (
          <g
            key={row.index}
            data-row={row.index}
            class={`mark ${isClass ? colourClass(row.target) : "number"}${row.isHeldOut ? " held-out" : ""}${row.index === chosen ? " chosen" : ""}`}
            transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
          >
            {errs.has(row.index) && <circle class="errs" r={8.5} />}
            {row.index === chosen && <circle class="ring" r={11} />}
            <path d={mark(isClass ? row.target : 0)} style={fills && !row.isHeldOut ? { fill: fills[k] } : undefined} />
          </g>
        );
      })}
    </g>
  );
});
