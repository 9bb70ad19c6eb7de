// One value in the graph: the op that made it, its card, and its numbers.
import { outline, type Box, type Rect } from "../layout";
import { useKnown, useTitle, useValue } from "../live";
import { isOwnName, sign } from "../ops";
import type { NodeInfo } from "../protocol";
import type { Session } from "../session";
import { NodeNumbers } from "./NodeNumbers";

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
      <NodeNumbers session={session} box={box} node={node} />
    </g>
  );
}

function Op({ place: [x, y, width, height], node: { op, symbols } }: { place: Rect; node: NodeInfo }) {
  return (
    <g class="op-node">
      <title>{op}</title>
      <rect class="op" x={x} y={y} width={width} height={height} rx={height / 2} />
      <text x={x + width / 2} y={y + height / 2 + 4} class="sign">
        {sign(op, symbols)}
      </text>
      <line class="wire" x1={x + width} x2={x + width + 9} y1={y + height / 2} y2={y + height / 2} />
    </g>
  );
}

function Card({ session, box, node }: Props) {
  const [x, y, width, height] = box.card;
  const own = isOwnName(node.name);
  const isConstant = node.role === "constant" && node.size === 1;
  const known = useKnown(session, node);
  const value = useTitle(useValue(session, node));
  return (
    <g class="value-node" data-node={node.id} data-known={known}>
      <title>
        {`${node.name}${node.symbols ? ` = ${node.symbols}` : ""}`}
        {known && node.size === 1 && <> = {value}</>}
        {` (${node.role === "result" ? "computed" : node.role})`}
      </title>
      <path class="card" d={isConstant ? `M${x} ${y}h${width}v${height}h-${width}z` : outline(box.card, node.role)} />
      {node.role === "input" && <rect class="bar" x={x} y={y} width={3} height={height} />}
      {!isConstant && (
        <text x={x + width / 2} y={y + (own ? 17 : 13)} class={own ? "name" : "dim small"}>
          {fitted(node.name, width, own ? 15 : 10)}
        </text>
      )}
    </g>
  );
}

export const DOTTED = /^\w+(\.\w+)+$/; // a parameter of a network, called by its place: its end tells it from others

function fitted(name: string, width: number, size: number): string {
  const room = Math.floor((width - 8) / (size * 0.56));
  if (name.length <= room) return name;
  const kept = Math.max(1, room - 1);
  return DOTTED.test(name) ? `…${name.slice(-kept).replace(/^\./, "")}` : `${name.slice(0, kept)}…`;
}
