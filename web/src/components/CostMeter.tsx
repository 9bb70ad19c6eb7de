// What the gradients cost: multiplications path by path, in forward mode and in reverse mode.
import type { CostReply } from "../protocol";
import type { Session } from "../session";

export function CostMeter({ session }: { session: Session }) {
  const cost = session.cost.value;
  if (!cost) return null;
  const lines: [string, string][] = [
    ["path by path", cost.path_by_path],
    ["forward mode", cost.forward_mode],
    ["reverse mode", cost.reverse_mode],
  ];
  const most = Math.max(1, ...lines.map(([, count]) => length(count)));
  return (
    <section role="group" class="panel cost" aria-label="Cost of the gradients">
      <h3>Multiplications for all gradients</h3>
      <dl>
        {lines.map(([name, count]) => (
          <div key={name} class={name.startsWith("reverse") ? "best" : ""}>
            <dt>{name}</dt>
            <dd>
              <span class="meter" aria-hidden="true">
                <i style={{ width: `${(100 * length(count)) / most}%` }} />
              </span>
              <span class="tabular">{count}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p class="note">{about(cost)}</p>
    </section>
  );
}

/** Counts can be huge; beyond what a bar can show, only their number of digits is compared. */
function length(count: string): number {
  return count.length > 9 ? 1e9 * count.length : Number(count);
}

function about(cost: CostReply): string {
  const [first] = cost.shared;
  const reuse = first ? ` ${first[0]} stands in ${first[1]} of them; reverse mode computes it once.` : "";
  return `${cost.paths} ${cost.paths === "1" ? "path leads" : "paths lead"} to ${cost.leaves} ${cost.leaves === 1 ? "number" : "numbers"}.${reuse} For going back, ${cost.saved_entries} values (${cost.saved_bytes} bytes) were kept.`;
}
