// One training as the page knows it: the last answer about it, the losses so far, and what was refused.
import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { Refused, type Carrier, type ReplyTo } from "../carriers/carrier";
import type { Answer } from "../frames";
import type { ErrorReply, Experiment, LabReply, LabRequest, PartInfo, PictureReply, PictureRequest } from "../protocol";
import { positionOf, type Position } from "./positions";

/** One buffer of an answer with what it is. */
export interface Part extends PartInfo {
  values: Float64Array;
}

export interface Frame {
  reply: LabReply;
  parts: Record<string, Part>;
  /** The newest boundary, to be painted: of a training that plays, several come between two frames. */
  picture: ReadonlySignal<Part | null>;
}

/** What every answer says of where a training stands. */
export type Standing = Pick<LabReply, "step" | "phase" | "piece" | "last" | "stopped">;

export interface Run {
  id: string;
  carrier: Carrier;
  experiment: Experiment;
  frame: Signal<Frame | null>;
  picture: Signal<Part | null>;
  /** The last answer, whole or quick; none while another place is on its way. */
  reached: Standing | null;
  losses: Signal<Float64Array>;
  problem: Signal<ErrorReply | null>;
  /** Whether an answer is waited for that no playing asked for. */
  waiting: Signal<boolean>;
  /** Further parts that are asked for while somebody looks at them. */
  extras: Signal<readonly string[]>;
  /** Answers of an earlier turn are out of date. */
  turn: number;
}

// What never changes in a training is asked for once, the rest with every frame.
const ONCE = ["points"];
const ALWAYS = [
  "losses",
  "outputs",
  "boundary",
  "units",
  "hidden",
  "bent",
  "cut",
  "epochs",
  "weights",
  "gradients",
  "pulls",
  "tangle",
];
const GRID = 100;
const MOST_WEIGHTS = 40_000; // more are not worth their way with every frame

let count = 0;

export function runOf(carrier: Carrier, experiment: Experiment): Run {
  return {
    id: `lab ${++count}`,
    carrier,
    experiment,
    turn: 0,
    reached: null,
    frame: signal<Frame | null>(null),
    picture: signal<Part | null>(null),
    losses: signal(new Float64Array()),
    problem: signal<ErrorReply | null>(null),
    waiting: signal(false),
    extras: signal<readonly string[]>([]),
  };
}

/** Stand at a place; the newest question wins. */
export async function go(run: Run, position: Position): Promise<void> {
  const turn = ++run.turn;
  run.reached = null;
  run.waiting.value = true;
  try {
    take(run, turn, await reach(run, turn, position));
  } catch (error) {
    refuse(run, turn, error);
  } finally {
    if (turn === run.turn) run.waiting.value = false;
  }
}

/** Ask again while the training comes nearer: its sentence says how far it is, so the same one twice means that it doesn't. */
async function reach(run: Run, turn: number, position: Position, before = ""): Promise<Answer<LabReply>> {
  try {
    return await ask(run, (experiment) => frameAt(run, experiment, position), run.id);
  } catch (error) {
    const isNearer = error instanceof Refused && error.reply.code === "too-slow" && error.reply.sentence !== before;
    if (!isNearer || turn !== run.turn) throw error;
    return reach(run, turn, position, error.reply.sentence);
  }
}

/** What playing asks for: to go on from the step where it began, for so many seconds and not beyond a step. */
export interface Onward {
  play: string;
  from: number;
  until: number;
  seconds: number;
}

/** Train on to a whole frame: requests with the same `play` follow one another, so that several can be on their way. */
export function toFrame(run: Run, onward: Onward): Promise<void> {
  const request = (experiment: Experiment): LabRequest => ({
    ...frameAt(run, experiment, beginning(onward)),
    ...going(onward),
  });
  return trainOn(run, request, (turn, answer) => take(run, turn, answer));
}

/** Train on to a picture of the boundary alone. */
export function toPicture(run: Run, onward: Onward): Promise<void> {
  const request = (experiment: Experiment): PictureRequest => ({
    kind: "picture",
    moment: momentOf(experiment, beginning(onward)),
    grid: GRID,
    ...going(onward),
  });
  return trainOn(run, request, (turn, answer) => paint(run, turn, answer));
}

function beginning({ from }: Onward): Position {
  return { step: from, phase: "", piece: 0 };
}

