// One number on a page: short to read, in full on hover and on copy.
import { exact, full, plotted } from "../../numbers";

export type Tone = "value" | "gradient" | "ink";

/** A number with its colour: blue for values, orange for slopes. */
export function Amount({ of, tone = "ink" }: { of: number; tone?: Tone }) {
  return (
    <data class={`gw-amount gw-${tone}`} value={exact(of)} title={full(of)}>
      {plotted(of)}
    </data>
  );
}
