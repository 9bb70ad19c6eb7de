// What a session asks the kernel when something in it changes.
import { batch, effect, type ReadonlySignal } from "@preact/signals";
import { latest } from "./carriers/carrier";
import type { Layout } from "./layout";
import type { Session } from "./session";
import { layoutOf, numbersOf } from "./state";

export function followValues(made: Session): () => void {
  const write = framed();
  let first = true;
  return effect(() => {
    const state = made.state.value;
    const untouched = first && !Object.keys(state.leaves ?? {}).length && !state.rounding;
    first = false;
    if (untouched || !made.carrier.live) return;
    void answered(made, made.carrier.request({ kind: "values", state }, `${made.id}:values`), ({ head, buffers }) => {
      write(() => {
        made.numbers.value = numbersOf(buffers);
        if (head.warnings.join() !== made.warnings.peek().join()) made.warnings.value = head.warnings;
      });
    });
  });
}

/** Acts at the start of the next frame, once, as was said last: what is written between frames is laid out more than once. */
function framed(): (act: () => void) => void {
  let frame = 0;
  return (act) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(act);
  };
}

export function followStep(made: Session): () => void {
  return effect(() => {
    const [step, state] = [made.position.value, made.state.value];
    if (step < 0) return void (made.step.value = null);
    made.soon("step", () =>
      answered(made, made.carrier.request({ kind: "step", state, step }, `${made.id}:step`), ({ head }) => {
        made.step.value = head;
      }),
    );
  });
}

export function followChosen(made: Session): () => void {
  return effect(() => {
    const [chosen, state] = [made.chosen.value, made.state.value];
    if (!chosen || made.walk.nodes[chosen.node]?.has_gradient !== true) return void (made.why.value = null);
    const { node, entry } = chosen;
    made.soon("why", () =>
      answered(
        made,
        made.carrier.request({ kind: "why", state, node, entry }, `${made.id}:why`),
        ({ head }) => {
          batch(() => {
            if (made.why.peek()?.node !== head.node) made.path.value = 0;
            made.why.value = head;
          });
        },
        () => (made.why.value = null),
      ),
    );
  });
}

/** Asks for something by its name, now or later. */
export type Pacer = (name: string, ask: () => Promise<void>) => void;

const RESTS = 150; // ms without a move
const SHARE = 19; // times as long as an answer took are left to the numbers before the next question about them

/** Asks at once; while a value is dragged, only the latest of each name, when the last answers are long past or the hand rests. */
export function pacer(dragging: ReadonlySignal<boolean>): Pacer {
  const waiting = new Map<string, () => Promise<void>>();
  let [timer, free] = [0, 0];
  const askAll = async () => {
    const [asks, begun, held] = [[...waiting.values()], performance.now(), dragging.peek()];
    waiting.clear();
    free = Infinity;
    await Promise.all(asks.map((ask) => ask()));
    free = held ? performance.now() + SHARE * (performance.now() - begun) : 0; // the first answer of all takes long, and says nothing of the next
  };
  return (name, ask) => {
    waiting.set(name, ask);
    clearTimeout(timer);
    if (!dragging.peek()) return void askAll();
    timer = setTimeout(() => void askAll(), Math.min(RESTS, Math.max(0, free - performance.now())));
  };
}

/** Another turn has nodes of its own: what was asked about w1 is then asked about w1 there. */
export function followTurn(made: Session): () => void {
  return effect(() => {
    const turn = made.turn.value;
    const chosen = made.chosen.peek();
    const before = chosen && made.walk.nodes[chosen.node];
    if (!before || before.turn === turn) return;
    const same = made.walk.nodes.find((node) => node.turn === turn && node.name === before.name && node.has_gradient);
    if (same) made.chosen.value = { node: same.id, entry: chosen.entry };
  });
}

/** Each turn has its own picture, because its nodes are its own; so has each width. */
export function followLayout(made: Session): () => void {
  const named = (turn: number) => `${made.width.value}:${turn}:${made.open.value.join()}`;
  const kept = new Map<string, Layout>([[named(made.layout.peek().turn), made.layout.peek()]]);
  return effect(() => {
    const [turn, open, width, name] = [made.turn.value, made.open.value, made.width.value, named(made.turn.value)];
    const known = kept.get(name);
    if (known) return void (made.layout.value = known);
    const request = { kind: "layout", key: made.walk.key, width, open, turn } as const;
    void answered(made, made.carrier.request(request, `${made.id}:layout`), ({ head }) => {
      kept.set(name, layoutOf(head));
      if (named(made.turn.peek()) === name) made.layout.value = layoutOf(head);
    });
  });
}

export function followCompare(made: Session): () => void {
  return effect(() => {
    const [on, state] = [made.comparing.value, made.state.value];
    if (!on || !made.carrier.live) return void (made.compared.value = null);
    made.soon("compare", () =>
      answered(made, made.carrier.request({ kind: "compare", state }, `${made.id}:compare`), ({ head }) => {
        made.compared.value = head;
      }),
    );
  });
}

export async function askCost(made: Session): Promise<void> {
  await answered(made, made.carrier.request({ kind: "cost", key: made.walk.key }), ({ head }) => {
    made.cost.value = head;
  });
}

/** Take an answer, or say next to the player what went wrong. What a recording lacks is simply absent. */
async function answered<T>(
  made: Session,
  pending: Promise<T>,
  take: (answer: T) => void,
  lack?: () => void,
): Promise<void> {
  const answer = await latest(pending, (error) => {
    lack?.();
    if (made.carrier.live) made.problem.value = error;
  });
  if (answer === null) return;
  made.problem.value = null;
  take(answer);
}
