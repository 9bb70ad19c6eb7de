// One lesson: prose from Python with its numbers filled in, and components mounted where it asks for them.
import { useEffect, useRef, useState } from "preact/hooks";
import { latest, type Carrier } from "../carriers/carrier";
import { hydrate } from "../hydrate";
import { finish } from "../progress";
import type { ErrorReply, LessonInfo, LessonReply } from "../protocol";
import { Meaning } from "./Meaning";
import { Problem } from "./Problem";
import { useKeptPlace } from "./useKeptPlace";
import { Waiting } from "./Waiting";

export function Lesson({ carrier, slug }: { carrier: Carrier; slug: string }) {
  const [lesson, setLesson] = useState<LessonReply | null>(null);
  const [course, setCourse] = useState<LessonInfo[]>([]);
  const [problem, setProblem] = useState<ErrorReply | null>(null);
  useKeptPlace(lesson !== null);
  useEffect(
    () =>
      void latest(carrier.request({ kind: "lesson", slug }), setProblem).then(
        (found) => found && setLesson(found.head),
      ),
    [carrier, slug],
  );
  useEffect(
    () =>
      void latest(carrier.request({ kind: "catalogue" }), setProblem).then(
        (found) => found && setCourse(found.head.lessons),
      ),
    [carrier],
  );
  useEffect(() => void (lesson && (document.title = `${lesson.title} · gradwalk`)), [lesson]);
  const place = course.findIndex((one) => one.slug === slug);
  return (
    <article class="lesson">
      <p class="note">
        <a href="#lessons">All lessons</a>
        {place >= 0 && ` · ${place + 1} of ${course.length}`}
      </p>
      {problem && <h1>Lesson</h1>}
      <Problem problem={problem} />
      {lesson && <Title text={lesson.title} />}
      {lesson ? <Prose carrier={carrier} html={lesson.html} /> : !problem && <Waiting text="Fetching the lesson …" />}
      {lesson && <End lesson={lesson} course={course} />}
    </article>
  );
}

/** The title takes the focus, so that a screen reader starts there and the first Tab goes into the lesson. */
function Title({ text }: { text: string }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), [text]);
  return (
    <h1 ref={title} tabindex={-1}>
      {text}
    </h1>
  );
}

function Prose({ carrier, html }: { carrier: Carrier; html: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current ? hydrate(place.current, carrier) : undefined), [html, carrier]);
  return (
    <>
      <div ref={place} class="prose" dangerouslySetInnerHTML={{ __html: html }} />
      <Meaning place={place} />
    </>
  );
}

/** Whoever sees the end of a lesson has read it. */
function End({ lesson, course }: { lesson: LessonReply; course: LessonInfo[] }) {
  const end = useRef<HTMLElement>(null);
  useEffect(() => {
    const watcher = new IntersectionObserver(
      (seen) => seen.some((entry) => entry.isIntersecting) && finish(lesson.slug),
    );
    if (end.current) watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [lesson.slug]);
  const title = (slug: string) => course.find((one) => one.slug === slug)?.title ?? "";
  return (
    <nav ref={end} class="row turns" aria-label="Other lessons">
      {lesson.previous && (
        <a href={`#lessons/${lesson.previous}`}>
          <span class="note">← Previous</span>
          <b>{title(lesson.previous)}</b>
        </a>
      )}
      {lesson.next && (
        <a class="next" href={`#lessons/${lesson.next}`}>
          <span class="note">Next →</span>
          <b>{title(lesson.next)}</b>
        </a>
      )}
      {!lesson.next && (
        <a class="next" href="#lessons">
          <span class="note">The end of the course</span>
          <b>All lessons</b>
        </a>
      )}
    </nav>
  );
}
