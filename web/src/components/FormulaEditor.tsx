// Where a formula or a short program is typed: what the current step is about is marked in it, and so is what is wrong.
import { useEffect, useRef } from "preact/hooks";
import type { ErrorReply } from "../protocol";
import { columns, sourcePlace } from "../pointing";
import type { Session } from "../session";
import { sentence } from "../words";

interface Props {
  text: string;
  problem: ErrorReply | null;
  /** The walk of this text; while another text is typed, its places are elsewhere. */
  session: Session | null;
  change(text: string): void;
}

const ROWS = [2, 12] as const;

export function FormulaEditor({ text, problem, session, change }: Props) {
  const rows = Math.min(ROWS[1], Math.max(ROWS[0], text.split("\n").length));
  const [line = 0, column = 0, end = 0] = problem?.place ?? [];
  const isOwn = session !== null && Object.values(session.walk.files).some((file) => file.trimEnd() === text.trimEnd());
  return (
    <div class="editor">
      <label for="formula">Formula or program</label>
      <div class="sheet">
        {problem ? (
          <Marks text={text} place={[line, column, line, Math.max(end, column + 1)]} kind="wrong" />
        ) : (
          isOwn && <Current text={text} session={session} />
        )}
        <textarea
          id="formula"
          rows={rows}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          wrap="off"
          value={text}
          aria-invalid={problem !== null}
          aria-describedby={problem ? "formula-problem" : undefined}
          placeholder="(y - sigmoid(w*x + b))**2"
          onInput={(event) => change(event.currentTarget.value)}
          onScroll={({ currentTarget }) => {
            const marks = currentTarget.previousElementSibling;
            if (marks) [marks.scrollLeft, marks.scrollTop] = [currentTarget.scrollLeft, currentTarget.scrollTop];
          }}
        />
      </div>
      {problem && (
        <p id="formula-problem" class="problem" role="alert" data-place={problem.place.join(",")}>
          {line > 0 && <span class="note">{`line ${line}: `}</span>}
          {problem.sentence}
          {problem.cure && <span class="cure">{`. ${sentence(problem.cure, text)}`}</span>}
        </p>
      )}
    </div>
  );
}

function Current({ text, session }: { text: string; session: Session }) {
  return <Marks text={text} place={sourcePlace(session).place} kind="current" />;
}

/** The same text under the typed one, unseen but for its mark. */
function Marks({ text, place, kind }: { text: string; place: number[]; kind: "wrong" | "current" }) {
  const sheet = useRef<HTMLPreElement>(null);
  const [line = 0] = place;
  useEffect(() => bringIntoView(sheet.current, line), [line]);
  return (
    <pre ref={sheet} class={`marks ${kind}`} aria-hidden="true">
      {text.split("\n").map((shown, index) => {
        const [start, end] = columns(place, index + 1, shown) ?? [0, 0];
        return (
          <div key={index} class={start < end ? "line" : ""}>
            {shown.slice(0, start)}
            {start < end && <mark>{shown.slice(start, end) || " "}</mark>}
            {shown.slice(end) || " "}
          </div>
        );
      })}
    </pre>
  );
}

/** Both layers scroll together; while nobody types, they show the marked line. */
function bringIntoView(sheet: HTMLPreElement | null, line: number): void {
  const typed = sheet?.nextElementSibling;
  if (!sheet || !typed) return;
  const marked = sheet.children[line - 1] as HTMLElement | undefined;
  const [top, height] = [typed.scrollTop, typed.clientHeight];
  const isHidden = marked && (marked.offsetTop < top || marked.offsetTop + marked.offsetHeight > top + height);
  if (isHidden && document.activeElement !== typed) typed.scrollTop = marked.offsetTop - height / 2;
  [sheet.scrollLeft, sheet.scrollTop] = [typed.scrollLeft, typed.scrollTop];
}
