// The carrier to the local server: one WebSocket, several requests in flight, reconnecting when it is lost.
import { signal } from "@preact/signals";
import { decode, encode, type Answer } from "../frames";
import { LARGEST, type ErrorReply, type Reply, type Request } from "../protocol";
import { Refused, refused, type Carrier, type Connection, type ReplyTo } from "./carrier";

interface Asked {
  id: number;
  channel: string | undefined;
  frame: ArrayBuffer;
  resolve(answer: Answer): void;
  reject(error: Refused): void;
}

const FIRST_WAIT = 250;
const LONGEST_WAIT = 8000;
const UNASKED = -1; // the id of what the server sends by itself: the script was edited

export function socketCarrier(address = socketAddress()): Carrier {
  const connection = signal<Connection>("connecting");
  const edits = signal(0);
  const pending = new Map<number, Asked>();
  const waiting = new Map<string, Asked>(); // of each channel the latest request, while an earlier one is under way
  let socket: WebSocket | null = null;
  let wait = FIRST_WAIT;
  let next = 1;

  function connect(): void {
    const opened = new WebSocket(address);
    opened.binaryType = "arraybuffer";
    opened.onopen = () => {
      connection.value = "open";
      wait = FIRST_WAIT;
      socket = opened;
      // What was asked before the connection stood (or was lost with it) is asked again.
      for (const { frame } of pending.values()) opened.send(frame);
    };
    opened.onmessage = (event: MessageEvent<ArrayBuffer>) => settle(event.data);
    opened.onclose = lose;
  }

  function lose(): void {
    socket = null;
    connection.value = "lost";
    void isRefused().then((is) => is && !socket && (connection.value = "refused"));
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }

  function settle(frame: ArrayBuffer): void {
    const { head, buffers } = decode(frame);
    if (head.id === UNASKED) return void edits.value++;
    const asked = pending.get(head.id);
    if (!asked) return;
    pending.delete(head.id);
    admit(asked.channel);
    const reply = head as unknown as Reply;
    if (reply.kind === "error") asked.reject(new Refused(reply as ErrorReply));
    else asked.resolve({ head: reply, buffers });
  }

  /** A channel's next request is sent when the one before it is answered: then there are as many as the kernel keeps up with. */
  function admit(channel: string | undefined): void {
    const following = channel && waiting.get(channel);
    if (!following) return;
    waiting.delete(channel);
    send(following);
  }

  function send(asked: Asked): void {
    pending.set(asked.id, asked);
    socket?.send(asked.frame);
  }

  function request<Q extends Request>(message: Q, channel?: string): Promise<Answer<ReplyTo<Q>>> {
    const id = next++;
    const frame = encode({ id, ...(channel ? { channel } : {}), ...message });
    if (frame.byteLength > LARGEST)
      return Promise.reject(refused("too-large", "this is more than the studio takes at once", "use a smaller walk"));
    const answer = new Promise<Answer>((resolve, reject) => {
      const asked = { id, channel, frame, resolve, reject };
      if (!channel || !isUnderWay(channel)) return send(asked);
      waiting.get(channel)?.reject(refused("superseded", "a later request took its place"));
      waiting.set(channel, asked);
    });
    return answer as Promise<Answer<ReplyTo<Q>>>;
  }

  function isUnderWay(channel: string): boolean {
    return [...pending.values()].some((asked) => asked.channel === channel);
  }

  connect();
  return { connection, live: true, edits, request };
}

/** Whether a server is there that wants another token; of a failed socket, browsers don't tell why. */
async function isRefused(): Promise<boolean> {
  return fetch("/", { method: "HEAD" }).then(
    ({ status }) => status === 403,
    () => false,
  );
}

function socketAddress(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`;
}
