// The free names of a typed formula, to choose the plot; whether the formula is right, the engine says.
const KNOWN = new Set([
  "pi",
  "e",
  "and",
  "or",
  "not",
  "if",
  "else",
  "in",
  "is",
  "for",
  "True",
  "False",
  "None",
  "return",
  "def",
  "lambda",
]);
const MODULES = new Set(["np", "numpy", "torch", "gw", "gradwalk", "math", "jnp", "F", "nn", "functional"]);
const NAME = /[\p{L}_][\p{L}\p{N}_]*/gu;

/** Names that need a value, in the order in which they come: not functions, not assigned, not arguments by name. */
export function freeNames(formula: string): string[] {
  const text = formula.replace(/#.*$/gm, "").replace(/(\d)[eE]([-+]?\d)/g, "$1$2");
  const assigned = new Set(
    [...text.matchAll(/^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)/gmu)].map((match) => match[1] ?? ""),
  );
  const found = [...text.matchAll(NAME)].filter((match) => isFree(text, match)).map((match) => match[0]);
  return [...new Set(found)].filter((name) => !assigned.has(name) && !KNOWN.has(name));
}

function isFree(text: string, match: RegExpMatchArray): boolean {
  const start = match.index ?? 0;
  const after = text.slice(start + match[0].length).trimStart();
  const before = text.slice(0, start).trimEnd();
  const attribute = before.endsWith(".") && !/\d\.$/.test(before);
  const call = after.startsWith("(") || (after.startsWith(".") && MODULES.has(match[0]));
  const keyword = /^=(?!=)/.test(after) && /[(,]$/.test(before);
  return !attribute && !call && !keyword;
}

/** A name with its number set low: u1 as u₁. */
export function lowered(name: string): string {
  return name.replace(/(?<=\p{L})\d+$/u, (digits) =>
    [...digits].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join(""),
  );
}

/** What stands before a formula, f(x) = …; nothing before a program, whose lines have names of their own. */
export function leftSide(formula: string, names: string[]): string {
  return /^\s*[\p{L}_][\p{L}\p{N}_]*\s*=(?!=)/mu.test(formula) ? "" : `f(${names.map(lowered).join(", ")})`;
}

/** What the output is called: as the last line of a program calls it, else f. */
export function outputName(formula: string): string {
  return lowered(/(?:^|\n)\s*([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)[^\n]*\s*$/u.exec(formula)?.[1] ?? "f");
}
