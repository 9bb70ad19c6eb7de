// One opened walk and where its reader stands in it: signals that every part of the player reads.
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Carrier } from "./carriers/carrier";
import {
  askCost,
  followChosen,
  followCompare,
  followLayout,
  followStep,
  followTurn,
  followValues,
  pacer,
  type Pacer,
} from "./follow";
import type { Layout } from "./layout";
import { DIGITS } from "./numbers";
import type {
  CompareReply,
  CostReply,
  ErrorReply,
  OpenRequest,
  Rounding,
  State,
  StepReply,
  WalkReply,
  WhyReply,
} from "./protocol";
import {
  numbersOf,
  outputOf,
  layoutOf,
  stages,
  timetable,
  turnAt,
  type Numbers,
  type Stage,
  type Timetable,
} from "./state";

export type Grain = "edge" | "node" | "line" | "layer";

/** What the pointer or focus is on, in every view at once. */
export interface Hovered {
  node: number;
  gradient: boolean;
  /** A factor is an edge: from which node into which. */
  edge?: string;
}

export interface Moment {
  step: number;
  share: number;
}

const LANDS = 0.9;

/** The gradient that is explained. */
export interface Chosen {
  node: number;
  entry: number[];
}

export interface Session {
  /** Tells this player's requests from those of others on the page, which may show the same walk. */
  id: string;
  carrier: Carrier;
  walk: WalkReply;
  times: Timetable;
  stages: Stage[];
  last: number;
  numbers: Signal<Numbers>;
  /** Numbers and state as they were when no value was being dragged: for what need not follow every frame. */
  settled: { numbers: ReadonlySignal<Numbers>; state: ReadonlySignal<State> };
  opened: Numbers;
  layout: Signal<Layout>;
  turn: ReadonlySignal<number>;
  position: Signal<number>;
  grain: Signal<Grain>;
  playing: Signal<boolean>;
  speed: Signal<number>;
  /** Where the reader came from, and how far the way from there to `position` has been gone, 0 to 1. */
  before: Signal<number>;
  travel: Signal<number>;
  /** The step that is happening, and how far it has come, 0 to 1. */
  moment: ReadonlySignal<Moment>;
  /** The last step whose result is shown: a total changes when its contribution lands. */
  seen: ReadonlySignal<number>;
  hovered: Signal<Hovered | null>;
  chosen: Signal<Chosen | null>;
  path: Signal<number>;
  why: Signal<WhyReply | null>;
  step: Signal<StepReply | null>;
  cost: Signal<CostReply | null>;
  compared: Signal<CompareReply | null>;
  comparing: Signal<boolean>;
  leaves: Signal<Record<string, unknown>>;
  rounding: Signal<Rounding | null>;
  dragging: Signal<boolean>;
  practising: Signal<boolean>;
  digits: Signal<number>;
  problem: Signal<ErrorReply | null>;
  /** What a reader should know of these numbers. */
  warnings: Signal<string[]>;
  state: ReadonlySignal<State>;
  open: Signal<string[]>;
  /** That the graph is laid out for, in pixels. */
  width: Signal<number>;
  /** Questions about the numbers, which leave the way free for the numbers. */
  soon: Pacer;
  dispose(): void;
}

export interface Start {
  step?: number | null;
  leaves?: Record<string, unknown>;
  chosen?: number | string | null;
  entry?: number[];
  grain?: Grain;
  /** A node's name with its number of decimals. */
  round?: [string, number] | null;
  /** Begin before the first step, with every number hidden until it is predicted. */
  practising?: boolean;
}

let count = 0;

/** Open a walk; refusals are thrown, because there is nothing to show then. */
export async function opened(
  carrier: Carrier,
  request: Omit<OpenRequest, "kind">,
  start: Start = {},
  channel = "open",
): Promise<Session> {
  const { head, buffers } = await carrier.request({ ...request, kind: "open" }, channel);
  return session(carrier, head, numbersOf(buffers), request, start);
}

