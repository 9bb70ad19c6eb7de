// The graph as Python laid it out, with what is known at the current position.
import { useComputed } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Area, Box, Point } from "../layout";
import type { NodeInfo } from "../protocol";
import type { Session } from "../session";
import { DraggedNumbers } from "./DraggedNumbers";
import { EdgeLabels } from "./EdgeLabels";
import { Edges } from "./Edges";
import { NodeBox } from "./NodeBox";
import { panZoom } from "./panzoom";
import { Traveller } from "./Traveller";
import { useFades } from "./useFades";
import { useFollowing } from "./useFollowing";

const MARGIN = 32; // room above and below for what an edge says while it is crossed

export function Graph({ session }: { session: Session }) {
  const layout = session.layout.value;
  const [frame, still] = [useRef<HTMLDivElement>(null), useRef<SVGGElement>(null)];
  const [width, height] = [Math.max(layout.width, 240), layout.height + 2 * MARGIN];
  const size = useRef<Point>([width, height]);
  size.current = [width, height];
  const pan = useMemo(() => panZoom(() => size.current), []);
  useEffect(() => {
    const element = frame.current;
    element?.addEventListener("wheel", pan.wheel, { passive: false });
    return () => element?.removeEventListener("wheel", pan.wheel);
  }, [pan]);
  useFollowing(session, frame, MARGIN);
  useFades(frame);
  const toggle = useToggle(session, frame);
  const { x, y, scale } = pan.view.value;
  const transform = `translate(${x} ${y}) scale(${scale}) translate(0 ${MARGIN})`;
  return (
    <div class="graph">
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" onClick={() => pan.zoom(1.3)} aria-label="Larger">
          +
        </button>
        <button type="button" onClick={() => pan.zoom(1 / 1.3)} aria-label="Smaller">
          −
        </button>
        <button type="button" onClick={pan.fit} disabled={scale === 1}>
          Fit
        </button>
      </div>
      <div
        ref={frame}
        class={`picture${scale > 1 ? " zoomed" : ""}`}
        style={{ maxWidth: `${width * 1.25}px`, "--width": `${width}px`, "--height": `${height}px` }}
        {...pan.handlers}
      >
        <svg
          class="still"
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label={`Graph of ${session.walk.title}`}
        >
          <g ref={still} transform={transform} class={useComputed(() => (session.dragging.value ? "dragged" : ""))}>
            {layout.areas.map((area) => (
              <OpenArea key={area.id} area={area} toggle={toggle} />
            ))}
            <Edges session={session} layout={layout} />
            {layout.boxes.map((box) => {
              const node = nodeOf(session, box);
              return node ? (
                <NodeBox key={box.id} session={session} box={box} node={node} />
              ) : (
                <ClosedGroup key={box.id} box={box} toggle={toggle} />
              );
            })}
          </g>
        </svg>
        <DraggedNumbers session={session} layout={layout} still={still} transform={transform} />
        <svg class="moving" viewBox={`0 0 ${width} ${height}`} role="group" aria-label="What its edges say">
          <g transform={transform}>
            <EdgeLabels session={session} layout={layout} margin={MARGIN} />
            <Traveller session={session} layout={layout} />
          </g>
        </svg>
      </div>
    </div>
  );
}

function nodeOf(session: Session, { node }: Box): NodeInfo | undefined {
  return node === null ? undefined : session.walk.nodes[node];
}

/** Opens or closes a group; whoever did it by keyboard stands at the same group afterwards. */
function useToggle(session: Session, frame: RefObject<HTMLElement | null>): (id: string) => void {
  const last = useRef("");
  const layout = session.layout.value;
  useEffect(() => {
    if (last.current)
      frame.current
        ?.querySelector<SVGElement>(`[data-group="${CSS.escape(last.current)}"]`)
        ?.focus({ preventScroll: true });
    last.current = "";
  }, [layout]);
  return (id) => {
    const open = session.open.value;
    last.current = id;
    session.open.value = open.includes(id) ? open.filter((other) => other !== id) : [...open, id];
  };
}

/** What makes a part of a picture a button, by pointer and by key. */
function button(act: () => void) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return { role: "button" as const, tabindex: 0, onClick: act, onKeyDown };
}

const HEADER = 24;

function OpenArea({ area: { id, label, x, y, width, height }, toggle }: { area: Area; toggle(id: string): void }) {
  return (
    <g class="area-group">
      <rect class="area" x={x} y={y} width={width} height={height} rx={10} />
      <g class="area-name" data-group={id} aria-expanded aria-label={`Close ${label}`} {...button(() => toggle(id))}>
        <rect class="hit" x={x} y={y} width={width} height={HEADER} rx={10} />
        <text class="note" x={x + 10} y={y + 15}>{`− ${label}`}</text>
      </g>
    </g>
  );
}

function ClosedGroup({
  box: {
    id,
    label,
    nodes,
    card: [x, y, width, height],
  },
  toggle,
}: {
  box: Box;
  toggle(id: string): void;
}) {
  return (
    <g
      class="closed"
      data-group={id}
      aria-expanded={false}
      aria-label={`Open ${label}, ${nodes.length} values`}
      {...button(() => toggle(id))}
    >
      <rect class="card under" x={x + 4} y={y + 4} width={width} height={height} rx={12} />
      <rect class="card" x={x} y={y} width={width} height={height} rx={12} />
      <text class="name" x={x + width / 2} y={y + 22}>
        {label}
      </text>
      <text class="dim small" x={x + width / 2} y={y + 39}>{`+ ${nodes.length} values`}</text>
    </g>
  );
}
