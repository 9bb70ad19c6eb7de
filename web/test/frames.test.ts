import { describe, expect, it } from "vitest";
import { decode, encode } from "../src/frames";

describe("frames", () => {
  it("comes back as it was", () => {
    const { head, buffers } = decode(
      encode({ id: 7, kind: "values", name: "ŷ" }, [new Float64Array([1.5, -2]), new Float64Array([NaN])]),
    );
    expect(head).toMatchObject({ id: 7, kind: "values", name: "ŷ" });
    expect(buffers.map((buffer) => [...new Float64Array(buffer)])).toEqual([[1.5, -2], [NaN]]);
  });
  it("starts its buffers at a multiple of 8", () => {
    for (const name of ["", "a", "ab", "abc", "ŷ", "abcdefg"]) {
      const frame = encode({ id: 1, name }, [new Float64Array(1)]);
      expect((frame.byteLength - 8) % 8).toBe(0);
    }
  });
  it("refuses what was cut off", () => {
    expect(() => decode(new ArrayBuffer(2))).toThrow("starts with");
    expect(() => decode(encode({ id: 1 }).slice(0, 8))).toThrow("head");
    const frame = encode({ id: 1 }, [new Float64Array(4)]);
    expect(() => decode(frame.slice(0, frame.byteLength - 8))).toThrow("buffers");
  });
});
