// Names that a formula leaves free, read off the kernel's cure (`y=… w=…`), so that each can get a field.
import type { ErrorReply } from "../protocol";

export function missingNames({ code, sentence, cure }: ErrorReply): string[] {
  if (code !== "formula" || !/ha(s|ve) no value/.test(sentence)) return [];
  const listed = [...cure.matchAll(/([^\s=]+)=…/g)].map(([, name = ""]) => name);
  return listed.length > 0 ? listed : sentence.replace(/ ha(s|ve) no value.*/, "").split(/, | and /);
}

export function missingValues(values: Record<string, unknown>, missing: string[]): Record<string, unknown> {
  return { ...values, ...Object.fromEntries(missing.map((name) => [name, 1])) };
}
