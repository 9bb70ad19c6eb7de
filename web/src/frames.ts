// The bytes of a message: its head's length, the head as JSON padded to a multiple of 8, then the buffers.
import type { Reply } from "./protocol";

/** A reply with the raw numbers that came with it. */
export interface Answer<R extends Reply = Reply> {
  head: R;
  buffers: ArrayBuffer[];
}

/** A head as it travels: `id` says which request it belongs to, `buffers` how long each buffer is in bytes. */
export type Head = Record<string, unknown> & { id: number; buffers?: number[] };

const START = 4;

export function encode(head: Record<string, unknown>, buffers: Float64Array[] = []): ArrayBuffer {
  const text = new TextEncoder().encode(
    JSON.stringify({ ...head, buffers: buffers.map((buffer) => buffer.byteLength) }),
  );
  const length = padded(text.length);
  const whole = new Uint8Array(START + length + buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0));
  whole.fill(0x20, START, START + length);
  new DataView(whole.buffer).setUint32(0, length, true);
  whole.set(text, START);
  let offset = START + length;
  for (const buffer of buffers) {
    whole.set(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength), offset);
    offset += buffer.byteLength;
  }
  return whole.buffer;
}

export function decode(frame: ArrayBuffer): { head: Head; buffers: ArrayBuffer[] } {
  if (frame.byteLength < START) throw new RangeError("a frame starts with the length of its head");
  const length = new DataView(frame).getUint32(0, true);
  if (START + length > frame.byteLength) throw new RangeError("the frame ends before its head does");
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(frame, START, length))) as Head;
  const buffers: ArrayBuffer[] = [];
  let offset = START + length;
  for (const bytes of head.buffers ?? []) {
    if (offset + bytes > frame.byteLength) throw new RangeError("the frame ends before its buffers do");
    buffers.push(frame.slice(offset, offset + bytes));
    offset += bytes;
  }
  return { head, buffers };
}

/** So long that the first buffer starts at a multiple of 8, counted from the frame's start. */
function padded(length: number): number {
  return Math.ceil((START + length) / 8) * 8 - START;
}
