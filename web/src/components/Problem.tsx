// What went wrong, next to what caused it, with the cure.
import type { ErrorReply } from "../protocol";

export function Problem({ problem }: { problem: ErrorReply | null }) {
  if (!problem) return null;
  return (
    <div class="problem" role="alert" data-code={problem.code}>
      <p>{capital(problem.sentence)}{problem.cure && <>. <span class="cure">{capital(problem.cure)}</span></>}</p>
    </div>
  );
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
