// Local derivatives beside their edges: of the current step (with what they are multiplied with), of the chosen path, and
// of the way from whatever is pointed at to the output.
import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { along, crossed, crossings, onwards } from "../edges";
import { placed, type Wanted } from "../labels";
import { guideTo, type Layout, type Rect, type Route } from "../layout";
import { full, shown } from "../numbers";
import type { FactorInfo, StepInfo } from "../protocol";
import type { Session } from "../session";
import { amount, type Numbers, type Part } from "../state";

const SMALL = { height: 17, letter: 6.7, air: 9 };
const LARGE = { height: 22, letter: 7.7, air: 18 };

/** A label whose text follows the numbers, in a place for the text that they had when the hand rested. */
interface Spoken extends Wanted {
  text(numbers: Numbers): string;
  title(numbers: Numbers): string;
}

export function EdgeLabels({ session, layout, margin }: { session: Session; layout: Layout; margin: number }) {
  const at = useComputed(() => session.moment.value.step).value; // not every frame of its way
  const wanted = labels(session, layout, at);
  const sizes = wanted.map(({ key, size }) => `${key} ${size[0]}`).join();
  const places = useMemo(() => {
    const room: Rect = [2, 2 - margin, layout.width - 4, layout.height + 2 * margin - 4];
    return new Map(placed(wanted, layout.boxes, layout.routes, room).map((label) => [label.key, label.at]));
  }, [layout, margin, sizes]);
  return (
    <g class="edge-labels">
      {wanted.map((label) => {
        const place = places.get(label.key);
        return place && <Label key={label.key} session={session} label={label} place={place} />;
      })}
    </g>
  );
}

function labels(session: Session, layout: Layout, at: number): Spoken[] {
  const guide = guideTo(layout);
  const hovered = session.hovered.value;
  const path = session.why.value?.paths[session.path.value]?.factors ?? [];
  const current = product(session, layout, at);
  const chain = path.flatMap((factor) => along(guide, [factor]).map((route) => [route, factor] as const));
  const paths = new Set([...(hovered ? onwards(guide, hovered.node) : []), ...chain.map(([route]) => route)]);
  const locals = [...paths]
    .filter((route) => route !== current?.route)
    .flatMap((route) => local(session, layout, route, chain.find(([way]) => way === route)?.[1]));
  return current ? [current, ...locals] : locals;
}

function Label({
  session,
  label: { key, text, title, must },
  place: [x, y, width, height],
}: {
  session: Session;
  label: Spoken;
  place: Rect;
}) {
  return (
    <g class={must ? "crossing" : "local"} data-local={must ? undefined : key}>
      <title>{useComputed(() => title(session.settled.numbers.value))}</title>
      <rect class="label" x={x} y={y} width={width} height={height} rx={5} />
      <text class="gradient" x={x + width / 2} y={y + height / 2 + (must ? 4.5 : 3.8)}>
        {useComputed(() => text(session.numbers.value))}
      </text>
    </g>
  );
}

/** upstream × local = contribution, beside the edge that is crossed. */
function product(session: Session, layout: Layout, at: number): Spoken | null {
  const step = session.walk.steps[at];
  const guide = guideTo(layout);
  const [route] = step?.phase === "backward" ? crossed(guide, session.walk.nodes, step) : [];
  if (!step || !route || factors(step, session.settled.numbers.value).contribution == null) return null;
  const text = (numbers: Numbers) =>
    multiplied(step, numbers, (value) => shown(value, session.digits.value), numbers.exact[at] === 0 ? "≈" : "=");
  const title = (numbers: Numbers) => multiplied(step, numbers, full, "=");
  const size: [number, number] = [text(session.settled.numbers.value).length * LARGE.letter + LARGE.air, LARGE.height];
  return { key: "crossing", text, title, route, box: guide.boxes.get(step.node), size, must: true };
}

function multiplied(step: StepInfo, numbers: Numbers, spelled: (value: number) => string, sign: string): string {
  const { upstream, local, contribution } = factors(step, numbers);
  const left = upstream == null || local == null ? step.symbols : `${spelled(upstream)} × ${bracketed(spelled(local))}`;
  return `${left} ${sign} ${spelled(contribution ?? NaN)}`;
}

function factors(step: StepInfo, numbers: Numbers): Record<"upstream" | "local" | "contribution", number | null> {
  const part = (name: Part) => single(amount(step, numbers, name));
  return { upstream: part("upstream"), local: part("local"), contribution: part("contribution") };
}

/** The local derivatives of one edge, once its steps have been taken; of a tensor the entry that the chosen path leads through. */
function local(session: Session, layout: Layout, route: Route, factor: FactorInfo | undefined): Spoken[] {
  const key = `${route.source}-${route.target}`;
  const box = guideTo(layout).boxes.get(route.target);
  const steps = (crossings(session.walk.steps).get(key) ?? []).filter((at) => at <= session.seen.value);
  if (steps.length === 0 || box?.node == null || route.values > 1) return [];
  const values = (numbers: Numbers) => {
    const scalars = steps
      .map((at) => single(amount(session.walk.steps[at], numbers, "local")))
      .filter((value) => value !== null);
    return scalars.length === 0 && factor ? [factor.value] : scalars;
  };
  if (values(session.settled.numbers.value).length === 0) return [];
  const text = (numbers: Numbers) =>
    values(numbers)
      .map((value) => shown(value, session.digits.value))
      .join("+");
  const title = (numbers: Numbers) =>
    `${factor?.name ?? "local derivative"} = ${values(numbers).map(full).join(" + ")}`;
  return [
    {
      key,
      text,
      title,
      route,
      box,
      size: [text(session.settled.numbers.value).length * SMALL.letter + SMALL.air, SMALL.height],
    },
  ];
}

function single(values: Float64Array | null): number | null {
  return values?.length === 1 ? (values[0] ?? null) : null;
}

function bracketed(text: string): string {
  return text.startsWith("−") ? `(${text})` : text;
}
