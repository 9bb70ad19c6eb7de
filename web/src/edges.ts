// Which edges of a graph are meant: those of a step, of the chosen path, of the way from a pointed node to the output.
import { routeOf, type Guide, type Route } from "./layout";
import type { FactorInfo, NodeInfo, StepInfo } from "./protocol";

/** Forward, all edges into what is computed; backward, the one that is crossed. */
export function crossed(guide: Guide, nodes: NodeInfo[], step: StepInfo | undefined): Route[] {
  if (step?.phase === "forward")
    return drawn((nodes[step.node]?.inputs ?? []).map((input) => routeOf(guide, input, step.node)));
  return step?.phase === "backward" ? drawn([routeOf(guide, step.input, step.node)]) : [];
}

/** The edges that are factors of a path. */
export function along(guide: Guide, factors: FactorInfo[]): Route[] {
  return drawn(factors.map(({ input, node }) => routeOf(guide, input, node)));
}

const FARTHEST = 24; // edges of a way that are shown at once; the nearest say most

/** All edges on the way from a node to the output, the nearest first. */
export function onwards(guide: Guide, node: number): Route[] {
  const found = new Set<Route>();
  const seen = new Set<string>();
  let boxes = [guide.boxes.get(node)?.id ?? ""];
  while (boxes.length > 0 && found.size < FARTHEST) {
    const next = [...guide.routes.values()].filter(
      (route) => boxes.includes(route.from_box) && !seen.has(route.from_box),
    );
    boxes.forEach((box) => seen.add(box));
    next.forEach((route) => found.add(route));
    boxes = [...new Set(next.map((route) => route.to_box))];
  }
  return [...found].slice(0, FARTHEST);
}

function drawn(routes: (Route | undefined)[]): Route[] {
  return [...new Set(routes.filter((route) => route !== undefined))];
}

/** The backward steps that cross each edge, by "input-node": one for each time the value is used there. */
export function crossings(steps: StepInfo[]): Map<string, number[]> {
  const known = kept.get(steps);
  if (known) return known;
  const found = new Map<string, number[]>();
  steps.forEach((step, at) => {
    if (step.phase !== "backward") return;
    const edge = `${step.input}-${step.node}`;
    found.set(edge, [...(found.get(edge) ?? []), at]);
  });
  kept.set(steps, found);
  return found;
}

const kept = new WeakMap<StepInfo[], Map<string, number[]>>();
