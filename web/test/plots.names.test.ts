import { describe, expect, it } from "vitest";
import { freeNames, leftSide, lowered, outputName } from "../src/components/plots/names";

describe("free names of a formula", () => {
  it.each([
    ["(3*x + 1)**2", ["x"]],
    ["x**2 + 2*y**2", ["x", "y"]],
    ["tanh(x**2)**2", ["x"]],
    ["np.sin(t)*exp(-t/4)", ["t"]],
    ["2*pi*r", ["r"]],
    ["u = 3*x\nu**2", ["x"]],
    ["1e-3*x + 2e5", ["x"]],
    ["sum(x, dim=0)", ["x"]],
    ["x.sum()", ["x"]],
    ["", []],
  ])("%s", (formula, names) => expect(freeNames(formula)).toEqual(names));
  it("names the left side unless the formula does", () => {
    expect(leftSide("x**2", ["x"])).toBe("f(x)");
    expect(leftSide("y = x**2", ["x"])).toBe("");
    expect(lowered("u12")).toBe("u₁₂");
    expect(leftSide("w1*x", ["w1"])).toBe("f(w₁)");
  });
  it.each([
    ["x**2", "f"],
    ["u = 3*x\nu**2", "f"],
    ["y = x**2", "y"],
    ["gap = x - 1\na1 = gap == 0\n", "a₁"],
  ])("names the output of %s", (formula, name) => {
    expect(outputName(formula)).toBe(name);
  });
});
