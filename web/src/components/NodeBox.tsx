// One value in the graph: the op that made it, its card, and its gradient badge below.
import { useComputed } from "@preact/signals";
import { outline, type Box } from "../layout";
import { fitting, full, shown, steady } from "../numbers";
import { isOwnName, shapeText, sign } from "../ops";
import type { NodeInfo } from "../protocol";
import { outputName, type Session } from "../session";
import { gradientAt, gradientName, isComplete, knows, valueOf } from "../state";
import { Heat, heatSize, largest, listed } from "./Heat";

interface Props {
  session: Session;
  box: Box;
  node: NodeInfo;
}

export function NodeBox({ session, box, node }: Props) {
  const isOutput = session.walk.outputs.includes(node.id);
  return (
    <g class={`box ${node.role}${isOutput ? " output" : ""}`}>
      {box.op && <Op place={box.op} node={node} />}
      <Card session={session} box={box} node={node} />
      {box.badge && <Badge session={session} place={box.badge} node={node} />}
    </g>
  );
}

function Op({ place: [x, y, width, height], node: { op, symbols } }: { place: [number, number, number, number]; node: NodeInfo }) {
  return (
    <g class="op-node">
      <title>{op}</title>
      <rect class="op" x={x} y={y} width={width} height={height} rx={height / 2} />
      <text x={x + width / 2} y={y + height / 2 + 4} class="sign">{sign(op, symbols)}</text>
      <line class="wire" x1={x + width} x2={x + width + 9} y1={y + height / 2} y2={y + height / 2} />
    </g>
  );
}

function Card({ session, box, node }: Props) {
  const [x, y, width, height] = box.card;
  const known = useComputed(() => knows(session.times, node.id, session.seen.value));
  const hidden = useComputed(() => !known.value);
  const own = isOwnName(node.name);
  const isConstant = node.role === "constant" && node.size === 1;
  const middle = x + width / 2;
  return (
    <g class="value-node" data-node={node.id} data-known={!hidden.value}>
      <title>{`${node.name}${node.symbols ? ` = ${node.symbols}` : ""} (${node.role === "result" ? "computed" : node.role})`}</title>
      <path class="card" d={isConstant ? `M${x} ${y}h${width}v${height}h-${width}z` : outline(box.card, node.role)} />
      {node.role === "input" && <rect class="bar" x={x} y={y} width={3} height={height} />}
      {!isConstant && <text x={middle} y={y + (own ? 17 : 13)} class={own ? "name" : "dim small"}>{fitted(node.name, width, own ? 15 : 10)}</text>}
      {!known.value ? <text x={middle} y={y + height - 8} class="dim">·</text>
        : node.size === 1 ? <Value session={session} node={node} x={middle} y={isConstant ? y + 14 : y + height - 9} width={isConstant ? 80 : width} />
        : <Tensor session={session} node={node} box={box} own={own} />}
    </g>
  );
}

function Value({ session, node, x, y, width }: { session: Session; node: NodeInfo; x: number; y: number; width: number }) {
  const value = useComputed(() => session.numbers.value.values[node.offset] ?? NaN);
  const text = fitting(value.value, session.digits.value, Math.floor((width - 6) / 7.6), session.dragging.value ? steady : shown);
  return <text x={x} y={y} class="value" data-node={node.id} data-value={String(value.value)}><title>{`${node.name} = ${full(value.value)}`}</title>{text}</text>;
}

function Tensor({ session, node, box, own }: Props & { own: boolean }) {
  const [x, y, width, height] = box.card;
  const values = valueOf(node, session.numbers.value);
  const [across] = heatSize(node.shape, node.size);
  return (
    <g class="tensor" data-node={node.id} data-value={listed(values)} data-open={node.id}>
      <Heat values={values} shape={node.shape} x={x + (width - across * 8) / 2} y={y + (own ? 24 : 18)} cell={8} />
      <text class="dim small" x={x + width / 2} y={y + height - 5}>{`${shapeText(node.shape)}  ±${shown(largest(values), 2)}`}</text>
    </g>
  );
}

function Badge({ session, place: [x, y, width, height], node }: { session: Session; place: [number, number, number, number]; node: NodeInfo }) {
  const gradient = gradientAt(session.walk, session.times, session.numbers.value, node.id, session.seen.value);
  const complete = useComputed(() => isComplete(session.times, node.id, session.seen.value));
  const name = gradientName(outputName(session, node.id), node.name);
  if (!gradient) return <rect class="badge waiting" x={x} y={y} width={width} height={height} rx={4} />;
  const single = gradient[0] ?? NaN;
  const text = fitting(single, session.digits.value, Math.floor((width - 22) / 6.6) - (complete.value ? 0 : 4), session.dragging.value ? steady : shown);
  const isChosen = session.chosen.value?.node === node.id;
  const cell = 5;
  return (
    <g class={`badge-node${complete.value ? "" : " partial"}${isChosen ? " chosen" : ""}`} data-gradient={node.id} data-value={listed(gradient)} data-complete={complete.value}>
      <title>{`${name} = ${node.size === 1 ? full(single) : shapeText(node.shape)}${complete.value ? "" : " so far: more contributions come"}; click: why?`}</title>
      <rect class="badge" x={x} y={y} width={width} height={height} rx={4} />
      {node.size === 1
        ? <text x={x + width / 2} y={y + height - 4.5} class="gradient">{`∂ ${text}${complete.value ? "" : " + …"}`}</text>
        : <><text x={x + 10} y={y + 13} class="gradient">∂</text>
            <Heat values={gradient} shape={node.shape} x={x + (width - heatSize(node.shape, node.size)[0] * cell) / 2} y={y + 3} cell={cell} /></>}
    </g>
  );
}

const DOTTED = /^\w+(\.\w+)+$/; // a parameter of a network, called by its place: its end tells it from others

function fitted(name: string, width: number, size: number): string {
  const room = Math.floor((width - 8) / (size * 0.56));
  if (name.length <= room) return name;
  const kept = Math.max(1, room - 1);
  return DOTTED.test(name) ? `…${name.slice(-kept).replace(/^\./, "")}` : `${name.slice(0, kept)}…`;
}
