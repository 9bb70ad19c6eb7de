// A long row in short: its ends and what matters in it, and how many are left out between.

export type Shown = { at: number } | { left: number };

const MOST = 14;
const ENDS = 3;

/** Which of `count` things to show: all of a few, else the ends and those at `marks` with their neighbours. */
export function excerpt(count: number, marks: number[]): Shown[] {
  const near = (at: number) => at < ENDS || at >= count - ENDS || marks.some((mark) => Math.abs(mark - at) <= 1);
  const found: Shown[] = [];
  let left = 0;
  for (let at = 0; at < count; at++) {
    if (count > MOST && !near(at)) {
      left++;
      continue;
    }
    if (left > 0) found.push({ left });
    left = 0;
    found.push({ at });
  }
  return found;
}
