// A carrier that opens again what the kernel has let go: a server that was started anew knows no walk of this page.
import { computed, effect, signal } from "@preact/signals";
import type { Answer } from "../frames";
import type { OpenRequest, Request, WalkReply } from "../protocol";
import { Refused, refused, type Carrier, type ReplyTo } from "./carrier";

const KEPT = 24; // walks that can be opened again

export function reopening(carrier: Carrier): Carrier {
  const opened = new Map<string, OpenRequest>(); // by the walk's key, the latest last
  const newest = new Map<string, Request>(); // by channel
  const underway = new Map<string, Promise<Answer<WalkReply>>>();
  const changes = signal(0);

  async function request<Q extends Request>(message: Q, channel?: string): Promise<Answer<ReplyTo<Q>>> {
    if (channel) newest.set(channel, message);
    const answer = await carrier.request(message, channel).catch(async (error: unknown) => {
      const key = keyOf(message);
      if (!isGone(error) || !opened.has(key)) throw error;
      await reopen(key);
      if (channel && newest.get(channel) !== message) throw refused("superseded", "a later request took its place");
      return carrier.request(message, channel);
    });
    if (message.kind === "open") remember((answer.head as WalkReply).key, message);
    return answer;
  }

  function remember(key: string, message: OpenRequest): void {
    opened.delete(key);
    opened.set(key, message);
    const [oldest = ""] = opened.keys();
    if (opened.size > KEPT) opened.delete(oldest);
  }

  /** A script may have changed meanwhile: then its walk is another one, and the page is told as of any edit. */
  async function reopen(key: string): Promise<void> {
    const asked =
      underway.get(key) ?? carrier.request(opened.get(key) as OpenRequest).finally(() => underway.delete(key));
    underway.set(key, asked);
    const { head } = await asked;
    if (head.key === key) return;
    changes.value++;
    throw refused("superseded", "the script has another walk now");
  }

  /** A server that was started anew follows the script only for pages that have opened it. */
  function reopenScript(): void {
    const [key] = [...opened].reverse().find(([, { source }]) => source.script) ?? [];
    if (key) void reopen(key).catch(() => undefined);
  }

  let wasOpen = false;
  effect(() => {
    const isOpen = carrier.connection.value === "open";
    if (isOpen && !wasOpen) reopenScript();
    wasOpen = isOpen;
  });

  return {
    connection: carrier.connection,
    live: carrier.live,
    edits: computed(() => carrier.edits.value + changes.value),
    request,
  };
}

function isGone(error: unknown): boolean {
  return error instanceof Refused && error.reply.code === "gone";
}

/** The key of the walk that a request is about. */
function keyOf(message: Request): string {
  return "state" in message ? message.state.key : "key" in message ? message.key : "";
}
