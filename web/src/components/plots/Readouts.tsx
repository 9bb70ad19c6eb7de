// The numbers beside a plot, each with what it is called.
import type { ComponentChildren } from "preact";
import { Amount } from "./Amount";
import type { Tone } from "./Amount";

/** One line: what it is, the number, and whether it equals or only about equals what stands before it. */
export interface Readout {
  label: ComponentChildren;
  value: number;
  tone: Tone;
  sign?: "=" | "≈";
  name: string;
}

/** A list of named numbers. */
export function Readouts({ lines }: { lines: Readout[] }) {
  return (
    <dl class="gw-readouts">
      {lines.map(({ label, value, tone, sign = "=", name }) => (
        <div key={name} data-readout={name}>
          <dt>{label}</dt>
          <dd>
            <span class="gw-sign">{sign}</span> <Amount of={value} tone={tone} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
