// Words of the engine as they stand on a page.

const NAME = /[\p{L}_][\p{L}\p{M}\p{N}_]*/gu;
const CALL = /^\w+\(/; // where(condition, a, b) chooses

/** A text as a whole sentence: a capital at its beginning, a full stop at its end. A name of the reader's own text, or a function's, stays as it is. */
export function sentence(text: string, own = ""): string {
  const begun =
    CALL.test(text) || isName(text.match(NAME)?.[0] ?? "", own)
      ? text
      : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return `${begun}${/[.!?…]$/.test(text) ? "" : "."}`;
}

/** No word has a digit or an underscore in it, and but one is a single letter. */
function isName(word: string, own: string): boolean {
  return (
    [...own.matchAll(NAME)].some(([name]) => name === word) || /[\d_]/.test(word) || (word.length === 1 && word !== "a")
  );
}
