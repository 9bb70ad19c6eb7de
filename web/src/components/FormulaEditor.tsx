// Where a formula or a short program is typed; what is wrong with it is said below, and marked in the text.
import type { ErrorReply } from "../protocol";

interface Props {
  text: string;
  problem: ErrorReply | null;
  change(text: string): void;
}

export function FormulaEditor({ text, problem, change }: Props) {
  const rows = Math.max(3, text.split("\n").length);
  const [line = 0, column = 0, end = 0] = problem?.place ?? [];
  return (
    <div class="editor">
      <label for="formula">Formula or program</label>
      <div class="sheet">
        <pre class="marks" aria-hidden="true">{text.split("\n").map((shown, index) => index + 1 === line
          ? <div key={index}>{shown.slice(0, column)}<mark>{shown.slice(column, Math.max(end, column + 1)) || " "}</mark>{shown.slice(Math.max(end, column + 1))}</div>
          : <div key={index}>{shown || " "}</div>)}</pre>
        <textarea id="formula" rows={rows} spellcheck={false} autocomplete="off" autocapitalize="off" wrap="off" value={text} aria-invalid={problem !== null} aria-describedby={problem ? "formula-problem" : undefined}
          placeholder="(y - sigmoid(w*x + b))**2" onInput={(event) => change(event.currentTarget.value)}
          onScroll={(event) => { const marks = event.currentTarget.previousElementSibling; if (marks) marks.scrollLeft = event.currentTarget.scrollLeft; }} />
      </div>
      {problem && <p id="formula-problem" class="problem" role="alert" data-place={problem.place.join(",")}>
        {line > 0 && <span class="note">{`line ${line}: `}</span>}{problem.sentence}{problem.cure && <span class="cure">{`. ${problem.cure}`}</span>}
      </p>}
    </div>
  );
}
