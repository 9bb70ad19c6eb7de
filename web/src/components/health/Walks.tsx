// Both backward passes as walks: to be opened in the player, and compared.
import type { HealthSettings } from "../../protocol";
import { Amount } from "../plots/Amount";
import { Problem } from "../Problem";
import type { NumberSource } from "../plots/source";
import { useReply } from "../plots/useReply";
import { walkAddress } from "./laboratory";

const MOST = 60; // differences in the table

export function Walks({
  carrier,
  before,
  after,
}: {
  carrier: NumberSource;
  before: HealthSettings;
  after: HealthSettings;
}) {
  const { outcome, error } = useReply(
    carrier,
    { kind: "pair", before: { health: before }, after: { health: after } },
    "pair",
  );
  const found = outcome?.reply;
  return (
    <section aria-labelledby="walks-title">
      <h2 id="walks-title">Both walks</h2>
      <p class="row">
        <a class="button" href={walkAddress(before)}>
          Open the walk as it is
        </a>
        <a class="button" href={walkAddress(after)}>
          Open the walk with the remedies
        </a>
      </p>
      <Problem problem={error} />
      {found && (
        <p class="health-compared" role="status">
          {found.differences.length > 0
            ? `${found.sentence}.`
            : "Both walks are the same: what differs comes after them, in the step that is taken."}
        </p>
      )}
      {found && found.differences.length > 0 && (
        <details>
          <summary>{`All ${found.differences.length} values and gradients that differ, by their lengths`}</summary>
          <div class="scroll" tabIndex={0} role="region" aria-label="Differences">
            <table>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">As it is</th>
                  <th scope="col">With the remedies</th>
                </tr>
              </thead>
              <tbody>
                {found.differences.slice(0, MOST).map(({ name, what, before: one, after: other }) => (
                  <tr key={name} data-difference={name}>
                    <th scope="row">{name}</th>
                    <td>
                      <Amount of={one} tone={what} />
                    </td>
                    <td>
                      <Amount of={other} tone={what} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {found.differences.length > MOST && <p class="note">{`The first ${MOST} are shown.`}</p>}
        </details>
      )}
    </section>
  );
}
