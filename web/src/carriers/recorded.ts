// The carrier of an exported page: replies recorded in the page itself, no engine behind it.
import { signal } from "@preact/signals";
import type { Answer } from "../frames";
import type { Reply, Request } from "../protocol";
import { refused, type Carrier, type Connection, type ReplyTo } from "./carrier";

/** One request's distinguishing fields with its reply; buffers are Float64 in base64. */
export interface Recorded {
  request: Record<string, unknown>;
  head: Reply;
  buffers: string[];
}

export interface Recording {
  replies: Recorded[];
}

// What tells two requests of a kind apart; the rest (state, width, key) is fixed in a recording.
const TELLING: Record<string, string[]> = {
  layout: ["turn"],
  step: ["step"],
  why: ["node", "entry"],
  lesson: ["slug"],
  export: ["form"],
};

export function recordedCarrier(recording: Recording): Carrier {
  const replies = new Map(recording.replies.map((recorded) => [named(recorded.request), recorded]));
  const connection = signal<Connection>("recorded");

  async function request<Q extends Request>(message: Q): Promise<Answer<ReplyTo<Q>>> {
    const found = replies.get(named(message as unknown as Record<string, unknown>));
    if (!found) throw refused("gone", "this page holds a recorded walk", "open it in the studio to change it");
    return { head: found.head as ReplyTo<Q>, buffers: found.buffers.map(numbers) };
  }

  return { connection, live: false, edits: signal(0), request };
}

/** The recording inside this page, if there is one. */
export function embedded(): Recording | null {
  const element = document.getElementById("recording");
  return element?.textContent ? (JSON.parse(element.textContent) as Recording) : null;
}

function named(request: Record<string, unknown>): string {
  const kind = String(request["kind"]);
  const telling = (TELLING[kind] ?? []).map((field) => JSON.stringify(request[field] ?? (field === "entry" ? [] : 0)));
  return [kind, ...telling].join(" ");
}

function numbers(base64: string): ArrayBuffer {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return bytes.buffer;
}
