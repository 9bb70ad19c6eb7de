// The four problems as tabs, and of the chosen one: symptom, cause, cure.
import { useRef } from "preact/hooks";
import type { ProblemInfo } from "../../protocol";
import { tabAfter } from "../../tabs";

interface ProblemsProps {
  problems: ProblemInfo[];
  chosen: ProblemInfo;
  onChoose: (problem: ProblemInfo) => void;
}

export function Problems({ problems, chosen, onChoose }: ProblemsProps) {
  const list = useRef<HTMLDivElement>(null);
  const press = (event: KeyboardEvent) => {
    const next = tabAfter(event.key, problems.indexOf(chosen), problems.length);
    const problem = next === null ? undefined : problems[next];
    if (!problem || next === null) return;
    event.preventDefault();
    onChoose(problem);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <>
      <div class="health-problems" role="tablist" aria-label="Problems" ref={list} onKeyDown={press}>
        {problems.map((problem) => (
          <button
            type="button"
            role="tab"
            id={`problem-${problem.name}`}
            key={problem.name}
            aria-selected={problem === chosen}
            aria-controls="problem"
            tabIndex={problem === chosen ? 0 : -1}
            onClick={() => onChoose(problem)}
          >
            {problem.title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="problem" aria-labelledby={`problem-${chosen.name}`}>
        <dl class="health-story">
          <div>
            <dt>Symptom</dt>
            <dd>{chosen.symptom}</dd>
          </div>
          <div>
            <dt>Cause</dt>
            <dd>{chosen.cause}</dd>
          </div>
          <div>
            <dt>Cure</dt>
            <dd>{chosen.cure}</dd>
          </div>
        </dl>
      </div>
    </>
  );
}
