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

/** Put all digits on the clipboard when what is copied lies in one number. */
export function copyInFull(event: ClipboardEvent): void {
  const chosen = window.getSelection();
  const start = chosen?.anchorNode?.parentElement?.closest("data");
  if (!start || start !== chosen?.focusNode?.parentElement?.closest("data")) return;
  event.clipboardData?.setData("text/plain", start.value);
  event.preventDefault();
}
