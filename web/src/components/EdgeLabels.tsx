// Local derivatives beside their edges: of the current step (with what they are multiplied with), of the chosen path, and
// of the way from whatever is pointed at to the output.
import { along, crossed, crossings, onwards } from "../edges";
import { placed, type Placed, type Wanted } from "../labels";
import { guideTo, type Layout, type Rect, type Route } from "../layout";
import { full, shown } from "../numbers";
import type { FactorInfo } from "../protocol";
import type { Session } from "../session";
import { amount } from "../state";

const SMALL = { height: 17, letter: 6.7, air: 9 };
const LARGE = { height: 22, letter: 7.7, air: 18 };

export function EdgeLabels({ session, layout, margin }: { session: Session; layout: Layout; margin: number }) {
  const guide = guideTo(layout);
  const hovered = session.hovered.value;
  const factors = session.why.value?.paths[session.path.value]?.factors ?? [];
  const room: Rect = [2, 2 - margin, layout.width - 4, layout.height + 2 * margin - 4];
  const current = product(session, layout);
  const chain = factors.flatMap((factor) => along(guide, [factor]).map((route) => [route, factor] as const));
  const paths = new Set([...(hovered ? onwards(guide, hovered.node) : []), ...chain.map(([route]) => route)]);
  const locals = [...paths].filter((route) => route !== current?.route).flatMap((route) => local(session, layout, route, chain.find(([way]) => way === route)?.[1]));
  return (
    <g class="edge-labels">
      {placed(current ? [current, ...locals] : locals, layout.boxes, layout.routes, room).map((label) => <Label key={label.key} label={label} />)}
    </g>
  );
}

function Label({ label: { key, text, title, must, at: [x, y, width, height] } }: { label: Placed }) {
  return (
    <g class={must ? "crossing" : "local"} data-local={must ? undefined : key}>
      <title>{title}</title>
      <rect class="label" x={x} y={y} width={width} height={height} rx={5} />
      <text class="gradient" x={x + width / 2} y={y + height / 2 + (must ? 4.5 : 3.8)}>{text}</text>
    </g>
  );
}

/** upstream × local = contribution, beside the edge that is crossed. */
function product(session: Session, layout: Layout): Wanted | null {
  const at = session.moment.value.step;
  const step = session.walk.steps[at];
  const guide = guideTo(layout);
  const [route] = step?.phase === "backward" ? crossed(guide, session.walk.nodes, step) : [];
  const numbers = session.numbers.value;
  const [upstream, factor, contribution] = (["upstream", "local", "contribution"] as const).map((part) => single(amount(step, numbers, part)));
  if (!step || !route || upstream == null || contribution == null) return null;
  const digits = session.digits.value;
  const text = factor == null ? `${step.symbols} = ${shown(contribution, digits)}`
    : `${shown(upstream, digits)} × ${bracketed(shown(factor, digits))} ${numbers.exact[at] === 0 ? "≈" : "="} ${shown(contribution, digits)}`;
  const title = `${full(upstream)} × ${factor == null ? "…" : full(factor)} = ${full(contribution)}`;
  return { key: "crossing", text, title, route, box: guide.boxes.get(step.node), size: [text.length * LARGE.letter + LARGE.air, LARGE.height], must: true };
}

/** The local derivatives of one edge, once its steps have been taken; of a tensor the entry that the chosen path leads through. */
function local(session: Session, layout: Layout, route: Route, factor: FactorInfo | undefined): Wanted[] {
  const key = `${route.source}-${route.target}`;
  const box = guideTo(layout).boxes.get(route.target);
  const steps = (crossings(session.walk.steps).get(key) ?? []).filter((at) => at <= session.seen.value);
  if (steps.length === 0 || box?.node == null || route.values > 1) return [];
  const scalars = steps.map((at) => single(amount(session.walk.steps[at], session.numbers.value, "local"))).filter((value) => value !== null);
  const values = scalars.length === 0 && factor ? [factor.value] : scalars;
  if (values.length === 0) return [];
  const text = values.map((value) => shown(value, session.digits.value)).join("+");
  return [{ key, text, title: `${factor?.name ?? "local derivative"} = ${values.map(full).join(" + ")}`, route, box, size: [text.length * SMALL.letter + SMALL.air, SMALL.height] }];
}

function single(values: Float64Array | null): number | null {
  return values?.length === 1 ? (values[0] ?? null) : null;
}

function bracketed(text: string): string {
  return text.startsWith("−") ? `(${text})` : text;
}
