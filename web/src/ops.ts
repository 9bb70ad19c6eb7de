// What stands in an op's round node: its sign where it has one, else its name.

const SIGNS: Record<string, string> = {
  add: "+",
  sub: "−",
  mul: "×",
  div: "÷",
  neg: "−",
  square: "x²",
  pow_constant: "xⁿ",
  pow: "xʸ",
  sigmoid: "σ",
  log: "ln",
  sqrt: "√",
  abs: "|x|",
  matmul: "@",
  matmul_transposed: "@ᵀ",
  mT: "xᵀ",
  T: "xᵀ",
  sum: "Σ",
  prod: "Π",
  gt: ">",
  ge: "≥",
  lt: "<",
  le: "≤",
  eq: "=",
  ne: "≠",
  maximum: "max",
  minimum: "min",
  amax: "max",
  amin: "min",
  clamp_min: "clamp",
  clamp_max: "clamp",
  clamp_between: "clamp",
  rsqrt: "1/√",
  log2: "log₂",
  log10: "log₁₀",
  normal_cdf: "Φ",
};

const RAISED: Record<string, string> = {
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
  "−": "⁻",
};

/** `symbols` is the forward formula, from which a constant exponent is read. */
export function sign(op: string, symbols = ""): string {
  const exponent = op === "pow_constant" ? /\*\* ?\(?([−\d]+)\)?$/.exec(symbols)?.[1] : undefined;
  const raised = op === "pow_constant" ? /[⁻⁰¹²³⁴-⁹]+$/.exec(symbols)?.[0] : undefined;
  if (raised) return `x${raised}`;
  if (exponent) return `x${[...exponent].map((digit) => RAISED[digit] ?? digit).join("")}`;
  return SIGNS[op] ?? op.replace(/_/g, " ");
}

/** Whether the user gave this name, rather than it being an expression's text or a number. */
export function isOwnName(name: string): boolean {
  return !/[()[\]·+−*/@<>=,^ ]/.test(name) && !/^[vc]\d+$/.test(name);
}

export function shapeText(shape: number[]): string {
  return shape.length ? shape.join(" × ") : "one number";
}
