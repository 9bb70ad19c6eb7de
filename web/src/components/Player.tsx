// The player: one walk in linked views. Whatever is pointed at in one view is marked in all of them.
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { pressed } from "../motion";
import type { Session } from "../session";
import { Compare } from "./Compare";
import { Controls } from "./Controls";
import { CostMeter } from "./CostMeter";
import { Curves } from "./Curves";
import { FactorBoxes } from "./FactorBoxes";
import { Formula } from "./Formula";
import { Graph } from "./Graph";
import { LeafEditor } from "./LeafEditor";
import { Practice } from "./Practice";
import { Problem } from "./Problem";
import { Proof } from "./Proof";
import { Sentence } from "./Sentence";
import { Source } from "./Source";
import { StateTable } from "./StateTable";
import { TensorGrid } from "./TensorGrid";
import { Timeline } from "./Timeline";
import { WhyPanel } from "./WhyPanel";

export function Player({ session, isSmall = false }: { session: Session; isSmall?: boolean }) {
  const root = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<number | null>(null);
  useEffect(() => session.dispose, [session]);
  useSignalEffect(() => mark(root.current, session.hovered.value));
  const node = opened === null ? undefined : session.walk.nodes[Math.abs(opened)];

  const point = (event: Event) => {
    const found = under(event.target);
    const before = session.hovered.peek();
    if (found?.node !== before?.node || found?.gradient !== before?.gradient) session.hovered.value = found;
  };
  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const grid = target.closest("[data-open]")?.getAttribute("data-open");
    if (grid) return setOpened(Number(grid));
    const found = under(target);
    if (found?.gradient && !session.practising.peek()) session.chosen.value = { node: found.node, entry: (session.walk.nodes[found.node]?.shape ?? []).map(() => 0) };
  };
  const key = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const isTyping = target.matches("input, select, textarea, [role=slider], summary") || (event.key === " " && target.matches("button, [role=button]"));
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed(session, event.key)) event.preventDefault();
  };
  return (
    <div ref={root} class={`player${isSmall ? " small" : ""}${session.playing.value ? " playing" : ""}`} tabindex={-1} role="group" aria-label={`Player: ${session.walk.title}`}
      onPointerOver={point} onPointerLeave={() => (session.hovered.value = null)} onFocusIn={point} onClick={click} onKeyDown={key}>
      <Problem problem={session.problem.value} />
      {session.walk.warnings.map((warning) => <p key={warning} class="warning" role="status">{warning}</p>)}
      <div class="stage">
        <Graph session={session} />
        <Formula session={session} />
        <FactorBoxes session={session} />
      </div>
      <aside class="side" aria-label="Source, values and reasons">
        <Source session={session} />
        <StateTable session={session} />
        <WhyPanel session={session} />
      </aside>
      <div class="dock">
        <Sentence session={session} />
        <Timeline session={session} />
        <Controls session={session} />
      </div>
      <div class="more">
        <LeafEditor session={session} />
        <Compare session={session} />
        <Curves session={session} />
        <Practice session={session} />
        {!isSmall && <CostMeter session={session} />}
        {!isSmall && <Proof session={session} />}
        {!isSmall && <label class="panel digits">Digits shown <input class="short" type="number" min={1} max={17} value={session.digits.value} onInput={(event) => (session.digits.value = Math.max(1, Math.min(17, Number(event.currentTarget.value) || 4)))} /></label>}
      </div>
      {node && <TensorGrid session={session} node={node} isGradient={Object.is(opened, -0) || (opened ?? 0) < 0} close={() => setOpened(null)} />}
    </div>
  );
}

/** The value or gradient that an element shows. */
function under(target: EventTarget | null): { node: number; gradient: boolean } | null {
  const element = target instanceof Element ? target.closest("[data-gradient], [data-node]") : null;
  const gradient = element?.getAttribute("data-gradient");
  const node = gradient ?? element?.getAttribute("data-node");
  return node == null ? null : { node: Number(node), gradient: gradient != null };
}

/** An attribute of its own, because it belongs to no component: even MathML made in Python gets it. */
function mark(root: HTMLElement | null, hovered: { node: number; gradient: boolean } | null): void {
  for (const element of root?.querySelectorAll("[data-hovered]") ?? []) element.removeAttribute("data-hovered");
  if (!hovered) return;
  const name = hovered.gradient ? "data-gradient" : "data-node";
  for (const element of root?.querySelectorAll(`[${name}="${hovered.node}"]`) ?? []) element.setAttribute("data-hovered", "");
}
