// What is shown at a position of a walk: pure functions from the kernel's replies to what is known so far.
import type { Layout } from "./layout";
import type { NodeInfo, StepInfo, WalkReply } from "./protocol";

/** The numbers of a walk: values and gradients by node, what each step moved, where = holds exactly, and how far they go. */
export interface Numbers {
  values: Float64Array;
  gradients: Float64Array;
  steps: Float64Array;
  exact: Float64Array;
  reach: Float64Array;
}

export function numbersOf(buffers: ArrayBuffer[]): Numbers {
  const [values = EMPTY, gradients = EMPTY, steps = EMPTY, exact = EMPTY, reach = EMPTY] = buffers.map(
    (buffer) => new Float64Array(buffer),
  );
  return { values, gradients, steps, exact, reach };
}

const EMPTY = new Float64Array(0);

/** When each thing becomes known, by node: computed once for a walk, read at every position. */
export interface Timetable {
  /** The step that computes or updates a node; −1 for what is given. */
  computed: Int32Array;
  /** The steps that carry something into a node's gradient, in order. */
  arrivals: number[][];
  /** The turn that each step belongs to. */
  turns: Int32Array;
}

export function timetable(walk: WalkReply): Timetable {
  const computed = new Int32Array(walk.nodes.length).fill(-1);
  const arrivals: number[][] = walk.nodes.map(() => []);
  const turns = new Int32Array(walk.steps.length);
  walk.steps.forEach((step, position) => {
    if (step.phase === "forward" || step.phase === "update") computed[step.node] = position;
    else arrivals[receiver(step)]?.push(position);
    turns[position] = turnOf(walk, step);
  });
  return { computed, arrivals, turns };
}

function turnOf(walk: WalkReply, step: StepInfo): number {
  return walk.nodes[receiver(step)]?.turn ?? 0;
}

/** The node that a step is about: what is computed, or what a gradient flows into. */
export function receiver(step: StepInfo): number {
  return step.phase === "backward" ? step.input : step.phase === "update" ? step.input : step.node;
}

/** Whether a node's value is there at a position (−1: only what is given). */
export function knows(times: Timetable, node: number, position: number): boolean {
  return (times.computed[node] ?? -1) <= position;
}

/** The step that last carried something into a node's gradient at a position; −1 when nothing has arrived. */
export function lastArrival(times: Timetable, node: number, position: number): number {
  let found = -1;
  for (const step of times.arrivals[node] ?? []) {
    if (step > position) break;
    found = step;
  }
  return found;
}

/** Whether all contributions to a node's gradient have arrived. */
export function isComplete(times: Timetable, node: number, position: number): boolean {
  const steps = times.arrivals[node] ?? [];
  const last = steps[steps.length - 1];
  return last !== undefined && last <= position;
}

/** A stretch of one of the arrays of numbers. */
export interface Place {
  part: "values" | "gradients" | "steps";
  offset: number;
  size: number;
}

/** Where a node's gradient so far stands at a position; nothing when none has arrived. */
export function gradientPlace(walk: WalkReply, times: Timetable, node: number, position: number): Place | null {
  const info = walk.nodes[node];
  const arrival = lastArrival(times, node, position);
  if (!info || arrival < 0) return null;
  const complete: Place = { part: "gradients", offset: info.offset, size: info.size };
  return isComplete(times, node, position) ? complete : (amountPlace(walk.steps[arrival], "total") ?? complete);
}

/** A node's gradient so far, entry by entry; nothing when none has arrived. */
export function gradientAt(
  walk: WalkReply,
  times: Timetable,
  numbers: Numbers,
  node: number,
  position: number,
): Float64Array | null {
  const place = gradientPlace(walk, times, node, position);
  return place && entries(numbers, place);
}

export function entries(numbers: Numbers, { part, offset, size }: Place): Float64Array {
  return numbers[part].subarray(offset, offset + size);
}

export function valuePlace({ offset, size }: NodeInfo): Place {
  return { part: "values", offset, size };
}

export function valueOf(info: NodeInfo, numbers: Numbers): Float64Array {
  return entries(numbers, valuePlace(info));
}

const PARTS = ["upstream", "local", "contribution", "total"] as const;
export type Part = (typeof PARTS)[number];

/** One of a step's numbers, entry by entry; nothing where the step has none. */
export function amount(step: StepInfo | undefined, numbers: Numbers, part: Part): Float64Array | null {
  const place = amountPlace(step, part);
  return place && entries(numbers, place);
}

function amountPlace(step: StepInfo | undefined, part: Part): Place | null {
  const at = PARTS.indexOf(part);
  const [offset = -1, size = 0] = [step?.offsets[at], step?.sizes[at]];
  return offset < 0 || size === 0 ? null : { part: "steps", offset, size };
}

// --- moving through the walk ---

/** The position after one more step of a grain: the end of the next stretch. */
export function later(stretches: number[][], position: number, last: number): number {
  const next = stretches.find(([, end = 0]) => end > position);
  return next?.[1] ?? last;
}

/** The position before the step of a grain that ends here (or that this is inside of). */
export function earlier(stretches: number[][], position: number): number {
  if (position < 0) return -1;
  const own = stretches.find(([start = 0, end = 0]) => start <= position && position <= end);
  return (own?.[0] ?? position) - 1;
}

/** Parts of the walk that follow each other and belong together: forward, backward, update, of each turn. */
export interface Stage {
  phase: "forward" | "backward" | "update";
  turn: number;
  first: number;
  last: number;
}

export function stages(walk: WalkReply, times: Timetable): Stage[] {
  const found: Stage[] = [];
  walk.steps.forEach((step, position) => {
    const phase = step.phase === "seed" ? "backward" : step.phase;
    const turn = times.turns[position] ?? 0;
    const open = found[found.length - 1];
    if (open && open.phase === phase && open.turn === turn) open.last = position;
    else found.push({ phase, turn, first: position, last: position });
  });
  return found;
}

/** The turn that is drawn at a position. */
export function turnAt(times: Timetable, position: number): number {
  return position < 0 ? 0 : (times.turns[position] ?? 0);
}

export function layoutOf(reply: { layout: Record<string, unknown> }): Layout {
  return reply.layout as unknown as Layout;
}

/** The name of a gradient: ∂L/∂w1; an expression's own text is put in brackets. */
export function gradientName(output: string, name: string): string {
  return `∂${grouped(output)}/∂${grouped(name)}`;
}

function grouped(name: string): string {
  return /[ ·+−*/@<>=,]/.test(name) && !/^\w*\([^()]*\)$/.test(name) ? `(${name})` : name;
}

/** The output that the gradients of a node's turn belong to. */
export function outputOf(walk: WalkReply, turn: number): NodeInfo | undefined {
  return walk.nodes[walk.outputs[turn] ?? walk.outputs[walk.outputs.length - 1] ?? -1];
}
