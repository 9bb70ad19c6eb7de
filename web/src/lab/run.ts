// One training as the page knows it: the last answer about it, the losses so far, and what was refused.
import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { Refused, type Carrier } from "../carriers/carrier";
import type { Answer } from "../frames";
import type { ErrorReply, Experiment, LabReply, LabRequest, PartInfo } from "../protocol";
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

export interface Run {
  id: string;
  carrier: Carrier;
  experiment: Experiment;
  frame: Signal<Frame | null>;
  picture: Signal<Part | null>;
  /** The last answer, whole or quick; none while another place is on its way. */
  reached: LabReply | null;
  losses: Signal<Float64Array>;
  problem: Signal<ErrorReply | null>;
  /** Whether an answer is waited for that no playing asked for. */
  waiting: Signal<boolean>;
  /** Further parts that are asked for while somebody looks at them. */
  extras: Signal<readonly string[]>;
  /** Answers of an earlier turn are out of date. */
  turn: number;
}

// What never changes in a training is asked for once, the rest with every frame; a picture between two frames is quick to make and to paint.
const ONCE = ["points"];
const BETWEEN = ["sketch"];
const ALWAYS = ["losses", "outputs", "boundary", "units", "hidden", "bent", "cut", "epochs", "weights", "gradients", "pulls", "tangle"];
const GRID = 100;
const MOST_WEIGHTS = 40_000; // more are not worth their way with every frame

let count = 0;

export function runOf(carrier: Carrier, experiment: Experiment): Run {
  return {
    id: `lab ${++count}`, carrier, experiment, turn: 0, reached: null,
    frame: signal<Frame | null>(null),
    picture: signal<Part | null>(null),
    losses: signal(new Float64Array()),
    problem: signal<ErrorReply | null>(null),
    waiting: signal(false),
    extras: signal<readonly string[]>([]),
  };
}

/** Stand at a place; the newest question wins. */
export async function go(run: Run, { step, phase, piece }: Position): Promise<void> {
  const turn = ++run.turn;
  run.reached = null;
  run.waiting.value = true;
  try {
    take(run, turn, await reach(run, turn, { step, phase, piece, seconds: 0 }));
  } catch (error) {
    refuse(run, turn, error);
  } finally {
    if (turn === run.turn) run.waiting.value = false;
  }
}

/** Ask again while the training comes nearer: its sentence says how far it is, so the same one twice means that it doesn't. */
async function reach(run: Run, turn: number, wanted: Wanted, before = ""): Promise<Answer<LabReply>> {
  try {
    return await ask(run, wanted, run.id);
  } catch (error) {
    const isNearer = error instanceof Refused && error.reply.code === "too-slow" && error.reply.sentence !== before;
    if (!isNearer || turn !== run.turn) throw error;
    return reach(run, turn, wanted, error.reply.sentence);
  }
}

/** What playing asks for: to go on from the step where it began, for so many seconds and not beyond a step. */
export interface Onward {
  play: string;
  from: number;
  until: number;
  seconds: number;
  isQuick: boolean;
}

/** Train on: requests with the same `play` follow one another, so that several can be on their way. */
export async function trainOn(run: Run, { from, ...onward }: Onward): Promise<void> {
  const turn = run.turn;
  try {
    take(run, turn, await ask(run, { ...onward, step: from, phase: "", piece: 0 }), onward.isQuick);
  } catch (error) {
    if (error instanceof Refused && error.reply.code === "too-slow") return; // a busy machine: the next request goes on from there
    refuse(run, turn, error);
  }
}

interface Wanted extends Position {
  seconds: number;
  play?: string;
  until?: number;
  /** Whether only what lies between two frames is wanted. */
  isQuick?: boolean;
}

/** A key stands for an experiment that was sent before; the whole one is sent again when it isn't kept any more. */
async function ask(run: Run, wanted: Wanted, channel?: string): Promise<Answer<LabReply>> {
  const key = run.frame.peek()?.reply.key;
  try {
    return await run.carrier.request(request(run, key ? { key } : run.experiment, wanted), channel);
  } catch (error) {
    if (!key || !(error instanceof Refused) || error.reply.code !== "gone") throw error;
    return run.carrier.request(request(run, run.experiment, wanted), channel);
  }
}

function request(run: Run, experiment: Experiment, { step, phase, piece, seconds, play, until, isQuick }: Wanted): LabRequest {
  const moment = { experiment, step, phase, ...(phase ? { piece } : {}) };
  const parts = isQuick ? BETWEEN : wholeParts(run);
  return { kind: "lab", moment, seconds, parts, grid: GRID, since: run.losses.peek().length, ...(play ? { play } : {}), ...(Number.isFinite(until) ? { until } : {}) } as LabRequest;
}

function wholeParts(run: Run): string[] {
  const before = run.frame.peek();
  return [...(before?.parts["points"] ? [] : ONCE), ...ALWAYS.filter((name) => !isTooMuch(before, name)), ...run.extras.peek()];
}

function isTooMuch(frame: Frame | null, name: string): boolean {
  return (name === "weights" || name === "gradients") && frame !== null && weightCount(frame.reply) > MOST_WEIGHTS;
}

function weightCount(reply: LabReply): number {
  return reply.layers.reduce((sum, layer) => sum + layer.weights.reduce((product, size) => product * size, 1), 0);
}

function take(run: Run, turn: number, { head, buffers }: Answer<LabReply>, isQuick = false): void {
  if (turn !== run.turn) return;
  const found = head.parts.map((part, index) => [part.name, { ...part, values: new Float64Array(buffers[index] ?? new ArrayBuffer(0)) }] as const);
  const parts = Object.fromEntries(found);
  run.reached = head;
  batch(() => {
    run.picture.value = parts["boundary"] ?? parts["sketch"] ?? null;
    run.problem.value = null;
    if (!isQuick) keep(run, head, parts);
  });
}

function keep(run: Run, reply: LabReply, parts: Record<string, Part>): void {
  const points = parts["points"] ?? run.frame.peek()?.parts["points"];
  const losses = parts["losses"];
  if (losses?.values.length) run.losses.value = joined(run.losses.peek(), losses.values, reply.furthest);
  run.frame.value = { reply, parts: points ? { ...parts, points } : parts, picture: run.picture };
}

/** Where a training stands, as far as the page knows. */
export function standing(run: Run): LabReply | null {
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
