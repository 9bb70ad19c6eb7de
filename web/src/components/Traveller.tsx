// What is happening now: values move forward; backward, the upstream badge travels along the edge, meets the local
// derivative on it, and lands as a contribution.
import { useMemo } from "preact/hooks";
import { edgePath, ended, type Box, type Layout, type Point, type Route } from "../layout";
import { eased } from "../motion";
import { full, shown } from "../numbers";
import { receiver, amount } from "../state";
import type { Session } from "../session";
import { isActive } from "./Edges";

const MEETS = 0.5;

export function Traveller({ session, layout }: { session: Session; layout: Layout }) {
  const { step: at, share } = session.moment.value;
  const step = session.walk.steps[at];
  if (!step) return null;
  const boxes = new Map(layout.boxes.map((box) => [box.node, box]));
  const ringed = boxes.get(receiver(step));
  const routes = layout.routes.filter((route) => isActive(route, step));
  const target = boxes.get(step.node);
  return (
    <g class="now-marks" data-step={at}>
      {ringed && <Ring box={ringed} phase={step.phase} hasGradient={step.phase !== "forward"} />}
      {share < 1 && routes.map((route) => (
        <Mover key={`${route.source}-${route.target}`} session={session} route={route} box={target} share={share} />
      ))}
      {step.phase === "backward" && routes[0] && target && <Crossing session={session} at={at} box={target} layout={layout} />}
    </g>
  );
}

function Ring({ box, phase, hasGradient }: { box: Box; phase: string; hasGradient: boolean }) {
  const [x, y, width, height] = box.card;
  const down = hasGradient && box.badge ? box.badge[1] + box.badge[3] - y : height;
  return <rect class={`ring ${phase}`} x={x - 4} y={y - 4} width={width + 8} height={down + 8} rx={11} />;
}

function Mover({ session, route, box, share }: { session: Session; route: Route; box: Box | undefined; share: number }) {
  const path = useMemo(() => pathElement(edgePath(ended(route.points, box?.op))), [route, box]);
  const step = session.walk.steps[session.moment.value.step];
  const backward = step?.phase === "backward";
  const gone = eased(share);
  const [x, y] = along(path, backward ? 1 - gone : gone);
  const numbers = session.numbers.value;
  const carried = backward
    ? amount(step, numbers, share < MEETS ? "upstream" : "contribution")
    : numbers.values.subarray(session.walk.nodes[route.source]?.offset ?? 0).subarray(0, session.walk.nodes[route.source]?.size ?? 1);
  const text = carried?.length === 1 ? shown(carried[0] ?? NaN, 3) : "";
  const width = Math.max(16, text.length * 6.6 + 12);
  return (
    <g class={`mover ${backward ? "backward" : "forward"}`} transform={`translate(${x} ${y})`} aria-hidden="true">
      <rect x={-width / 2} y={-9} width={width} height={18} rx={backward ? 4 : 9} />
      {text && <text y={4}>{text}</text>}
    </g>
  );
}

/** upstream × local = contribution, beside the op that is crossed. */
function Crossing({ session, at, box, layout }: { session: Session; at: number; box: Box; layout: Layout }) {
  const numbers = session.numbers.value;
  const step = session.walk.steps[at];
  const [upstream, local, contribution] = (["upstream", "local", "contribution"] as const).map((part) => single(amount(step, numbers, part)));
  if (!step || upstream == null || contribution == null || !box.op) return null;
  const digits = session.digits.value;
  const says = local == null ? `${step.symbols} = ${shown(contribution, digits)}`
    : `${shown(upstream, digits)} × ${bracketed(shown(local, digits))} ${numbers.exact[at] === 0 ? "≈" : "="} ${shown(contribution, digits)}`;
  const across = says.length * 7.7 + 18;
  const width = layout.width;
  const [x, y] = freest(box, across, width, layout.boxes);
  return (
    <g class="crossing">
      <title>{`${full(upstream)} × ${local == null ? "…" : full(local)} = ${full(contribution)}`}</title>
      <rect class="label" x={x} y={y} width={across} height={22} rx={5} />
      <text class="gradient" x={x + across / 2} y={y + 15.5}>{says}</text>
    </g>
  );
}

const LABEL = 22;

/** Above or below the op, wherever the label covers least of the boxes. */
function freest(box: Box, across: number, width: number, boxes: Box[]): Point {
  const [left, top, wide, high] = box.op ?? box.card;
  const bottom = box.y + box.height;
  const clamped = (x: number) => Math.min(Math.max(2, x), Math.max(2, width - across - 2));
  const middle = clamped(left + wide / 2 - across / 2);
  const right = clamped(left - 6);
  const places: Point[] = [
    [middle, box.card[1] - 29], [right, box.card[1] - 29], [middle, bottom + 8], [right, bottom + 8], [middle, top + high + 4], [middle, top - 26],
  ];
  const covered = places.map((place) => boxes.reduce((sum, other) => sum + overlap(place, across, other), 0));
  return places[covered.indexOf(Math.min(...covered))] ?? [middle, top];
}

function overlap([x, y]: Point, across: number, box: Box): number {
  const w = Math.min(x + across, box.x + box.width) - Math.max(x, box.x);
  const h = Math.min(y + LABEL, box.y + box.height) - Math.max(y, box.y);
  return w > 0 && h > 0 ? w * h : 0;
}

function single(values: Float64Array | null): number | null {
  return values?.length === 1 ? (values[0] ?? null) : null;
}

function bracketed(text: string): string {
  return text.startsWith("−") ? `(${text})` : text;
}

function pathElement(path: string): SVGPathElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "path");
  element.setAttribute("d", path);
  return element;
}

function along(path: SVGPathElement, share: number): Point {
  const { x, y } = path.getPointAtLength(path.getTotalLength() * share);
  return [x, y];
}
