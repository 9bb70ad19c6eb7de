import { expect, it } from "vitest";
import { sentence } from "../src/words";

it("makes a sentence of the engine's words", () => {
  expect(sentence("this ( is never closed")).toBe("This ( is never closed.");
  expect(sentence("a sign is missing")).toBe("A sign is missing.");
  expect(sentence("give it one: x=…")).toBe("Give it one: x=…");
});

it("leaves a name as its reader wrote it", () => {
  expect(sentence("x has no value")).toBe("x has no value.");
  expect(sentence("w1 and b have no value")).toBe("w1 and b have no value.");
  expect(sentence("ŷ has no value")).toBe("ŷ has no value.");
  expect(sentence("rate has no value", "y = rate * t")).toBe("rate has no value.");
  expect(sentence("where(condition, a, b) chooses")).toBe("where(condition, a, b) chooses.");
  expect(sentence("rates are positive", "y = rate * t")).toBe("Rates are positive.");
});
