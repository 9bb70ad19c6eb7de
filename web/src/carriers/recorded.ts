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
  /** For which the picture was laid out, the widest first. */
  widths: number[];
  replies: Recorded[];
}

// What tells two requests of a kind apart; the rest (state, key) is fixed in a recording.
const TELLING: Record<string, string[]> = {
  layout: ["turn", "width"],
  check: ["turn"],
  step: ["step"],
  why: ["node", "entry"],
  lesson: ["slug"],
  export: ["form"],
};

export function recordedCarrier({ widths, replies: recorded }: Recording): Carrier {
  const replies = new Map(recorded.map((reply) => [named(reply.request), reply]));
  const connection = signal<Connection>("recorded");

  function reply(asked: Record<string, unknown>): Recorded {
    const found = replies.get(named({ ...asked, width: fitting(widths, asked["width"]) }));
    if (!found) throw refused("gone", "this page holds a recorded walk", "open it in the studio to change it");
    return found;
  }

  async function request<Q extends Request>(message: Q): Promise<Answer<ReplyTo<Q>>> {
    const { head, buffers } = reply({ ...message });
    const picture = message.kind === "open" ? reply({ ...message, kind: "layout" }).head : {};
    return { head: { ...picture, ...head } as ReplyTo<Q>, buffers: buffers.map(numbers) };
  }

  return { connection, live: false, edits: signal(0), request };
}

/** The recording inside this page, if there is one. */
export function embedded(): Recording | null {
  const element = document.getElementById("recording");
  return element?.textContent ? (JSON.parse(element.textContent) as Recording) : null;
}

/** The widest picture that fits, else the narrowest. */
function fitting(widths: number[], room: unknown): number | undefined {
  return widths.find((width) => width <= Number(room)) ?? widths[widths.length - 1];
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
