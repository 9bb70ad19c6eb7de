// The player: one walk in linked views. Whatever is pointed at in one view is marked in all of them.
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { pressed } from "../motion";
import type { Hovered, Session } from "../session";
import { sentence } from "../words";
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

export type View =
  | "graph"
  | "factors"
  | "table"
  | "source"
  | "formula"
  | "why"
  | "cost"
  | "curves"
  | "check"
  | "leaves"
  | "round"
  | "practice";

interface Props {
  session: Session;
  /** The views to show; all of them when left out. */
  views?: ReadonlySet<string> | undefined;
}

export function Player({ session, views }: Props) {
  const shows = (view: View) => views === undefined || views.has(view);
  const hasSide = shows("source") || shows("table") || shows("why");
  const root = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<number | null>(null);
  useEffect(() => session.dispose, [session]);
  useSignalEffect(() => mark(root.current, session.hovered.value));
  const node = opened === null ? undefined : session.walk.nodes[Math.abs(opened)];

  const point = (event: Event) => {
    if (event.target instanceof Element && event.target.closest("[data-factor]")) return; // it says itself what it points at
    const found = under(event.target);
    const before = session.hovered.peek();
    if (found?.node !== before?.node || found?.gradient !== before?.gradient) session.hovered.value = found;
  };
  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const grid = target.closest("[data-open]")?.getAttribute("data-open");
    if (grid) return setOpened(Number(grid));
    const found = under(target);
    if (found?.gradient && !session.practising.peek())
      session.chosen.value = { node: found.node, entry: (session.walk.nodes[found.node]?.shape ?? []).map(() => 0) };
  };
  const key = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const isTyping =
      target.matches("input, select, textarea, [role=slider], summary") ||
      (event.key === " " && target.matches("button, [role=button]"));
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed(session, event.key)) event.preventDefault();
  };
  return (
    <div
      ref={root}
      class={`player${views ? " small" : ""}${hasSide ? "" : " alone"}${session.playing.value ? " playing" : ""}`}
      tabindex={-1}
      role="group"
      aria-label={`Player: ${session.walk.title}`}
      onPointerOver={point}
      onPointerLeave={() => (session.hovered.value = null)}
      onFocusIn={point}
      onClick={click}
      onKeyDown={key}
    >
      <div class="stage">
        <Problem problem={session.problem.value} text={Object.values(session.walk.files).join("\n")} />
        <Warnings session={session} />
        {shows("graph") && <Graph session={session} />}
        {(shows("formula") || shows("graph")) && <Formula session={session} />}
        {shows("factors") && <FactorBoxes session={session} />}
        {!shows("graph") && shows("curves") && <Curves session={session} />}
      </div>
      {hasSide && (
        <div class="side" role="group" aria-label="Source, values and reasons">
          {shows("source") && <Source session={session} />}
          {shows("table") && <StateTable session={session} />}
          {shows("why") && <WhyPanel session={session} />}
        </div>
      )}
      <div class="dock">
        <Sentence session={session} />
        <div class="deck">
          <Timeline session={session} />
          <Controls session={session} />
        </div>
      </div>
      <div class="more">
        {shows("leaves") && <LeafEditor session={session} rounds={shows("round")} />}
        <Compare session={session} />
        {shows("graph") && shows("curves") && <Curves session={session} />}
        {shows("practice") && <Practice session={session} />}
        {shows("cost") && <CostMeter session={session} />}
        {shows("check") && !session.practising.value && <Proof session={session} isOpen={views !== undefined} />}
        {!views && session.carrier.live && <Digits session={session} />}
      </div>
      {node && (
        <TensorGrid
          session={session}
          node={node}
          isGradient={Object.is(opened, -0) || (opened ?? 0) < 0}
          close={() => setOpened(null)}
        />
      )}
    </div>
  );
}

/** Where the first NaN or infinity comes from, with the values as they are. */
function Warnings({ session }: { session: Session }) {
  const own = Object.values(session.walk.files).join("\n");
  return (
    <>
      {session.warnings.value.map((warning) => (
        <p key={warning} class="warning" role="status">
          {sentence(warning, own)}
        </p>
      ))}
    </>
  );
}

function Digits({ session }: { session: Session }) {
  const change = (text: string) => (session.digits.value = Math.max(1, Math.min(17, Number(text) || 4)));
  return (
    <label class="panel digits">
      Digits shown{" "}
      <input
        class="short"
        type="number"
        min={1}
        max={17}
        value={session.digits.value}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
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
function mark(root: HTMLElement | null, hovered: Hovered | null): void {
  for (const element of root?.querySelectorAll("[data-hovered]") ?? []) element.removeAttribute("data-hovered");
  if (!hovered) return;
  if (hovered.edge) root?.querySelector(`[data-edge="${hovered.edge}"]`)?.setAttribute("data-hovered", "");
  const name = hovered.gradient ? "data-gradient" : "data-node";
  for (const element of root?.querySelectorAll(`[${name}="${hovered.node}"]`) ?? [])
    element.setAttribute("data-hovered", "");
}
