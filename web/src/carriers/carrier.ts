// How the front end reaches a kernel: it sends requests and gets replies, and knows nothing else about the other side.
import type { ReadonlySignal } from "@preact/signals";
import type { Answer } from "../frames";
import type * as protocol from "../protocol";

/** `refused`: a server answers, but doesn't know this page's token, because it was started anew. */
export type Connection = "connecting" | "open" | "lost" | "refused" | "recorded";

/** Which reply each request gets. */
export interface Replies {
  open: protocol.WalkReply;
  layout: protocol.LayoutReply;
  values: protocol.ValuesReply;
  step: protocol.StepReply;
  why: protocol.WhyReply;
  cost: protocol.CostReply;
  check: protocol.CheckReply;
  compare: protocol.CompareReply;
  practice: protocol.PracticeReply;
  answer: protocol.AnswerReply;
  curve: protocol.CurveReply;
  grid: protocol.GridReply;
  chain: protocol.ChainReply;
  surface: protocol.SurfaceReply;
  export: protocol.ExportReply;
  catalogue: protocol.CatalogueReply;
  lesson: protocol.LessonReply;
  problems: protocol.ProblemsReply;
  health: protocol.HealthReply;
  spread: protocol.SpreadReply;
  pair: protocol.PairReply;
  lab: protocol.LabReply;
  picture: protocol.PictureReply;
  look: protocol.LookReply;
  rows: protocol.RowsReply;
  update: protocol.UpdateReply;
}

export type ReplyTo<Q extends protocol.Request> = Replies[Q["kind"]];

export interface Carrier {
  readonly connection: ReadonlySignal<Connection>;
  /** Whether an engine answers: without one, only what was recorded can be shown. */
  readonly live: boolean;
  /** Counts how often the kernel said by itself that the user's script has another walk now. */
  readonly edits: ReadonlySignal<number>;
  /** The reply, or a `Refused`. A channel has one request under way; of those that come meanwhile only the latest is asked, and the others are `superseded`. */
  request<Q extends protocol.Request>(message: Q, channel?: string): Promise<Answer<ReplyTo<Q>>>;
}

/** The kernel said no: why, where and what helps. */
export class Refused extends Error {
  constructor(readonly reply: protocol.ErrorReply) {
    super(reply.sentence);
  }
}

export function refused(code: protocol.ErrorReply["code"], sentence: string, cure = ""): Refused {
  return new Refused({ kind: "error", code, sentence, cure, place: [], missing: [], setting: "", entry: "" });
}

/** An answer, or nothing when a later request took its place; other failures go on to `failed`. */
export async function latest<T>(pending: Promise<T>, failed: (error: protocol.ErrorReply) => void): Promise<T | null> {
  try {
    return await pending;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.reply.code !== "superseded") failed(error.reply);
    return null;
  }
}