function going({ play, until, seconds }: Onward): Pick<PictureRequest, "play" | "seconds" | "until"> {
  return { play, seconds, ...(Number.isFinite(until) ? { until } : {}) };
}

async function trainOn<Q extends LabRequest | PictureRequest>(
  run: Run,
  request: (experiment: Experiment) => Q,
  done: (turn: number, answer: Answer<ReplyTo<Q>>) => void,
): Promise<void> {
  const turn = run.turn;
  try {
    done(turn, await ask(run, request));
  } catch (error) {
    if (error instanceof Refused && error.reply.code === "too-slow") return; // a busy machine: the next request goes on from there
    refuse(run, turn, error);
  }
}

/** A key stands for an experiment that was sent before; the whole one is sent again when it isn't kept any more. */
async function ask<Q extends LabRequest | PictureRequest>(
  run: Run,
  request: (experiment: Experiment) => Q,
  channel?: string,
): Promise<Answer<ReplyTo<Q>>> {
  const key = run.frame.peek()?.reply.key;
  try {
    return await run.carrier.request(request(key ? { key } : run.experiment), channel);
  } catch (error) {
    if (!key || !(error instanceof Refused) || error.reply.code !== "gone") throw error;
    return run.carrier.request(request(run.experiment), channel);
  }
}

function frameAt(run: Run, experiment: Experiment, position: Position): LabRequest {
  return {
    kind: "lab",
    moment: momentOf(experiment, position),
    seconds: 0,
    parts: wholeParts(run),
    grid: GRID,
    since: run.losses.peek().length,
  };
}

function momentOf(experiment: Experiment, { step, phase, piece }: Position): LabRequest["moment"] {
  return { experiment, step, phase, ...(phase ? { piece } : {}) } as LabRequest["moment"];
}

function wholeParts(run: Run): string[] {
  const before = run.frame.peek();
  return [
    ...(before?.parts["points"] ? [] : ONCE),
    ...ALWAYS.filter((name) => !isTooMuch(before, name)),
    ...run.extras.peek(),
  ];
}

function isTooMuch(frame: Frame | null, name: string): boolean {
  return (name === "weights" || name === "gradients") && frame !== null && weightCount(frame.reply) > MOST_WEIGHTS;
}

function weightCount(reply: LabReply): number {
  return reply.layers.reduce((sum, layer) => sum + layer.weights.reduce((product, size) => product * size, 1), 0);
}

function take(run: Run, turn: number, { head, buffers }: Answer<LabReply>): void {
  if (turn !== run.turn) return;
  const found = head.parts.map(
    (part, index) => [part.name, { ...part, values: new Float64Array(buffers[index] ?? new ArrayBuffer(0)) }] as const,
  );
  const parts = Object.fromEntries(found);
  const points = parts["points"] ?? run.frame.peek()?.parts["points"];
  const losses = parts["losses"];
  run.reached = head;
  batch(() => {
    if (losses?.values.length) run.losses.value = joined(run.losses.peek(), losses.values, head.furthest);
    run.problem.value = null;
    run.picture.value = parts["boundary"] ?? null;
    run.frame.value = { reply: head, parts: points ? { ...parts, points } : parts, picture: run.picture };
  });
}

function paint(run: Run, turn: number, { head, buffers: [buffer] }: Answer<PictureReply>): void {
  if (turn !== run.turn) return;
  run.reached = head;
  if (head.boundary && buffer)
    run.picture.value = { ...head.boundary, values: new Float64Array(new Float32Array(buffer)) };
}

/** Where a training stands, as far as the page knows. */
export function standing(run: Run): Standing | null {
  return run.reached ?? run.frame.peek()?.reply ?? null;
}

/** Ask for the frame that belongs to the last picture, when no other picture follows. */
export async function complete(run: Run): Promise<void> {
  if (run.reached && run.reached !== run.frame.peek()?.reply) await go(run, positionOf(run.reached));
}

/** Answers on their way overlap: what comes twice is the same, so the last ones up to `furthest` are put in place. */
export function joined(before: Float64Array, more: Float64Array, furthest: number): Float64Array {
  const made = new Float64Array(Math.max(furthest, before.length));
  made.set(before);
  made.set(more, furthest - more.length);
  return made;
}

function refuse(run: Run, turn: number, error: unknown): void {
  if (!(error instanceof Refused)) throw error;
  if (turn === run.turn && error.reply.code !== "superseded") run.problem.value = error.reply;
}
