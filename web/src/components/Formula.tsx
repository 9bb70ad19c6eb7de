// The current step written out: in symbols, with the numbers put in, and the result.
import type { Session } from "../session";
import { MathML } from "./MathML";

export function Formula({ session }: { session: Session }) {
  const at = session.position.value;
  const info = session.walk.steps[at];
  const step = session.step.value?.step === at ? session.step.value : null;
  if (!info)
    return (
      <div class="formula">
        <span class="note">Nothing is computed yet. Press → or play.</span>
      </div>
    );
  return (
    <div class={`formula ${info.phase}`} aria-label="Formula of this step" role="group">
      <MathML source={step?.symbols ?? info.mathml} />
      {step && <MathML source={step.numbers} />}
      {step && <MathML source={step.result} />}
      {info.shape_note && <p class="note">{info.shape_note}</p>}
    </div>
  );
}
