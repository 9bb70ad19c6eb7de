// What the current step does, in one sentence; screen readers are told each new one.
import { shown } from "../numbers";
import type { Session } from "../session";
import { amount } from "../state";

export function Sentence({ session }: { session: Session }) {
  const at = session.position.value;
  const told = session.step.value?.step === at ? session.step.value.sentence : fallback(session, at);
  return (
    <p class="sentence" role="status" aria-live={session.playing.value ? "off" : "polite"} data-step={at}>
      <span class="count">{at < 0 ? "Start" : `${at + 1} of ${session.last + 1}`}</span>
      <span>{told}</span>
    </p>
  );
}

function fallback(session: Session, at: number): string {
  const step = session.walk.steps[at];
  if (!step) return "Only the leaves have values; the walk starts here.";
  const found = amount(step, session.numbers.value, "contribution");
  return found?.length === 1 ? `${step.symbols} = ${shown(found[0] ?? NaN)}` : step.symbols;
}
