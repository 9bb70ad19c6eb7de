// The edges of the graph; the one being crossed is strong, and those of the chosen or hovered path carry their local derivative.
import { edgePath, ended, type Box, type Layout, type Route } from "../layout";
import type { StepInfo } from "../protocol";
import type { Session } from "../session";

export function Edges({ session, layout }: { session: Session; layout: Layout }) {
  const boxes = new Map(layout.boxes.map((box) => [box.node, box]));
  const step = session.walk.steps[session.moment.value.step];
  return (
    <g class="edges">
      {layout.routes.map((route) => (
        <Edge key={`${route.source}-${route.target}`} session={session} route={route} box={boxes.get(route.target)} active={isActive(route, step)} phase={step?.phase ?? "forward"} />
      ))}
    </g>
  );
}

/** Forward, all edges into what is computed; backward, the one that is crossed. */
export function isActive(route: Route, step: StepInfo | undefined): boolean {
  if (!step) return false;
  if (step.phase === "forward") return route.target === step.node;
  return step.phase === "backward" && route.target === step.node && route.source === step.input;
}

interface EdgeProps {
  session: Session;
  route: Route;
  box: Box | undefined;
  active: boolean;
  phase: string;
}

function Edge({ session, route, box, active, phase }: EdgeProps) {
  const points = ended(route.points, box?.op);
  const path = edgePath(points);
  const chain = onChain(session, route);
  const tip = points[points.length - 1] ?? [0, 0];
  const start = points[0] ?? [0, 0];
  const backward = active && phase === "backward";
  const head = backward ? `M${start[0] + 5} ${start[1]}l7 -3.2v6.4z` : `M${tip[0]} ${tip[1]}l-7 -3.2v6.4z`;
  const kind = active ? `now ${phase}` : chain ? "chain" : "";
  return (
    <g>
      <path class={`edge ${kind}`} d={path} data-edge={`${route.source}-${route.target}`} />
      <path class={`head ${kind}`} d={head} />
    </g>
  );
}

/** Whether an edge is a factor of the path that is shown as boxes. */
function onChain(session: Session, route: Route): boolean {
  const why = session.why.value;
  const factors = why?.paths[session.path.value]?.factors ?? [];
  return factors.some((factor) => factor.node === route.target && factor.input === route.source);
}
