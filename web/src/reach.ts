// How far the numbers of a tensor go, as the engine found it: what stands behind ±, and the scale of its colours.
import type { WalkReply } from "./protocol";
import { isComplete, lastArrival, type Numbers, type Timetable } from "./state";

/** The largest size in a node's value. */
export function valueReach({ reach }: Numbers, node: number): number {
  return reach[node] ?? 0;
}

/** The largest size in a node's gradient, as far as it has arrived at a position. */
export function gradientReach(
  walk: WalkReply,
  times: Timetable,
  { reach }: Numbers,
  node: number,
  position: number,
): number {
  const count = walk.nodes.length;
  return reach[isComplete(times, node, position) ? count + node : 2 * count + lastArrival(times, node, position)] ?? 0;
}
