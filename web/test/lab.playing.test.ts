import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Carrier } from "../src/carriers/carrier";
import { player } from "../src/lab/playing";
import { go, runOf, type Run } from "../src/lab/run";
import type { LabRequest, PictureRequest } from "../src/protocol";

const LAST = 100;
let now = 0;
let frames: FrameRequestCallback[] = [];
type Asked = { message: LabRequest | PictureRequest; answer: () => void };
let asked: Asked[] = [];
let step = 0;

/** A kernel that trains one step for each request, and answers when the test says so. */
const carrier = {
  connection: signal("open"),
  live: true,
  edits: signal(0),
  request: (message: LabRequest | PictureRequest) =>
    new Promise((resolve) => {
      const answer = () => {
        if (message.seconds) step = Math.min(step + 1, LAST, message.until ?? LAST);
        const stands = { kind: message.kind, key: "k", step, phase: "", piece: 0, last: LAST, stopped: "" };
        const boundary = { name: "boundary", shape: [1], low: 0, high: 1, note: "" };
        if (message.kind === "picture")
          resolve({ head: { ...stands, boundary }, buffers: [Float32Array.of(step + 0.5).buffer] });
        else
          resolve({
            head: { ...stands, furthest: step, layers: [], parts: [boundary] },
            buffers: [Float64Array.of(step).buffer],
          });
      };
      asked.push({ message, answer });
    }),
} as unknown as Carrier;

const settled = () => new Promise((done) => setTimeout(done));

async function paint(milliseconds: number): Promise<void> {
  now += milliseconds;
  for (const frame of frames.splice(0)) frame(now);
  await settled();
}

async function answer(): Promise<void> {
  asked.shift()?.answer();
  await settled();
}

const isQuick = ({ message }: Asked) => message.kind === "picture";

async function standing(): Promise<Run> {
  const run = runOf(carrier, { settings: {} } as never);
  void go(run, { step: 0, phase: "", piece: 0 });
  await answer();
  return run;
}

describe("playing", () => {
  beforeEach(() => {
    [now, frames, asked, step] = [1000, [], [], 0];
    vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
  });
  afterEach(() => vi.unstubAllGlobals());

  it("keeps two questions on their way, and wakes the browser only for an answer", async () => {
    const run = await standing();
    player().play([run], "full");
    await paint(16);
    expect(asked).toHaveLength(1);
    await paint(16);
    expect(asked).toHaveLength(1); // not sooner than the clock
    await paint(16);
    expect(asked).toHaveLength(2);
    await paint(16);
    expect(frames).toHaveLength(0);
    await answer();
    await paint(16);
    expect(asked).toHaveLength(2);
  });

  it("asks for the boundary with every picture, for the rest some times a second, and for all of the last one", async () => {
    const run = await standing();
    const { play, pause } = player();
    play([run], "full");
    const quick = [];
    for (let k = 0; k < 24; k++) {
      await paint(16);
      if (asked[0]) quick.push(isQuick(asked[0]));
      await answer();
    }
    expect(quick.filter((is) => is).length).toBeGreaterThan(quick.filter((is) => !is).length);
    expect(quick.filter((is) => !is)).toHaveLength(2);
    expect(run.picture.value?.values[0]).toBe(step + 0.5);
    expect(run.frame.value?.reply.step).toBeLessThan(step);
    pause();
    while (asked.length) await answer();
    expect(run.frame.value?.reply.step).toBe(step);
    expect(run.picture.value?.values[0]).toBe(step);
  });

  it("stays where the reader goes meanwhile", async () => {
    const run = await standing();
    const { play, pause } = player();
    play([run], "full");
    for (let k = 0; k < 6; k++) await paint(16);
    pause();
    step = 7;
    void go(run, { step: 7, phase: "", piece: 0 });
    const messages = asked.map(({ message }) => message);
    while (asked.length) await answer();
    expect(messages.filter(({ seconds }) => seconds === 0)).toHaveLength(1);
    expect(run.frame.value?.reply.step).toBe(step);
  });

  it("ends by itself with the whole last frame", async () => {
    const run = await standing();
    step = LAST - 2;
    const { play, playing } = player();
    play([run], "full");
    for (let k = 0; k < 12; k++) {
      await paint(40);
      await answer();
    }
    expect(playing.value).toBe(false);
    expect([run.frame.value?.reply.step, asked.length]).toEqual([LAST, 0]);
  });
});
