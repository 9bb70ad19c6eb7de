// The table of values and gradients as they stand: every number can be copied, every gradient asked why.
import { shapeText } from "../ops";
import type { NodeInfo } from "../protocol";
import { outputName, type Session } from "../session";
import { gradientReach, valueReach } from "../reach";
import { gradientAt, gradientName, isComplete, knows, valueOf } from "../state";
import { Amount } from "./Amount";
import { listed } from "./Heat";
import { shown } from "../numbers";

export function StateTable({ session }: { session: Session }) {
  const turn = session.turn.value;
  const nodes = session.walk.nodes.filter((node) => node.turn === turn && node.role !== "constant");
  return (
    <section role="group" class="panel state" aria-label="Values and gradients">
      <div class="scroll" tabindex={0} role="group" aria-label="Table of values and gradients">
        <table>
          <thead><tr><th scope="col">Name</th><th scope="col" class="value">Value</th><th scope="col" class="gradient">Gradient</th><th scope="col"><span class="unseen">Reason</span></th></tr></thead>
          <tbody>{nodes.map((node) => <Row key={node.id} session={session} node={node} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ session, node }: { session: Session; node: NodeInfo }) {
  const numbers = session.numbers.value;
  const position = session.seen.value;
  const known = knows(session.times, node.id, position);
  const gradient = gradientAt(session.walk, session.times, numbers, node.id, position);
  const symbol = gradientName(outputName(session, node.id), node.name);
  const choose = () => (session.chosen.value = { node: node.id, entry: node.shape.map(() => 0) });
  return (
    <tr class={session.chosen.value?.node === node.id ? "chosen" : ""} data-row={node.id}>
      <th scope="row" data-node={node.id} title={node.symbols ? `${node.name} = ${node.symbols}` : node.name}>{node.name}</th>
      <td>{known ? <Cell session={session} node={node} values={valueOf(node, numbers)} reach={valueReach(numbers, node.id)} kind="value" /> : <span class="dim">·</span>}</td>
      <td>{gradient && <><Cell session={session} node={node} values={gradient} reach={gradientReach(session.walk, session.times, numbers, node.id, position)} kind="gradient" />{!isComplete(session.times, node.id, position) && <span class="dim" title="more contributions come"> + …</span>}</>}</td>
      <td>{gradient && !session.practising.value && <button type="button" class="why" aria-label={`Why is ${symbol} this number?`} onClick={choose}>why?</button>}</td>
    </tr>
  );
}

interface CellProps {
  session: Session;
  node: NodeInfo;
  values: Float64Array;
  reach: number;
  kind: "value" | "gradient";
}

function Cell({ session, node, values, reach, kind }: CellProps) {
  if (node.size === 1) return <Amount value={values[0] ?? NaN} kind={kind} node={node.id} digits={session.digits.value} isSteady={session.dragging.value} />;
  const marks = kind === "gradient" ? { "data-gradient": node.id } : { "data-node": node.id };
  const text = `${shapeText(node.shape)} · ±${shown(reach, 2)}`;
  return (
    <button type="button" class={`amount ${kind}`} {...marks} data-value={listed(values)} data-open={kind === "gradient" ? `-${node.id}` : node.id} aria-label={`${text}: open ${kind} of ${node.name}`}>
      {text}
    </button>
  );
}
