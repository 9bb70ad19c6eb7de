// The numbers of one value in the graph: its value in the card, and its gradient badge below.
import { useComputed, type ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useInView } from "../inview";
import type { Box, Rect } from "../layout";
import { useArrived, useExact, useGradient, useKnown, useRested, useTitle, useValue } from "../live";
import { shown } from "../numbers";
import { isOwnName, shapeText } from "../ops";
import type { NodeInfo } from "../protocol";
import { gradientReach, valueReach } from "../reach";
import { outputName, type Session } from "../session";
import { gradientAt, gradientName, valueOf } from "../state";
import { gradientSpot, MORE, valueSpot } from "../writing";
import type { Told } from "./Amount";
import { Heat, heatSize, listed } from "./Heat";

interface Props {
  session: Session;
  box: Box;
  node: NodeInfo;
}

interface Seen {
  inView: ReadonlySignal<boolean>;
}

export function NodeNumbers({ session, box, node }: Props) {
  const place = useRef<SVGGElement>(null);
  const inView = useInView(place);
  return (
    <g ref={place} class="numbers">
      <Inside session={session} box={box} node={node} inView={inView} />
      {box.badge && <Badge session={session} place={box.badge} node={node} inView={inView} />}
    </g>
  );
}

/** What stands in the card: a number, a tensor's heatmap, or a dot before it is known. */
function Inside({ session, box, node, inView }: Props & Seen) {
  const [x, y, width, height] = box.card;
  if (!useKnown(session, node))
    return (
      <text x={x + width / 2} y={y + height - 8} class="dim">
        ·
      </text>
    );
  if (node.size !== 1) return <Tensor session={session} node={node} box={box} own={isOwnName(node.name)} />;
  return <Value session={session} box={box} node={node} inView={inView} />;
}

function Value({ session, box, node, inView }: Props & Seen) {
  const value = useValue(session, node, inView);
  const { x, y, room } = valueSpot(box, node);
  return (
    <text
      x={x}
      y={y}
      class={`value${node.role === "constant" ? "" : " follows"}`}
      data-node={node.id}
      data-value={useExact(value.now)}
    >
      {useRested(session, value, room)}
    </text>
  );
}

function Tensor({ session, node, box, own }: Props & { own: boolean }) {
  const [x, y, width, height] = box.card;
  const values = valueOf(node, session.numbers.value);
  const reach = valueReach(session.numbers.value, node.id);
  const [across] = heatSize(node.shape, node.size);
  return (
    <g class="tensor" data-node={node.id} data-value={listed(values)} data-open={node.id}>
      <Heat
        values={values}
        shape={node.shape}
        x={x + (width - across * 8) / 2}
        y={y + (own ? 24 : 18)}
        cell={8}
        reach={reach}
      />
      <text
        class="dim small"
        x={x + width / 2}
        y={y + height - 5}
      >{`${shapeText(node.shape)}  ±${shown(reach, 2)}`}</text>
    </g>
  );
}

interface BadgeProps extends Seen {
  session: Session;
  place: Rect;
  node: NodeInfo;
  isWhole: boolean;
}

function Badge({ session, place, node, inView }: Omit<BadgeProps, "isWhole">) {
  const [x, y, width, height] = place;
  const arrived = useArrived(session, node);
  if (arrived === "nothing") return <rect class="badge waiting" x={x} y={y} width={width} height={height} rx={4} />;
  const Shown = node.size === 1 ? NumberBadge : HeatBadge;
  return <Shown session={session} place={place} node={node} inView={inView} isWhole={arrived === "all"} />;
}

function NumberBadge({ session, place, node, inView, isWhole }: BadgeProps) {
  const { x, y, room } = gradientSpot(place, isWhole);
  const gradient = useGradient(session, node, inView);
  const written = useRested(session, gradient, room);
  return (
    <BadgeFrame
      session={session}
      place={place}
      node={node}
      isWhole={isWhole}
      value={useExact(gradient.now)}
      told={useTitle(gradient)}
    >
      <text x={x} y={y} class="gradient follows">
        {useComputed(() => `∂ ${written.value}${isWhole ? "" : MORE}`)}
      </text>
    </BadgeFrame>
  );
}

const CELL = 5;

function HeatBadge({ session, place, node, isWhole }: BadgeProps) {
  const [x, y, width] = place;
  const values =
    gradientAt(session.walk, session.times, session.numbers.value, node.id, session.seen.value) ?? new Float64Array(0);
  const [across] = heatSize(node.shape, node.size);
  return (
    <BadgeFrame
      session={session}
      place={place}
      node={node}
      isWhole={isWhole}
      value={listed(values)}
      told={shapeText(node.shape)}
    >
      <text x={x + 10} y={y + 13} class="gradient">
        ∂
      </text>
      <Heat
        values={values}
        shape={node.shape}
        x={x + (width - across * CELL) / 2}
        y={y + 3}
        cell={CELL}
        reach={gradientReach(session.walk, session.times, session.numbers.value, node.id, session.seen.value)}
      />
    </BadgeFrame>
  );
}

interface FrameProps extends Omit<BadgeProps, "inView"> {
  value: Told;
  told: Told;
  children: ComponentChildren;
}

function BadgeFrame({ session, place: [x, y, width, height], node, isWhole, value, told, children }: FrameProps) {
  const isChosen = useComputed(() => session.chosen.value?.node === node.id).value;
  const name = gradientName(outputName(session, node.id), node.name);
  return (
    <g
      class={`badge-node${isWhole ? "" : " partial"}${isChosen ? " chosen" : ""}`}
      data-gradient={node.id}
      data-value={value}
      data-complete={isWhole}
    >
      <title>
        {name} = {told}
        {isWhole ? "" : " so far: more contributions come"}; click: why?
      </title>
      <rect class="badge" x={x} y={y} width={width} height={height} rx={4} />
      {children}
    </g>
  );
}
