// One opened walk and where its reader stands in it: signals that every part of the player reads.
import { batch, computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { latest, type Carrier } from "./carriers/carrier";
import type { Layout } from "./layout";
import { DIGITS } from "./numbers";
import type {
  CompareReply, CostReply, ErrorReply, OpenRequest, Rounding, State, StepReply, WalkReply, WhyReply,
} from "./protocol";
import { numbersOf, outputOf, layoutOf, stages, timetable, turnAt, type Numbers, type Stage, type Timetable } from "./state";

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
  state: ReadonlySignal<State>;
  open: Signal<string[]>;
  width: number;
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
export async function opened(carrier: Carrier, request: Omit<OpenRequest, "kind">, start: Start = {}, channel = "open"): Promise<Session> {
  const { head, buffers } = await carrier.request({ ...request, kind: "open" }, channel);
  return session(carrier, head, numbersOf(buffers), request, start);
}

function session(carrier: Carrier, walk: WalkReply, numbers: Numbers, request: Omit<OpenRequest, "kind">, start: Start): Session {
  const times = timetable(walk);
  const last = walk.steps.length - 1;
  const position = signal(Math.min(start.step ?? (start.practising ? -1 : last), last));
  const before = signal(position.peek());
  const travel = signal(1);
  const moment = computed(() => happening(before.value, position.value, travel.value));
  const leaves = signal<Record<string, unknown>>(start.leaves ?? {});
  const rounded = start.round ? walk.nodes.find((node) => node.name === start.round?.[0]) : undefined;
  const rounding = signal<Rounding | null>(rounded && start.round ? { node: rounded.id, digits: start.round[1] } : null);
  const made: Session = {
    id: `player ${count++}`,
    carrier, walk, times, last, position, before, travel, moment, leaves, rounding,
    seen: computed(() => (moment.value.share < LANDS ? moment.value.step - 1 : moment.value.step)),
    stages: stages(walk, times),
    numbers: signal(numbers),
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
    dragging: signal(false),
    practising: signal(start.practising ?? false),
    digits: signal(DIGITS),
    problem: signal<ErrorReply | null>(null),
    state: computed(() => ({ key: walk.key, leaves: leaves.value, rounding: rounding.value })),
    open: signal(request.open ?? []),
    width: request.width ?? 960,
    dispose: () => undefined,
  };
  const stops = [followValues(made), followStep(made), followTurn(made), followChosen(made), followLayout(made), followCompare(made)];
  void askCost(made);
  made.dispose = () => stops.forEach((stop) => stop());
  return made;
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
  const named = chosen === null ? undefined : walk.nodes.find((node) => node.has_gradient && (node.id === chosen || node.name === chosen));
  const parameters = walk.nodes.filter((node) => node.role === "parameter" && node.has_gradient);
  const found = named ?? parameters.find((node) => /^w/i.test(node.name)) ?? parameters[0];
  return found ? { node: found.id, entry: entry ?? found.shape.map(() => 0) } : null;
}

function followValues(made: Session): () => void {
  let first = true;
  return effect(() => {
    const state = made.state.value;
    const untouched = first && !Object.keys(state.leaves ?? {}).length && !state.rounding;
    first = false;
    if (untouched || !made.carrier.live) return;
    void answered(made, made.carrier.request({ kind: "values", state }, `${made.id}:values`), ({ buffers }) => {
      made.numbers.value = numbersOf(buffers);
    });
  });
}

function followStep(made: Session): () => void {
  return effect(() => {
    const [step, state] = [made.position.value, made.state.value];
    if (step < 0) return void (made.step.value = null);
    void answered(made, made.carrier.request({ kind: "step", state, step }, `${made.id}:step`), ({ head }) => {
      made.step.value = head;
    });
  });
}

function followChosen(made: Session): () => void {
  return effect(() => {
    const [chosen, state] = [made.chosen.value, made.state.value];
    if (!chosen || made.walk.nodes[chosen.node]?.has_gradient !== true) return void (made.why.value = null);
    const { node, entry } = chosen;
    void answered(made, made.carrier.request({ kind: "why", state, node, entry }, `${made.id}:why`), ({ head }) => {
      batch(() => {
        if (made.why.peek()?.node !== head.node) made.path.value = 0;
        made.why.value = head;
      });
    });
  });
}

/** Another turn has nodes of its own: what was asked about w1 is then asked about w1 there. */
function followTurn(made: Session): () => void {
  return effect(() => {
    const turn = made.turn.value;
    const chosen = made.chosen.peek();
    const before = chosen && made.walk.nodes[chosen.node];
    if (!before || before.turn === turn) return;
    const same = made.walk.nodes.find((node) => node.turn === turn && node.name === before.name && node.has_gradient);
    if (same) made.chosen.value = { node: same.id, entry: chosen.entry };
  });
}

/** Each turn has its own picture, because its nodes are its own. */
function followLayout(made: Session): () => void {
  const kept = new Map<string, Layout>([[`${made.layout.peek().turn}:${made.open.peek().join()}`, made.layout.peek()]]);
  return effect(() => {
    const [turn, open] = [made.turn.value, made.open.value];
    const name = `${turn}:${open.join()}`;
    const known = kept.get(name);
    if (known) return void (made.layout.value = known);
    const request = { kind: "layout", key: made.walk.key, width: made.width, open, turn } as const;
    void answered(made, made.carrier.request(request, `${made.id}:layout`), ({ head }) => {
      kept.set(name, layoutOf(head));
      if (made.turn.peek() === turn) made.layout.value = layoutOf(head);
    });
  });
}

function followCompare(made: Session): () => void {
  return effect(() => {
    const [on, state] = [made.comparing.value, made.state.value];
    if (!on || !made.carrier.live) return void (made.compared.value = null);
    void answered(made, made.carrier.request({ kind: "compare", state }, `${made.id}:compare`), ({ head }) => {
      made.compared.value = head;
    });
  });
}

async function askCost(made: Session): Promise<void> {
  await answered(made, made.carrier.request({ kind: "cost", key: made.walk.key }), ({ head }) => {
    made.cost.value = head;
  });
}

/** Take an answer, or say next to the player what went wrong. What a recording lacks is simply absent. */
async function answered<T>(made: Session, pending: Promise<T>, take: (answer: T) => void): Promise<void> {
  const answer = await latest(pending, (error) => {
    if (made.carrier.live) made.problem.value = error;
  });
  if (answer === null) return;
  made.problem.value = null;
  take(answer);
}

/** The name of the output that a node's gradient belongs to. */
export function outputName(made: Session, node: number): string {
  return outputOf(made.walk, made.walk.nodes[node]?.turn ?? 0)?.name ?? "";
}
