import { describe, expect, it } from "vitest";
import { excerpt } from "../src/excerpt";

describe("a long row in short", () => {
  it("shows all of a few", () => expect(excerpt(3, [])).toEqual([{ at: 0 }, { at: 1 }, { at: 2 }]));
  it("shows the ends and what is marked, and says how many are left out", () => {
    const shown = excerpt(100, [50]);
    expect(shown).toEqual(
      [0, 1, 2]
        .map((at) => ({ at }))
        .concat(
          [{ left: 46 } as never],
          [49, 50, 51].map((at) => ({ at })),
          [{ left: 45 } as never],
          [97, 98, 99].map((at) => ({ at })),
        ),
    );
    expect(shown.reduce((sum, one) => sum + ("at" in one ? 1 : one.left), 0)).toBe(100);
  });
});
