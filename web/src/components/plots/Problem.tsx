// What went wrong, next to what caused it, with the cure.
import type { ErrorReply } from "../../protocol";

/** An error's sentence and cure; empty (but there for screen readers) when nothing is wrong. */
export function Problem({ error }: { error: ErrorReply | null }) {
  return (
    <div class="gw-problem" role="status">
      {error && (
        <p>
          <strong>{error.sentence.charAt(0).toUpperCase() + error.sentence.slice(1)}</strong> {error.cure}
        </p>
      )}
    </div>
  );
}
