// What an edit changed, beside the walk as it was opened.
import { shown } from "../numbers";
import type { Session } from "../session";

export function Compare({ session }: { session: Session }) {
  const found = session.compared.value;
  if (!found || found.differences.length === 0) return null;
  return (
    <section role="group" class="panel compare" aria-label="Compared with the walk as opened">
      <h3>As opened, and now</h3>
      <p>{found.sentence}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Opened</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {found.differences.slice(0, 40).map((item) => (
            <tr key={`${item.name}${item.what}`}>
              <th scope="row">{item.name}</th>
              <td class={item.what}>{said(item.before)}</td>
              <td class={item.what}>{said(item.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A number, or how many a list holds. */
export function said(value: unknown, digits?: number): string {
  if (typeof value === "number") return shown(value, digits);
  if (Array.isArray(value))
    return value.flat(8).length <= 3
      ? `[${value.map((item) => said(item, digits)).join(", ")}]`
      : `${value.flat(8).length} numbers`;
  return String(value ?? "");
}
