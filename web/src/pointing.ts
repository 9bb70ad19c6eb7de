// Where in the source the reader is: what is pointed at, else what the current step computes or crosses.
import type { Session } from "./session";
import { receiver } from "./state";

export interface SourcePlace {
  file: string;
  /** First line, column, last line, column; empty when nothing is known. */
  place: number[];
}

export function sourcePlace(session: Session): SourcePlace {
  const step = session.walk.steps[session.position.value];
  const subject = step && session.walk.nodes[step.phase === "backward" ? step.node : receiver(step)];
  const pointed = session.walk.nodes[session.hovered.value?.node ?? -1];
  const node = pointed?.place.length ? pointed : subject;
  return { file: node?.file || Object.keys(session.walk.files)[0] || "", place: node?.place ?? [] };
}

/** The columns of one line that a place covers; null where it covers none of it. */
export function columns(
  [line = 0, column = 0, endLine = 0, endColumn = 0]: number[],
  number: number,
  text: string,
): [number, number] | null {
  if (line === 0 || number < line || number > endLine) return null;
  return [number === line ? column : 0, number === endLine ? endColumn : text.length];
}
