import { expect, it } from "vitest";
import { mended, read } from "../src/pages/exploring";

const shown = (range: string) => {
  const parameters = new URLSearchParams({ f: "x**2", x: range });
  const [one] = read(parameters).vary;
  return [one && [one.low, one.high, one.at], ...mended(parameters)];
};

it("takes a range as it is in the link", () => {
  expect(shown("x,-1,2,0.5")).toEqual([[-1, 2, 0.5]]);
});

it("says why a range isn't as it is in the link, and what is shown instead", () => {
  expect(shown("x,-1")).toEqual([[-3, 3, 1], "In the link, the range of x is cut off. Shown: −3 to 3, at 1."]);
  expect(shown("x,3,1,2")).toEqual([
    [-3, 3, 1],
    "In the link, the range of x doesn't go from a smaller to a larger number. Shown: −3 to 3, at 1.",
  ]);
  expect(shown("x,a,1,2")).toEqual([
    [-3, 3, 1],
    "In the link, the range of x isn't made of three numbers. Shown: −3 to 3, at 1.",
  ]);
  expect(shown("x,0,1,2")).toEqual([
    [0, 1, 1],
    "In the link, the range of x doesn't reach the place 2. Shown: 0 to 1, at 1.",
  ]);
});
