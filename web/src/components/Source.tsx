// The source lines, the current one marked and the exact columns in it.
import { useEffect, useRef } from "preact/hooks";
import { columns, sourcePlace } from "../pointing";
import type { Session } from "../session";

export function Source({ session }: { session: Session }) {
  const { file, place } = sourcePlace(session);
  const text = session.walk.files[file];
  if (!text) return null;
  return (
    <section role="group" class="panel source" aria-label={`Source: ${file}`}>
      <h3>{file}</h3>
      <ol>
        {text
          .replace(/\n$/, "")
          .split("\n")
          .map((line, index) => (
            <Line key={index} text={line} marked={columns(place, index + 1, line)} />
          ))}
      </ol>
    </section>
  );
}

function Line({ text, marked }: { text: string; marked: [number, number] | null }) {
  const current = marked !== null;
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const list = element.current?.parentElement;
    if (!current || !list || !element.current) return;
    const { offsetTop, offsetHeight } = element.current;
    if (offsetTop < list.scrollTop || offsetTop + offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = offsetTop - list.clientHeight / 2;
  }, [current]);
  return (
    <li ref={element} class={current ? "current" : ""} aria-current={current ? "step" : undefined}>
      <code>
        {marked ? (
          <>
            {text.slice(0, marked[0])}
            <mark>{text.slice(...marked)}</mark>
            {text.slice(marked[1])}
          </>
        ) : (
          text || " "
        )}
      </code>
    </li>
  );
}
