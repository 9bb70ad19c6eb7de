// What went wrong, next to what caused it, with the cure; in a formula, the place is marked.
import type { ErrorReply } from "../protocol";
import { sentence } from "../words";

export function Problem({ problem, text = "" }: { problem: ErrorReply | null; text?: string }) {
  if (!problem) return null;
  return (
    <div class="problem" role="alert" data-code={problem.code}>
      <p>
        {sentence(problem.sentence, text)}
        {problem.cure && (
          <>
            {" "}
            <span class="cure">{sentence(problem.cure, text)}</span>
          </>
        )}
      </p>
      <Marked text={text} place={problem.place} />
    </div>
  );
}

/** The line of a formula that an error is about. */
function Marked({ text, place: [line = 0, start = 0, end = 0] }: { text: string; place: number[] }) {
  const shown = text.split("\n")[line - 1];
  if (!shown) return null;
  const after = Math.max(end, start + 1);
  return (
    <code>
      {shown.slice(0, start)}
      <mark>{shown.slice(start, after) || " "}</mark>
      {shown.slice(after)}
    </code>
  );
}
