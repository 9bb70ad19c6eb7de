// Predict, then reveal: the numbers to come are hidden, the learner says the next one, and the engine judges.
import { batch, useSignal, useSignalEffect, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { latest } from "../carriers/carrier";
import { goTo, jump } from "../motion";
import { shown, typed } from "../numbers";
import { BEGUN, current, judged, passed, positionFor, revealed, tally, type Progress } from "../practice";
import type { QuestionInfo } from "../protocol";
import type { Session } from "../session";

const TURN = 600; // ms to the next question

export function Practice({ session }: { session: Session }) {
  if (!session.carrier.live) return null;
  const on = session.practising.value;
  const toggle = () => {
    session.practising.value = !on;
    if (!on) jump(session, -1);
  };
  return (
    <section role="group" class={`panel practice${on ? " on" : ""}`} aria-label="Practice">
      <button type="button" class={on ? "quiet" : ""} aria-pressed={on} onClick={toggle}>
        {on ? "Stop practising" : "Practise: predict each number"}
      </button>
      {on && <Questions session={session} />}
    </section>
  );
}

interface Verdict {
  kind: "right" | "wrong" | "shown";
  text: string;
}

function Questions({ session }: { session: Session }) {
  const questions = useQuestions(session);
  const progress = useSignal(BEGUN);
  const text = useSignal("");
  const verdict = useSignal<Verdict | null>(null);
  useSignalEffect(() => {
    const now = passed(questions.value, progress.peek(), session.position.value);
    if (now !== progress.peek()) advance(now);
  });
  const advance = (next: Progress) =>
    batch(() => {
      if (current(questions.peek(), next) !== current(questions.peek(), progress.peek())) text.value = "";
      progress.value = next;
    });
  const place = current(questions.value, progress.value);
  const asked = questions.value[place];
  const settle = (next: Progress, told: Verdict) => {
    advance(next);
    verdict.value = told;
    const target = positionFor(questions.value, next, session.last);
    if (target > session.position.peek()) goTo(session, target, TURN);
  };
  const judge = async (answer: number) => {
    if (!asked) return;
    const request = {
      kind: "answer",
      state: session.state.value,
      step: asked.step,
      asked: asked.asked,
      answer,
    } as const;
    const found = await latest(
      session.carrier.request(request, `${session.id}:answer`),
      (error) => (session.problem.value = error),
    );
    if (!found) return;
    const { right, sentence } = found.head;
    settle(judged(progress.peek(), place, right), { kind: right ? "right" : "wrong", text: sentence });
  };
  const reveal = () =>
    asked &&
    settle(revealed(progress.peek(), place), { kind: "shown", text: `${asked.symbol} = ${shown(asked.expected)}` });
  return (
    <>
      {asked ? (
        <Question asked={asked} text={text} judge={judge} reveal={reveal} unread={() => (verdict.value = UNREAD)} />
      ) : (
        questions.value.length > 0 && <p>That was the whole walk.</p>
      )}
      {verdict.value && (
        <p
          class={`verdict ${verdict.value.kind}`}
          role="status"
        >{`${MARKS[verdict.value.kind]} ${verdict.value.text}`}</p>
      )}
      <Score questions={questions.value} progress={progress.value} />
    </>
  );
}

const UNREAD: Verdict = { kind: "wrong", text: "Type a number, such as −0.25." };
const MARKS: Record<Verdict["kind"], string> = { right: "✓", wrong: "✗", shown: "Shown:" };

/** What the engine asks about the walk as it is; asked anew when a leaf changes. */
function useQuestions(session: Session): Signal<QuestionInfo[]> {
  const questions = useSignal<QuestionInfo[]>([]);
  const state = session.state.value;
  useEffect(() => {
    const asked = session.carrier.request({ kind: "practice", state }, `${session.id}:practice`);
    void latest(asked, (error) => (session.problem.value = error)).then(
      (found) => found && (questions.value = found.head.questions),
    );
  }, [session, state]);
  return questions;
}

interface QuestionProps {
  asked: QuestionInfo;
  text: Signal<string>;
  judge(answer: number): void;
  reveal(): void;
  unread(): void;
}

function Question({ asked, text, judge, reveal, unread }: QuestionProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    const answer = typed(text.peek());
    if (answer === null) unread();
    else judge(answer);
  };
  return (
    <form onSubmit={submit} data-asked={asked.asked}>
      <label>
        {asked.text}
        <input
          type="text"
          autocomplete="off"
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <div class="row">
        <button type="submit">Check</button>
        <button type="button" class="quiet" onClick={reveal}>
          Reveal
        </button>
      </div>
    </form>
  );
}

function Score({ questions, progress }: { questions: QuestionInfo[]; progress: Progress }) {
  const { first, later, shown: given, open } = tally(questions, progress);
  return (
    <p
      class="score"
      role="status"
    >{`${first} right at once, ${later} after a hint, ${given} shown; ${open} to come`}</p>
  );
}
