// Proof beside every gradient: the finite difference, with its step size to play with, and PyTorch's value.
import { useEffect, useRef, useState } from "preact/hooks";
import { latest } from "../carriers/carrier";
import { useInView } from "../inview";
import { shown } from "../numbers";
import type { CheckReply } from "../protocol";
import type { Session } from "../session";
import { said } from "./Compare";
import { Waiting } from "./Waiting";

export function Proof({ session, isOpen = false }: { session: Session; isOpen?: boolean }) {
  const [open, setOpen] = useState(isOpen);
  const [exponent, setExponent] = useState(-6);
  const place = useRef<HTMLDetailsElement>(null);
  const isInView = useInView(place).value;
  const { found, waitsFor } = useCheck(session, open && isInView, 10 ** exponent);
  return (
    <details ref={place} class="panel proof" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Is it right? Compare with measured slopes{found?.references.includes("PyTorch") ? " and PyTorch" : ""}
      </summary>
      {session.carrier.live && (
        <label class="row">
          Step size h = <output class="tabular">{`1e−${-exponent}`}</output>
          <input
            type="range"
            min={-12}
            max={-1}
            value={exponent}
            aria-label="Step size of the finite difference, as a power of ten"
            onInput={(event) => setExponent(Number(event.currentTarget.value))}
          />
        </label>
      )}
      {found && session.walk.turns > 1 && (
        <p class="note">{`The gradients ${found.turn ? `after ${found.turn} update${found.turn === 1 ? "" : "s"}` : "before the first update"}, which the step on the timeline belongs to.`}</p>
      )}
      {found && <Table session={session} found={found} />}
      {waitsFor && <Waiting text={waitsFor} />}
    </details>
  );
}

const AGAIN = 300; // ms until an engine that is still at work is asked again

/** The check of what is shown, as far as it has come, and what is waited for. */
function useCheck(session: Session, isWanted: boolean, eps: number): { found: CheckReply | null; waitsFor: string } {
  const [found, setFound] = useState<CheckReply | null>(null);
  const [waitsFor, setWaitsFor] = useState("");
  const state = session.settled.state.value; // a check takes two forward passes for each number
  const turn = session.turn.value;
  useEffect(() => {
    if (!isWanted) return;
    let [isOver, timer] = [false, 0];
    const ask = async () => {
      const answer = await latest(
        session.carrier.request({ kind: "check", state, eps, turn }, `${session.id}:check`),
        (error) => (session.problem.value = error),
      );
      if (isOver) return;
      const pending = answer?.head.pending ?? [];
      if (answer) setFound(answer.head);
      setWaitsFor(pending.length ? `Asking ${pending.join(", ")} …` : "");
      if (pending.length) timer = window.setTimeout(() => void ask(), AGAIN);
    };
    setWaitsFor("Measuring slopes …");
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isWanted, state, eps, turn]);
  return { found, waitsFor };
}

function Table({ session, found }: { session: Session; found: CheckReply }) {
  return (
    <>
      <div class="scroll" tabindex={0} role="group" aria-label="Table of checks">
        <table>
          <thead>
            <tr>
              <th scope="col">Leaf</th>
              <th scope="col">Gradient</th>
              {found.references.map((name) => (
                <th scope="col" key={name}>
                  {TITLES[name] ?? name}
                </th>
              ))}
              <th scope="col">Largest difference</th>
            </tr>
          </thead>
          <tbody>
            {found.lines.map((line) => (
              <tr key={line.node}>
                <th scope="row" data-node={line.node}>
                  {line.name}
                </th>
                <td class="gradient" data-gradient={line.node}>
                  {said(line.gradient, session.digits.value)}
                </td>
                {found.references.map((name) => (
                  <td key={name} title={String(line.found[name])}>
                    {said(line.found[name], 8)}
                  </td>
                ))}
                <td>
                  <span class={line.ok ? "ok" : "bad"}>{line.ok ? "✓" : "✗"}</span> {shown(line.largest, 2)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.notes.map((note) => (
        <p class="note" key={note}>
          {note}
        </p>
      ))}
    </>
  );
}

const TITLES: Record<string, string> = { differences: "Measured" };
