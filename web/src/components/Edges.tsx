// The edges of the graph: the one being crossed is strong, and the chosen and the hovered path stand out.
import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { along, crossed, onwards } from "../edges";
import { edgePath, ended, guideTo, type Box, type Layout, type Route } from "../layout";
import type { Session } from "../session";

export function Edges({ session, layout }: { session: Session; layout: Layout }) {
  const guide = guideTo(layout);
  const at = useComputed(() => session.moment.value.step); // not every frame of its way
  const pointed = useComputed(() => session.hovered.value?.node ?? -1);
  const step = session.walk.steps[at.value];
  const why = session.why.value;
  const chain = useMemo(
    () => new Set(along(guide, why?.paths[session.path.value]?.factors ?? [])),
    [guide, why, session.path.value],
  );
  const way = useMemo(() => new Set(onwards(guide, pointed.value)), [guide, pointed.value]);
  const now = useMemo(() => new Set(crossed(guide, session.walk.nodes, step)), [guide, step]);
  const kind = (route: Route) =>
    now.has(route) ? `now ${step?.phase}` : way.has(route) ? "way" : chain.has(route) ? "chain" : "";
  return (
    <g class="edges">
      {layout.routes.map((route) => (
        <Edge
          key={`${route.from_box} ${route.to_box} ${route.source}`}
          kind={kind(route)}
          route={route}
          box={guide.boxes.get(route.target)}
        />
      ))}
    </g>
  );
}

interface EdgeProps {
  kind: string;
  route: Route;
  box: Box | undefined;
}

function Edge({ kind, route, box }: EdgeProps) {
  // The same element while nothing changes, so that hundreds of edges cost nothing while a value is dragged.
  return useMemo(() => {
    const points = ended(route.points, box?.op);
    const tip = points[points.length - 1] ?? [0, 0];
    const start = points[0] ?? [0, 0];
    const head =
      kind === "now backward" ? `M${start[0] + 5} ${start[1]}l7 -3.2v6.4z` : `M${tip[0]} ${tip[1]}l-7 -3.2v6.4z`;
    return (
      <g>
        <path class={`edge ${kind}`} d={edgePath(points)} data-edge={`${route.source}-${route.target}`} />
        <path class={`head ${kind}`} d={head} />
      </g>
    );
  }, [route, box, kind]);
}
