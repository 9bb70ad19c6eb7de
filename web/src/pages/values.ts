// Values for the names that a formula leaves free.

export function missingValues(values: Record<string, unknown>, missing: string[]): Record<string, unknown> {
  return { ...values, ...Object.fromEntries(missing.map((name) => [name, 1])) };
}

/** The values whose names a formula speaks of: what is left of an earlier formula isn't sent with the next. */
export function spokenOf(formula: string, values: Record<string, unknown>): Record<string, unknown> {
  const names = new Set(formula.match(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}
