// One lesson: prose from Python with its numbers filled in, and components mounted where it asks for them.
import { useEffect, useRef, useState } from "preact/hooks";
import { latest, type Carrier } from "../carriers/carrier";
import { hydrate } from "../hydrate";
import { finish } from "../progress";
import type { ErrorReply, LessonReply } from "../protocol";
import { Meaning } from "./Meaning";
import { Problem } from "./Problem";
import { Waiting } from "./Waiting";

export function Lesson({ carrier, slug }: { carrier: Carrier; slug: string }) {
  const [lesson, setLesson] = useState<LessonReply | null>(null);
  const [problem, setProblem] = useState<ErrorReply | null>(null);
  useEffect(() => void latest(carrier.request({ kind: "lesson", slug }), setProblem).then((found) => found && setLesson(found.head)), [carrier, slug]);
  useEffect(() => void (lesson && (document.title = `${lesson.title} · gradwalk`)), [lesson]);
  return (
    <article class="lesson">
      <p class="note"><a href="#lessons">All lessons</a></p>
      {problem && <h1>Lesson</h1>}
      <Problem problem={problem} />
      {lesson ? <Prose carrier={carrier} html={lesson.html} title={lesson.title} /> : !problem && <Waiting text="Fetching the lesson …" />}
      {lesson && <End lesson={lesson} />}
    </article>
  );
}

function Prose({ carrier, html, title }: { carrier: Carrier; html: string; title: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current ? hydrate(place.current, carrier) : undefined), [html, carrier]);
  const hasTitle = /<h1[\s>]/.test(html);
  return <>{!hasTitle && <h1>{title}</h1>}<div ref={place} class="prose" dangerouslySetInnerHTML={{ __html: html }} /><Meaning place={place} /></>;
}

/** Whoever sees the end of a lesson has read it. */
function End({ lesson }: { lesson: LessonReply }) {
  const end = useRef<HTMLElement>(null);
  useEffect(() => {
    const watcher = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && finish(lesson.slug));
    if (end.current) watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [lesson.slug]);
  return (
    <nav ref={end} class="row turns" aria-label="Other lessons">
      {lesson.previous && <a href={`#lessons/${lesson.previous}`}>← Previous</a>}
      {lesson.next && <a href={`#lessons/${lesson.next}`}>Next →</a>}
    </nav>
  );
}
