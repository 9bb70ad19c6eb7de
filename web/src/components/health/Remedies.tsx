// The remedies as switches: those that cure the chosen problem first.
import type { ProblemInfo, RemedyInfo } from "../../protocol";
import { ordered } from "./laboratory";

interface RemediesProps {
  remedies: RemedyInfo[];
  problem: ProblemInfo;
  on: string[];
  onSwitch: (name: string) => void;
}

export function Remedies({ remedies, problem, on, onSwitch }: RemediesProps) {
  return (
    <fieldset class="health-remedies">
      <legend>Remedies</legend>
      {ordered(remedies, problem).map(({ name, title, effect }) => (
        <label key={name} class={problem.remedies.includes(name) ? "cures" : ""}>
          <input
            type="checkbox"
            role="switch"
            name={name}
            checked={on.includes(name)}
            onChange={() => onSwitch(name)}
          />
          <span>
            <b>{title}</b> <span class="note">{effect}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