function session(
  carrier: Carrier,
  walk: WalkReply,
  numbers: Numbers,
  request: Omit<OpenRequest, "kind">,
  start: Start,
): Session {
  const times = timetable(walk);
  const last = walk.steps.length - 1;
  const position = signal(Math.min(start.step ?? (start.practising ? -1 : last), last));
  const before = signal(position.peek());
  const travel = signal(1);
  const moment = computed(() => happening(before.value, position.value, travel.value));
  const leaves = signal<Record<string, unknown>>(start.leaves ?? {});
  const digits = signal(DIGITS);
  const rounded = start.round ? walk.nodes.find((node) => node.name === start.round?.[0]) : undefined;
  const rounding = signal<Rounding | null>(
    rounded && start.round ? { node: rounded.id, digits: start.round[1] } : null,
  );
  const shown = signal(numbers);
  const dragging = signal(false);
  const state = computed<State>(() => ({
    key: walk.key,
    leaves: leaves.value,
    rounding: rounding.value,
    digits: digits.value,
  }));
  const made: Session = {
    id: `player ${count++}`,
    carrier,
    walk,
    times,
    last,
    position,
    before,
    travel,
    moment,
    leaves,
    rounding,
    seen: computed(() => (moment.value.share < LANDS ? moment.value.step - 1 : moment.value.step)),
    stages: stages(walk, times),
    numbers: shown,
    opened: numbers,
    layout: signal(layoutOf(walk)),
    turn: computed(() => turnAt(times, position.value)),
    grain: signal<Grain>(start.grain ?? "edge"),
    playing: signal(false),
    speed: signal(1),
    hovered: signal<Hovered | null>(null),
    chosen: signal<Chosen | null>(firstChosen(walk, start)),
    path: signal(0),
    why: signal<WhyReply | null>(null),
    step: signal<StepReply | null>(null),
    cost: signal<CostReply | null>(null),
    compared: signal<CompareReply | null>(null),
    comparing: signal(false),
    dragging,
    practising: signal(start.practising ?? false),
    digits,
    problem: signal<ErrorReply | null>(null),
    warnings: signal(walk.warnings),
    state,
    settled: { numbers: settled(shown, dragging), state: settled(state, dragging) },
    open: signal(request.open ?? []),
    width: signal(request.width ?? 960),
    soon: pacer(dragging),
    dispose: () => undefined,
  };
  const stops = [
    followValues(made),
    followStep(made),
    followTurn(made),
    followChosen(made),
    followLayout(made),
    followCompare(made),
  ];
  void askCost(made);
  made.dispose = () => stops.forEach((stop) => stop());
  return made;
}

/** What a signal said last while `moving` was off. */
export function settled<T>(source: ReadonlySignal<T>, moving: ReadonlySignal<boolean>): ReadonlySignal<T> {
  let kept = source.peek();
  return computed(() => (moving.value ? kept : (kept = source.value)));
}

/** Steps on the way happen one after the other, each in its own share of the time. */
function happening(before: number, position: number, travel: number): Moment {
  const count = position - before;
  if (travel >= 1 || count <= 0) return { step: position, share: 1 };
  const passed = Math.floor(travel * count);
  return { step: before + 1 + passed, share: travel * count - passed };
}

/** The first parameter with a gradient: what most readers ask about. */
function firstChosen(walk: WalkReply, { chosen = null, entry }: Start): Chosen | null {
  const named =
    chosen === null
      ? undefined
      : walk.nodes.find((node) => node.has_gradient && (node.id === chosen || node.name === chosen));
  const parameters = walk.nodes.filter((node) => node.role === "parameter" && node.has_gradient);
  const found = named ?? parameters.find((node) => /^w/i.test(node.name)) ?? parameters[0];
  return found ? { node: found.id, entry: entry ?? found.shape.map(() => 0) } : null;
}

/** The name of the output that a node's gradient belongs to. */
export function outputName(made: Session, node: number): string {
  return outputOf(made.walk, made.walk.nodes[node]?.turn ?? 0)?.name ?? "";
}
