// Predict, then reveal: the numbers to come are hidden, the learner says the next one, and the engine judges.
import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { latest } from "../carriers/carrier";
import { goTo } from "../motion";
import { shown, typed } from "../numbers";
import type { AnswerReply, AnswerRequest, StepInfo } from "../protocol";
import type { Session } from "../session";
import { gradientName } from "../state";
import { outputName } from "../session";

type Asked = AnswerRequest["asked"];

export function Practice({ session }: { session: Session }) {
  const memory = useMemo(() => ({ right: signal(0), asked: signal(0), reply: signal<AnswerReply | null>(null), text: signal("") }), [session]);
  if (!session.carrier.live) return null;
  const on = session.practising.value;
  const start = () => {
    session.practising.value = !on;
    memory.right.value = memory.asked.value = 0;
    memory.reply.value = null;
    if (!on) goTo(session, -1);
  };
  return (
    <section role="group" class={`panel practice${on ? " on" : ""}`} aria-label="Practice">
      <button type="button" class={on ? "quiet" : ""} aria-pressed={on} onClick={start}>{on ? "Stop practising" : "Practise: predict each number"}</button>
      {on && <Question session={session} memory={memory} />}
    </section>
  );
}

interface Memory {
  right: { value: number };
  asked: { value: number };
  reply: { value: AnswerReply | null };
  text: { value: string };
}

function Question({ session, memory }: { session: Session; memory: Memory }) {
  const next = nextAsked(session);
  const score = <p class="score" role="status">{`${memory.right.value} of ${memory.asked.value} right`}</p>;
  const reply = memory.reply.value;
  if (next === null) return <>{reply && <Verdict reply={reply} />}{score}<p>That was the whole walk.</p></>;
  const step = session.walk.steps[next] as StepInfo;
  const asked: Asked = step.phase === "forward" ? "value" : step.phase === "backward" ? "contribution" : "total";
  const submit = async (event: Event) => {
    event.preventDefault();
    const answer = typed(memory.text.value);
    if (answer === null) return;
    const request = { kind: "answer", state: session.state.value, step: next, asked, answer } as const;
    const found = await latest(session.carrier.request(request), (error) => (session.problem.value = error));
    if (!found) return;
    if (!reply || reply.right) memory.asked.value += 1; // a second try at the same number isn't a new question
    if (found.head.right) {
      if (!reply || reply.right) memory.right.value += 1;
      memory.text.value = "";
      goTo(session, next, 600);
    }
    memory.reply.value = found.head;
  };
  const reveal = () => {
    if (!reply || reply.right) memory.asked.value += 1;
    memory.reply.value = null;
    memory.text.value = "";
    goTo(session, next, 600);
  };
  return (
    <form onSubmit={submit}>
      <label>{question(session, step, asked)}
        <input type="text" inputMode="decimal" autocomplete="off" value={memory.text.value} onInput={(event) => (memory.text.value = event.currentTarget.value)} />
      </label>
      <div class="row"><button type="submit">Check</button><button type="button" class="quiet" onClick={reveal}>Reveal</button></div>
      {reply && <Verdict reply={reply} />}
      {score}
    </form>
  );
}

function Verdict({ reply }: { reply: AnswerReply }) {
  return <p class={reply.right ? "verdict right" : "verdict wrong"} role="status">{`${reply.right ? "✓" : "✗"} ${reply.sentence}`}</p>;
}

/** The next step that is about one number. */
function nextAsked(session: Session): number | null {
  for (let at = session.position.value + 1; at <= session.last; at++) {
    const step = session.walk.steps[at];
    const about = step && session.walk.nodes[step.phase === "backward" ? step.input : step.node];
    if (about?.size === 1 && step?.phase !== "seed") return at;
  }
  return null;
}

function question(session: Session, step: StepInfo, asked: Asked): string {
  const name = (id: number) => session.walk.nodes[id]?.name ?? "";
  if (asked === "value") return `What is ${name(step.node)} = ${step.symbols}?`;
  const output = outputName(session, step.input);
  if (asked === "total") return `What is ${name(step.node)} after the update, ${step.symbols}?`;
  const given = shown(session.numbers.value.steps[step.offsets[0] ?? -1] ?? NaN);
  return `${gradientName(output, name(step.node))} is ${given}. What does ${name(step.node)} pass back to ${name(step.input)}?`;
}
