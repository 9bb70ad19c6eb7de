import { describe, expect, it } from "vitest";
import { exact, full, plotted, shown, steady, typed } from "../src/numbers";

describe("numbers as a reader sees them", () => {
  it.each([
    [-0.1871749357314132, "−0.1872"],
    [2, "2"],
    [-4, "−4"],
    [1e-12, "1e−12"],
    [0.5, "0.5"],
    [12345.678, "1.235e4"],
    [1234.5, "1234"],
    [1235.5, "1236"],
    [0.28125, "0.2812"],
    [-2.00005, "−2"],
    [-0, "0"],
    [NaN, "nan"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
    [0.00012345, "0.0001234"],
    [0.00001, "1e−5"],
    [1000, "1000"],
    [100000, "1e5"],
  ])("%d is shown as %s", (value, text) => expect(shown(value)).toBe(text));
  it.each([
    [0, "0"],
    [-0, "0"],
    [1.2346e-7, "1.235e−7"],
    [-Infinity, "−∞"],
    [NaN, "undefined"],
  ])("%d is %s on a plot", (value, text) => expect(plotted(value)).toBe(text));
  it("keeps trailing zeros while a number is dragged", () => {
    expect([steady(0.5), steady(0.51), steady(-2)]).toEqual(["0.5000", "0.5100", "−2.000"]);
  });
  it("tells everything in a title and on copy", () => {
    expect(full(-0.1871749357314132)).toBe("−0.1871749357314132");
    expect(exact(-0.1871749357314132)).toBe("-0.1871749357314132");
  });
  it("reads what a person types", () => {
    expect([typed("−2"), typed("0,5"), typed(" 1e-3 "), typed(".5"), typed("2x"), typed("")]).toEqual([
      -2,
      0.5,
      0.001,
      0.5,
      null,
      null,
    ]);
    expect([typed("1e400"), typed("−1e400")]).toEqual([null, null]); // infinity isn't what was typed
  });
});
