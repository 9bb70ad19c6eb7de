// Keeping the score of a practice: pure functions from what has become of each question to what is asked next.
import type { QuestionInfo } from "./protocol";

/** What became of a question: right at the first try, right after a hint, or shown. */
export type Outcome = "first" | "later" | "shown";

export interface Progress {
  /** By the question's place in the list; those still to come are missing. */
  outcomes: Readonly<Record<number, Outcome>>;
  /** Wrong tries at the question that is asked now. */
  wrong: number;
}

export const BEGUN: Progress = { outcomes: {}, wrong: 0 };

/** The place of the question that is asked now; −1 when none is left. */
export function current(questions: readonly QuestionInfo[], { outcomes }: Progress): number {
  return questions.findIndex((_, place) => !(place in outcomes));
}

/** After an answer to the question at a place: a wrong one may be tried again. */
export function judged(progress: Progress, place: number, isRight: boolean): Progress {
  if (!isRight) return { ...progress, wrong: progress.wrong + 1 };
  return settled(progress, place, progress.wrong > 0 ? "later" : "first");
}

/** After giving up a question. */
export function revealed(progress: Progress, place: number): Progress {
  return settled(progress, place, "shown");
}

/** After moving to a position: every number up to there that nobody predicted has been shown. */
export function passed(questions: readonly QuestionInfo[], progress: Progress, position: number): Progress {
  return questions.reduce(
    (now, { step }, place) => (step <= position && !(place in now.outcomes) ? revealed(now, place) : now),
    progress,
  );
}

function settled({ outcomes }: Progress, place: number, outcome: Outcome): Progress {
  return { outcomes: { ...outcomes, [place]: outcome }, wrong: 0 };
}

/** Where the walk stands while a question is asked: just before its number arises; at the end when none is left. */
export function positionFor(questions: readonly QuestionInfo[], progress: Progress, last: number): number {
  const next = questions[current(questions, progress)];
  return next ? next.step - 1 : last;
}

/** How many questions ended in each way, and how many are still to come. */
export function tally(questions: readonly QuestionInfo[], { outcomes }: Progress): Record<Outcome | "open", number> {
  const count = (wanted: Outcome | undefined) => questions.filter((_, place) => outcomes[place] === wanted).length;
  return { first: count("first"), later: count("later"), shown: count("shown"), open: count(undefined) };
}
