import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { socketCarrier } from "../src/carriers/socket";
import { decode, encode, type Head } from "../src/frames";
import type { ValuesRequest } from "../src/protocol";

/** A server's end: what it was sent, and the means to answer. */
class FakeSocket {
  static last: FakeSocket;
  sent: Head[] = [];
  onopen = () => undefined;
  onclose = () => undefined;
  onmessage = (_event: { data: ArrayBuffer }) => undefined;
  constructor() {
    FakeSocket.last = this;
  }
  send(frame: ArrayBuffer): void {
    this.sent.push(decode(frame).head);
  }
  answer(head: Record<string, unknown>): void {
    this.onmessage({ data: encode(head) });
  }
}

const asked = (leaf: number): ValuesRequest => ({
  kind: "values",
  state: { key: "k", leaves: { "0": leaf }, rounding: null },
});
const leaves = () => FakeSocket.last.sent.map((head) => (head as unknown as ValuesRequest).state.leaves?.["0"]);
const outcome = (pending: Promise<{ head: { key: string } }>) =>
  pending.then(
    ({ head }) => head.key,
    (error: { reply: { code: string } }) => error.reply.code,
  );

beforeEach(() => vi.stubGlobal("WebSocket", FakeSocket));
afterEach(() => vi.unstubAllGlobals());

describe("the carrier over a socket", () => {
  const opened = () => {
    const carrier = socketCarrier("ws://studio");
    FakeSocket.last.onopen();
    return carrier;
  };

  it("has one request of a channel under way, and sends the latest when that is answered", async () => {
    const carrier = opened();
    const outcomes = [1, 2, 3].map((leaf) => outcome(carrier.request(asked(leaf), "values")));
    expect(leaves()).toEqual([1]);
    FakeSocket.last.answer({ id: 1, kind: "values", key: "first" });
    expect(leaves()).toEqual([1, 3]);
    FakeSocket.last.answer({ id: 3, kind: "values", key: "third" });
    expect(await Promise.all(outcomes)).toEqual(["first", "superseded", "third"]);
  });
  it("goes on after a refusal", async () => {
    const carrier = opened();
    const outcomes = [1, 2].map((leaf) => outcome(carrier.request(asked(leaf), "values")));
    FakeSocket.last.answer({ id: 1, kind: "error", code: "walk" });
    FakeSocket.last.answer({ id: 2, kind: "values", key: "second" });
    expect(await Promise.all(outcomes)).toEqual(["walk", "second"]);
  });
  it("keeps channels apart, and requests without one", () => {
    const carrier = opened();
    for (const channel of ["a", "b", undefined, undefined]) void carrier.request(asked(7), channel);
    expect(leaves()).toEqual([7, 7, 7, 7]);
  });
  it("asks again what was under way when the connection was lost", () => {
    vi.useFakeTimers();
    const carrier = opened();
    void carrier.request(asked(1), "values");
    void carrier.request(asked(2), "values");
    FakeSocket.last.onclose();
    vi.runOnlyPendingTimers();
    FakeSocket.last.onopen();
    expect(leaves()).toEqual([1]);
    vi.useRealTimers();
  });
});
