// What went wrong, next to what caused it, with the cure.
import type { ErrorReply } from "../../protocol";

const sentence = (text: string) => text && `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** The line of a formula that an error is about, with its place marked. */
function Marked({ text, place }: { text: string; place: number[] }) {
  const [line = 0, start = 0, end = 0] = place;
  const shown = text.split("\n")[line - 1];
  if (!shown) return null;
  return <code class="gw-marked">{shown.slice(0, start)}<mark>{shown.slice(start, Math.max(end, start + 1)) || " "}</mark>{shown.slice(Math.max(end, start + 1))}</code>;
}

/** An error's sentence and cure; empty (but there for screen readers) when nothing is wrong. */
export function Problem({ error, text = "" }: { error: ErrorReply | null; text?: string }) {
  return (
    <div class="gw-problem" role="status">
      {error && (
        <p>
          <strong>{sentence(error.sentence)}</strong> {sentence(error.cure)}
          <Marked text={text} place={error.place} />
        </p>
      )}
    </div>
  );
}
