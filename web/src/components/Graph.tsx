// The graph as Python laid it out, with what is known at the current position.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Area, Box } from "../layout";
import type { Session } from "../session";
import { Edges } from "./Edges";
import { NodeBox } from "./NodeBox";
import { panZoom } from "./panzoom";
import { Room } from "./Room";
import { Traveller } from "./Traveller";

const MARGIN = 32; // room above and below for what an edge says while it is crossed

export function Graph({ session }: { session: Session }) {
  const layout = session.layout.value;
  const frame = useRef<SVGSVGElement>(null);
  const [width, height] = [Math.max(layout.width, 240), layout.height + 2 * MARGIN];
  const size = useRef<[number, number]>([width, height]);
  size.current = [width, height];
  const pan = useMemo(() => panZoom(() => size.current), []);
  useEffect(() => {
    const element = frame.current;
    element?.addEventListener("wheel", pan.wheel, { passive: false });
    return () => element?.removeEventListener("wheel", pan.wheel);
  }, [pan]);
  const { x, y, scale } = pan.view.value;
  return (
    <div class="graph">
      <Room session={session}><svg ref={frame} class={`picture${scale > 1 ? " zoomed" : ""}`} viewBox={`0 0 ${width} ${height}`} role="group" aria-label={`Graph of ${session.walk.title}`}
        style={{ maxWidth: `${width * 1.25}px` }} {...pan.handlers}>
        <g transform={`translate(${x} ${y}) scale(${scale}) translate(0 ${MARGIN})`}>
          {layout.areas.map((area) => <OpenArea key={area.id} session={session} area={area} />)}
          <Edges session={session} layout={layout} />
          {layout.boxes.map((box) => {
            const node = box.node === null ? undefined : session.walk.nodes[box.node];
            return node ? <NodeBox key={box.id} session={session} box={box} node={node} /> : <ClosedGroup key={box.id} session={session} box={box} />;
          })}
          <Traveller session={session} layout={layout} />
        </g>
      </svg></Room>
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" onClick={() => pan.zoom(1.3)} aria-label="Larger">+</button>
        <button type="button" onClick={() => pan.zoom(1 / 1.3)} aria-label="Smaller">−</button>
        <button type="button" onClick={pan.fit} disabled={scale === 1}>Fit</button>
      </div>
    </div>
  );
}

function toggle(session: Session, id: string): void {
  const open = session.open.value;
  session.open.value = open.includes(id) ? open.filter((other) => other !== id) : [...open, id];
}

function onKey(act: () => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
}

function OpenArea({ session, area }: { session: Session; area: Area }) {
  const act = () => toggle(session, area.id);
  return (
    <g class="area-group">
      <rect class="area" x={area.x} y={area.y} width={area.width} height={area.height} rx={10} />
      <text class="note" x={area.x + 10} y={area.y + 15} role="button" tabindex={0} aria-label={`Close ${area.label}`} onClick={act} onKeyDown={onKey(act)}>{area.label}</text>
    </g>
  );
}

function ClosedGroup({ session, box }: { session: Session; box: Box }) {
  const [x, y, width, height] = box.card;
  const act = () => toggle(session, box.id);
  return (
    <g class="closed" role="button" tabindex={0} aria-expanded={false} onClick={act} onKeyDown={onKey(act)}>
      <rect class="card" x={x} y={y} width={width} height={height} rx={12} />
      <text class="name" x={x + width / 2} y={y + 22}>{box.label}</text>
      <text class="dim small" x={x + width / 2} y={y + 39}>{` ${box.count} values`}</text>
    </g>
  );
}
