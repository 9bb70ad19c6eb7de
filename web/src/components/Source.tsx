// The source lines, the current one marked and the exact columns in it.
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../session";
import { receiver } from "../state";

export function Source({ session }: { session: Session }) {
  const step = session.walk.steps[session.position.value];
  const subject = step && session.walk.nodes[step.phase === "backward" ? step.node : receiver(step)];
  const hovered = session.hovered.value;
  const pointed = hovered && session.walk.nodes[hovered.node];
  const node = pointed?.place.length ? pointed : subject;
  const file = node?.file || Object.keys(session.walk.files)[0] || "";
  const text = session.walk.files[file];
  if (!text) return null;
  return (
    <section role="group" class="panel source" aria-label={`Source: ${file}`}>
      <h3>{file}</h3>
      <ol>
        {text.replace(/\n$/, "").split("\n").map((line, index) => (
          <Line key={index} text={line} number={index + 1} place={node?.file === file ? node.place : []} />
        ))}
      </ol>
    </section>
  );
}

function Line({ text, number, place }: { text: string; number: number; place: number[] }) {
  const [line = 0, column = 0, endLine = 0, endColumn = 0] = place;
  const current = line <= number && number <= endLine && line > 0;
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const list = element.current?.parentElement;
    if (!current || !list || !element.current) return;
    const { offsetTop, offsetHeight } = element.current;
    if (offsetTop < list.scrollTop || offsetTop + offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = offsetTop - list.clientHeight / 2;
  }, [current]);
  const [start, end] = [number === line ? column : 0, number === endLine ? endColumn : text.length];
  return (
    <li ref={element} class={current ? "current" : ""} aria-current={current ? "step" : undefined}>
      <code>{current ? <>{text.slice(0, start)}<mark>{text.slice(start, end)}</mark>{text.slice(end)}</> : text || " "}</code>
    </li>
  );
}
