import { describe, expect, it } from "vitest";
import { equals, full, plain, short, typed } from "../src/components/plots/numbers";
import { freeNames, leftSide, lowered, outputName } from "../src/components/plots/names";

describe("numbers as a reader sees them", () => {
  it.each([[42, "42"], [0.42090000000000316, "0.4209"], [-0.0935874678657066, "−0.09359"], [0, "0"], [-0, "0"], [1.2346e-7, "1.235e−7"], [Infinity, "∞"], [-Infinity, "−∞"], [NaN, "undefined"]])(
    "%d is %s", (value, text) => expect(short(value)).toBe(text));
  it("keeps all digits for hover and copy", () => {
    expect(full(-0.18717493573141)).toBe("−0.18717493573141");
    expect(plain(-0.5)).toBe("-0.5");
  });
  it("reads real minus signs and decimal commas", () => {
    expect([typed("−2"), typed("0,5"), typed("1e-3"), typed("x"), typed("")]).toEqual([-2, 0.5, 0.001, null, null]);
  });
  it("says = only where the displayed factors make the displayed product", () => {
    expect(equals([14, 3], 42)).toBe("=");
    expect(equals([1.0094164476356824, 0.5], 0.5047082238178412)).toBe("≈");
  });
});

describe("free names of a formula", () => {
  it.each([
    ["(3*x + 1)**2", ["x"]], ["x**2 + 2*y**2", ["x", "y"]], ["tanh(x**2)**2", ["x"]], ["np.sin(t)*exp(-t/4)", ["t"]], ["2*pi*r", ["r"]],
    ["u = 3*x\nu**2", ["x"]], ["1e-3*x + 2e5", ["x"]], ["sum(x, dim=0)", ["x"]], ["x.sum()", ["x"]], ["", []],
  ])("%s", (formula, names) => expect(freeNames(formula)).toEqual(names));
  it("names the left side unless the formula does", () => {
    expect(leftSide("x**2", ["x"])).toBe("f(x)");
    expect(leftSide("y = x**2", ["x"])).toBe("");
    expect(lowered("u12")).toBe("u₁₂");
    expect(leftSide("w1*x", ["w1"])).toBe("f(w₁)");
  });
  it.each([["x**2", "f"], ["u = 3*x\nu**2", "f"], ["y = x**2", "y"], ["gap = x - 1\na1 = gap == 0\n", "a₁"]])("names the output of %s", (formula, name) => {
    expect(outputName(formula)).toBe(name);
  });
});
