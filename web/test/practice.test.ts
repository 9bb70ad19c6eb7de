import { describe, expect, it } from "vitest";
import { BEGUN, current, judged, passed, positionFor, revealed, tally } from "../src/practice";
import type { QuestionInfo } from "../src/protocol";

const question = (step: number, asked: QuestionInfo["asked"]): QuestionInfo => ({
  step,
  asked,
  text: "",
  symbol: "",
  expected: 0,
});
// Two values, then an edge that is asked for three numbers; step 2 is about a tensor, and nothing is asked there.
const questions = [
  question(0, "value"),
  question(1, "value"),
  question(3, "local"),
  question(3, "contribution"),
  question(3, "total"),
];

describe("practice", () => {
  it("asks one number after the other, each just before it arises", () => {
    let now = BEGUN;
    const seen = questions.map(() => {
      const at = [current(questions, now), positionFor(questions, now, 4)];
      now = judged(now, at[0] ?? -1, true);
      return at;
    });
    expect(seen).toEqual([
      [0, -1],
      [1, 0],
      [2, 2],
      [3, 2],
      [4, 2],
    ]);
    expect([current(questions, now), positionFor(questions, now, 4)]).toEqual([-1, 4]);
    expect(tally(questions, now)).toEqual({ first: 5, later: 0, shown: 0, open: 0 });
  });
  it("tells a second try from a first, for each question anew", () => {
    const hinted = judged(judged(judged(BEGUN, 0, false), 0, false), 0, true);
    expect(hinted.outcomes).toEqual({ 0: "later" });
    expect(judged(hinted, 1, true).outcomes).toEqual({ 0: "later", 1: "first" });
  });
  it("counts what was given up apart, even after a wrong try", () => {
    expect(tally(questions, revealed(judged(BEGUN, 0, false), 0))).toEqual({ first: 0, later: 0, shown: 1, open: 4 });
  });
  it("counts what one steps past as shown, and keeps what was answered", () => {
    const now = passed(questions, judged(BEGUN, 0, true), 2);
    expect(now.outcomes).toEqual({ 0: "first", 1: "shown" });
    expect(passed(questions, now, 2)).toBe(now);
    expect(tally(questions, passed(questions, now, 4))).toEqual({ first: 1, later: 0, shown: 4, open: 0 });
  });
  it("asks the rest of an edge, when its first number was given up", () => {
    const now = revealed(passed(questions, BEGUN, 2), 2);
    expect([current(questions, now), positionFor(questions, now, 4)]).toEqual([3, 2]);
  });
});
