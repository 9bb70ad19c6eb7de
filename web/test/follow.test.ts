import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pacer } from "../src/follow";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the pace of questions", () => {
  /** Asks numbered questions; each answer takes so many milliseconds. */
  function asking(isDragged: boolean, takes = 10) {
    const dragging = signal(isDragged);
    const soon = pacer(dragging);
    const asked: string[] = [];
    const ask = (name: string, question: number) =>
      soon(name, () => {
        asked.push(`${name} ${question}`);
        return new Promise((answered) => setTimeout(answered, takes));
      });
    return { ask, asked };
  }

  it("is at once while nothing is dragged", () => {
    const { ask, asked } = asking(false);
    [1, 2].forEach((question) => ask("why", question));
    expect(asked).toEqual(["why 1", "why 2"]);
  });

  it("leaves nineteen times as long as the answers took to the numbers, and then asks the latest of each name", async () => {
    const { ask, asked } = asking(true);
    for (let at = 0; at < 300; at += 15) {
      ask("step", at);
      ask("why", at);
      await vi.advanceTimersByTimeAsync(15);
    }
    expect(asked).toEqual([0, 195].flatMap((at) => [`step ${at}`, `why ${at}`]));
  });

  it("doesn't hold a drag up for what an answer took before it", async () => {
    const dragging = signal(false);
    const soon = pacer(dragging);
    soon("why", () => new Promise((answered) => setTimeout(answered, 500)));
    await vi.advanceTimersByTimeAsync(500);
    dragging.value = true;
    const asked = vi.fn(() => Promise.resolve());
    soon("why", asked);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveBeenCalled();
  });

  it("asks when the hand rests", async () => {
    const { ask, asked } = asking(true, 30);
    ask("why", 1);
    await vi.advanceTimersByTimeAsync(15);
    ask("why", 2);
    await vi.advanceTimersByTimeAsync(149);
    expect(asked).toEqual(["why 1"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(["why 1", "why 2"]);
  });
});
