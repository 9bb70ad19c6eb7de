import { describe, expect, it } from "vitest";
import { tabAfter } from "../src/tabs";

describe("the tab that a key leads to", () => {
  it("follows the arrows, around both ends", () => {
    expect(tabAfter("ArrowRight", 0, 3)).toBe(1);
    expect(tabAfter("ArrowRight", 2, 3)).toBe(0);
    expect(tabAfter("ArrowLeft", 0, 3)).toBe(2);
    expect(tabAfter("ArrowDown", 1, 3)).toBe(2);
  });
  it("jumps to the ends", () => {
    expect(tabAfter("Home", 2, 5)).toBe(0);
    expect(tabAfter("End", 0, 5)).toBe(4);
  });
  it("leaves every other key alone", () => {
    expect(tabAfter(" ", 0, 3)).toBeNull();
    expect(tabAfter("a", 0, 3)).toBeNull();
  });
});
