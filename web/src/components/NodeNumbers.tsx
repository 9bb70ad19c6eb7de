// The numbers of one value in the graph, in a picture of their own over the still one: its value in the card, and its
// gradient badge below.
import { useComputed, type ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useInView } from "../inview";
import type { Box, Rect } from "../layout";
import { useArrived, useExact, useGradient, useKnown, useTitle, useValue, useWritten } from "../live";
import { shown } from "../numbers";
import { isOwnName, shapeText } from "../ops";
import type { NodeInfo } from "../protocol";
import { gradientReach, valueReach } from "../reach";
import { outputName, type Session } from "../session";
import { gradientAt, gradientName, valueOf } from "../state";
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
  const place = useRef<SVGRectElement>(null);
  const inView = useInView(place);
  const display = useComputed(() => (session.dragging.value && !inView.value ? "none" : undefined)); // nor is it gone through for every paint
  return (
    <>
      <rect ref={place} class="room" x={box.x} y={box.y} width={box.width} height={box.height} />
      <g class={node.role} display={display}>
        <Inside session={session} box={box} node={node} inView={inView} />
        {box.badge && <Badge session={session} place={box.badge} node={node} inView={inView} />}
      </g>
    </>
  );
}

/** What stands in the card: a number, a tensor's heatmap, or a dot before it is known. */
function Inside({ session, box, node, inView }: Props & Seen) {
  const [x, y, width, height] = box.card;
  const middle = x + width / 2;
  if (!useKnown(session, node)) return <text x={middle} y={y + height - 8} class="dim">·</text>;
  if (node.size !== 1) return <Tensor session={session} node={node} box={box} own={isOwnName(node.name)} />;
  const [down, room] = node.role === "constant" ? [14, 80] : [height - 9, width];
  return <Value session={session} node={node} inView={inView} x={middle} y={y + down} width={room} />;
}

interface ValueProps extends Seen {
  session: Session;
  node: NodeInfo;
  x: number;
  y: number;
  width: number;
}

function Value({ session, node, inView, x, y, width }: ValueProps) {
  const value = useValue(session, node, inView);
  return (
    <text x={x} y={y} class="value" data-node={node.id} data-value={useExact(value.now)}>
      {useWritten(session, value.now, Math.floor((width - 6) / 7.6))}
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
      <Heat values={values} shape={node.shape} x={x + (width - across * 8) / 2} y={y + (own ? 24 : 18)} cell={8} reach={reach} />
      <text class="dim small" x={x + width / 2} y={y + height - 5}>{`${shapeText(node.shape)}  ±${shown(reach, 2)}`}</text>
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
  const [x, y, width, height] = place;
  const gradient = useGradient(session, node, inView);
  const rest = isWhole ? "" : " + …";
  const written = useWritten(session, gradient.now, Math.floor((width - 22) / 6.6) - rest.length);
  return (
    <BadgeFrame session={session} place={place} node={node} isWhole={isWhole} value={useExact(gradient.now)} told={useTitle(gradient)}>
      <text x={x + width / 2} y={y + height - 4.5} class="gradient">{useComputed(() => `∂ ${written.value}${rest}`)}</text>
    </BadgeFrame>
  );
}

const CELL = 5;

function HeatBadge({ session, place, node, isWhole }: BadgeProps) {
  const [x, y, width] = place;
  const values = gradientAt(session.walk, session.times, session.numbers.value, node.id, session.seen.value) ?? new Float64Array(0);
  const [across] = heatSize(node.shape, node.size);
  return (
    <BadgeFrame session={session} place={place} node={node} isWhole={isWhole} value={listed(values)} told={shapeText(node.shape)}>
      <text x={x + 10} y={y + 13} class="gradient">∂</text>
      <Heat values={values} shape={node.shape} x={x + (width - across * CELL) / 2} y={y + 3} cell={CELL}
        reach={gradientReach(session.walk, session.times, session.numbers.value, node.id, session.seen.value)} />
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
    <g class={`badge-node${isWhole ? "" : " partial"}${isChosen ? " chosen" : ""}`} data-gradient={node.id} data-value={value} data-complete={isWhole}>
      <title>{name} = {told}{isWhole ? "" : " so far: more contributions come"}; click: why?</title>
      <rect class="badge" x={x} y={y} width={width} height={height} rx={4} />
      {children}
    </g>
  );
}
