// Names that a formula leaves free, read off the kernel's cure (`y=… w=…`), so that each can get a field.
import type { ErrorReply } from "../protocol";

export function missingNames({ code, sentence, cure }: ErrorReply): string[] {
  const unknown = /^nothing is called (\S+)$/.exec(sentence);
  if (code === "formula" && unknown?.[1]) return [unknown[1]];
  if (code !== "formula" || !/ha(s|ve) no value/.test(sentence)) return [];
  const listed = [...cure.matchAll(/([^\s=]+)=…/g)].map(([, name = ""]) => name);
  return listed.length > 0 ? listed : sentence.replace(/ ha(s|ve) no value.*/, "").split(/, | and /);
}

export function missingValues(values: Record<string, unknown>, missing: string[]): Record<string, unknown> {
  return { ...values, ...Object.fromEntries(missing.map((name) => [name, 1])) };
}

/** The values whose names a formula speaks of: what is left of an earlier formula isn't sent with the next. */
export function spokenOf(formula: string, values: Record<string, unknown>): Record<string, unknown> {
  const names = new Set(formula.match(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}
