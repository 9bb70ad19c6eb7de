// Words of the engine as they stand on a page.

/** A text as a whole sentence: a capital at its beginning, a full stop at its end. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
