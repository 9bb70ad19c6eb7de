// Where a plot's numbers come from: a carrier, of whose channel the latest question wins.
import type { ErrorReply, Reply, Request } from "../../protocol";

/** A reply's head with its buffers, raw or already as numbers. */
export interface Answer {
  head: Reply;
  buffers: (ArrayBuffer | Float64Array)[];
}

/** All that a plot needs to know of a carrier. A refusal comes as an error reply, or as a rejection that carries one. */
export interface NumberSource {
  request(message: Request, channel?: string): Promise<Answer>;
}

/** What became of one question: the answer as numbers, or what went wrong. */
export interface Outcome<Question extends Request, Found extends Reply> {
  question: Question;
  reply: Found;
  numbers: Float64Array[];
}

/** An error in the words of the front end, for when the kernel itself can't be reached. */
export function unreachable(reason: unknown): ErrorReply {
  const why = reason instanceof Error && reason.message ? ` (${reason.message})` : "";
  return {
    kind: "error",
    code: "internal",
    sentence: `The engine doesn't answer${why}.`,
    cure: "See whether gradwalk still runs, then reload this page.",
    place: [],
    missing: [],
    setting: "",
    entry: "",
  };
}

/** The error that a rejected request carries, or one that says that nobody answers. */
export function errorIn(reason: unknown): ErrorReply {
  const reply = (reason as { reply?: ErrorReply } | null)?.reply;
  return reply?.kind === "error" ? reply : unreachable(reason);
}

/** Buffers as Float64 numbers. */
export function numbersIn(buffers: Answer["buffers"]): Float64Array[] {
  return buffers.map((buffer) => (buffer instanceof Float64Array ? buffer : new Float64Array(buffer)));
}

/** A head whose missing numbers are NaN: JSON has no NaN, so the engine writes null. No text or list in a plot's reply is null. */
export function withNaN<Head>(head: Head): Head {
  if (head === null) return NaN as Head;
  if (Array.isArray(head)) return head.map(withNaN) as Head;
  if (typeof head !== "object") return head;
  return Object.fromEntries(Object.entries(head as object).map(([name, value]) => [name, withNaN(value)])) as Head;
}
