// What is happening now: values move forward; backward, the upstream badge travels along the edge, meets the local
// derivative on it, and lands as a contribution.
import { useMemo } from "preact/hooks";
import { crossed } from "../edges";
import { edgePath, ended, guideTo, type Box, type Layout, type Point, type Route } from "../layout";
import { eased } from "../motion";
import { shown } from "../numbers";
import { receiver, amount } from "../state";
import type { Session } from "../session";

const MEETS = 0.5;

export function Traveller({ session, layout }: { session: Session; layout: Layout }) {
  const { step: at, share } = session.moment.value;
  const step = session.walk.steps[at];
  if (!step) return null;
  const guide = guideTo(layout);
  const ringed = guide.boxes.get(receiver(step));
  const target = guide.boxes.get(step.node);
  return (
    <g class="now-marks" data-step={at}>
      {ringed && <Ring box={ringed} phase={step.phase} hasGradient={step.phase !== "forward"} />}
      {share < 1 &&
        crossed(guide, session.walk.nodes, step).map((route) => (
          <Mover key={`${route.source}-${route.target}`} session={session} route={route} box={target} share={share} />
        ))}
    </g>
  );
}

function Ring({ box, phase, hasGradient }: { box: Box; phase: string; hasGradient: boolean }) {
  const [x, y, width, height] = box.card;
  const down = hasGradient && box.badge ? box.badge[1] + box.badge[3] - y : height;
  return <rect class={`ring ${phase}`} x={x - 4} y={y - 4} width={width + 8} height={down + 8} rx={11} />;
}

function Mover({
  session,
  route,
  box,
  share,
}: {
  session: Session;
  route: Route;
  box: Box | undefined;
  share: number;
}) {
  const path = useMemo(() => pathElement(edgePath(ended(route.points, box?.op))), [route, box]);
  const step = session.walk.steps[session.moment.value.step];
  const backward = step?.phase === "backward";
  const gone = eased(share);
  const [x, y] = along(path, backward ? 1 - gone : gone);
  const numbers = session.numbers.value;
  const carried = backward
    ? amount(step, numbers, share < MEETS ? "upstream" : "contribution")
    : numbers.values
        .subarray(session.walk.nodes[route.source]?.offset ?? 0)
        .subarray(0, session.walk.nodes[route.source]?.size ?? 1);
  const text = carried?.length === 1 ? shown(carried[0] ?? NaN, 3) : "";
  const width = Math.max(16, text.length * 6.6 + 12);
  return (
    <g class={`mover ${backward ? "backward" : "forward"}`} transform={`translate(${x} ${y})`} aria-hidden="true">
      <rect x={-width / 2} y={-9} width={width} height={18} rx={backward ? 4 : 9} />
      {text && <text y={4}>{text}</text>}
    </g>
  );
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
