// The walk as a file: one page with the player in it, a picture, LaTeX, text, or the walk itself.
import { latest } from "../carriers/carrier";
import type { ExportRequest } from "../protocol";
import type { Session } from "../session";

const FORMS: [ExportRequest["form"], string][] = [
  ["html", "Page"],
  ["svg", "Picture"],
  ["tex", "LaTeX"],
  ["txt", "Text"],
  ["json", "Walk"],
];

export function Exports({ session }: { session: Session }) {
  const save = async (form: ExportRequest["form"]) => {
    const request = {
      kind: "export",
      state: session.state.value,
      form,
      step: form === "svg" ? session.position.value : -1,
    } as const;
    const answer = await latest(session.carrier.request(request), (error) => (session.problem.value = error));
    if (answer) download(answer.head.name, answer.head.type, answer.head.text);
  };
  return (
    <div class="exports row" role="group" aria-label="Save">
      <span>Save as</span>
      {FORMS.map(([form, title]) => (
        <button type="button" key={form} data-export={form} onClick={() => save(form)}>
          {title}
        </button>
      ))}
    </div>
  );
}

function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
