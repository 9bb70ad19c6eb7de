// The course: a list of lessons, and one lesson with its components brought to life.
import { useEffect, useState } from "preact/hooks";
import { latest, type Carrier } from "../carriers/carrier";
import { Lesson } from "../components/Lesson";
import { Problem } from "../components/Problem";
import { Waiting } from "../components/Waiting";
import { done } from "../progress";
import type { ErrorReply, LessonInfo } from "../protocol";

export function Lessons({ carrier, parameters }: { carrier: Carrier; parameters: URLSearchParams }) {
  const slug = parameters.get("lesson");
  return slug ? <Lesson key={slug} carrier={carrier} slug={slug} /> : <List carrier={carrier} />;
}

function List({ carrier }: { carrier: Carrier }) {
  const [lessons, setLessons] = useState<LessonInfo[] | null>(null);
  const [problem, setProblem] = useState<ErrorReply | null>(null);
  useEffect(
    () =>
      void latest(carrier.request({ kind: "catalogue" }), setProblem).then(
        (found) => found && setLessons(found.head.lessons),
      ),
    [carrier],
  );
  useEffect(() => void (document.title = "Lessons · gradwalk"), []);
  const read = (lessons ?? []).filter(({ slug }) => done.value.has(slug)).length;
  return (
    <div class="course">
      <h1>Lessons</h1>
      {lessons && read > 0 && <p class="note score" role="status">{`${read} of ${lessons.length} read`}</p>}
      <Problem problem={problem} />
      {!lessons && !problem && <Waiting text="Fetching the lessons …" />}
      {lessons?.length === 0 && <p>There are no lessons in this installation.</p>}
      <ol>
        {lessons?.map(({ slug, title, summary }, index) => (
          <li key={slug}>
            <a href={`#lessons/${slug}`}>
              <span class="number tabular">{index + 1}</span>
              <span>
                <b>{title}</b>
                <span class="note">{summary}</span>
              </span>
              {done.value.has(slug) && (
                <span class="done" title="read">
                  ✓<span class="unseen"> read</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ol>
    </div>
  );
}
