// The table of values and gradients as they stand: every number can be copied, every gradient asked why.
import { useComputed, type ReadonlySignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { useInView } from "../inview";
import { useArrived, useGradient, useKnown, useValue } from "../live";
import { shown } from "../numbers";
import { shapeText } from "../ops";
import type { NodeInfo } from "../protocol";
import { outputName, type Session } from "../session";
import { gradientReach, valueReach } from "../reach";
import { gradientAt, gradientName, valueOf } from "../state";
import { LiveAmount } from "./Amount";
import { listed } from "./Heat";
import { DOTTED } from "./NodeBox";
import { useRowStops } from "./useRowStops";
import { useRowsInView } from "./useRowsInView";

export function StateTable({ session }: { session: Session }) {
  const turn = session.turn.value;
  const nodes = useMemo(
    () => session.walk.nodes.filter((node) => node.turn === turn && node.role !== "constant"),
    [session, turn],
  );
  const { first, last, place, onScroll } = useRowsInView(nodes.length, ROW);
  const { row, handlers } = useRowStops(place);
  const shownNodes = nodes.slice(first, last);
  const wanted = row ?? String(session.chosen.value?.node);
  const stop = shownNodes.find(({ id }) => String(id) === wanted) ?? shownNodes.find((node) => node.has_gradient);
  return (
    <section role="group" class="panel state" aria-label="Values and gradients">
      <div
        ref={place}
        class="scroll"
        onScroll={onScroll}
        {...handlers}
        tabindex={0}
        role="group"
        aria-label="Table of values and gradients; up and down lead from row to row"
      >
        <div class="rows" style={{ height: `${(nodes.length + 1) * ROW}px` }}>
          <table aria-rowcount={nodes.length + 1} style={{ marginTop: `${first * ROW}px` }}>
            <thead>
              <tr aria-rowindex={1}>
                <th scope="col">Name</th>
                <th scope="col" class="value">
                  Value
                </th>
                <th scope="col" class="gradient">
                  Gradient
                </th>
                <th scope="col">
                  <span class="unseen">Reason</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shownNodes.map((node, index) => (
                <Row
                  key={node.id}
                  session={session}
                  node={node}
                  index={first + index + 2}
                  tab={node === stop ? 0 : -1}
                />
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}

const ROW = 31; // px, as the style sheet has it

interface RowProps {
  session: Session;
  node: NodeInfo;
  /** Whether what can be pressed is a stop of the Tab key (0) or reached from other rows (-1). */
  tab: number;
  index: number;
}

function Row({ session, node, index, tab }: RowProps) {
  const row = useRef<HTMLTableRowElement>(null);
  const inView = useInView(row);
  const known = useKnown(session, node);
  const arrived = useArrived(session, node);
  const isChosen = useComputed(() => session.chosen.value?.node === node.id).value;
  const symbol = gradientName(outputName(session, node.id), node.name);
  const choose = () => (session.chosen.value = { node: node.id, entry: node.shape.map(() => 0) });
  const [Value, Gradient] = node.size === 1 ? [NumberValue, NumberGradient] : [TensorValue, TensorGradient];
  return (
    <tr ref={row} class={isChosen ? "chosen" : ""} data-row={node.id} aria-rowindex={index}>
      <th
        scope="row"
        class={DOTTED.test(node.name) ? "dotted" : undefined}
        data-node={node.id}
        title={node.symbols ? `${node.name} = ${node.symbols}` : node.name}
      >
        <bdi>{node.name}</bdi>
      </th>
      <td>{known ? <Value session={session} node={node} tab={tab} inView={inView} /> : <span class="dim">·</span>}</td>
      <td>
        {arrived !== "nothing" && <Gradient session={session} node={node} tab={tab} inView={inView} />}
        {arrived === "part" && (
          <span class="dim" title="more contributions come">
            {" "}
            + …
          </span>
        )}
      </td>
      <td>
        {arrived !== "nothing" && !session.practising.value && (
          <button
            type="button"
            class="why"
            tabindex={tab}
            aria-label={`Why is ${symbol} this number?`}
            onClick={choose}
          >
            why?
          </button>
        )}
      </td>
    </tr>
  );
}

interface CellProps extends Omit<RowProps, "index"> {
  inView: ReadonlySignal<boolean>;
}

function NumberValue({ session, node, tab, inView }: CellProps) {
  return (
    <LiveAmount session={session} number={useValue(session, node, inView)} kind="value" node={node.id} tab={tab} />
  );
}

function NumberGradient({ session, node, tab, inView }: CellProps) {
  return (
    <LiveAmount
      session={session}
      number={useGradient(session, node, inView)}
      kind="gradient"
      node={node.id}
      tab={tab}
    />
  );
}

function TensorValue({ session, node, tab }: CellProps) {
  const numbers = session.numbers.value;
  const text = summary(node, valueReach(numbers, node.id));
  return (
    <button
      type="button"
      class="amount value"
      tabindex={tab}
      data-node={node.id}
      data-value={listed(valueOf(node, numbers))}
      data-open={node.id}
      aria-label={`${text}: open value of ${node.name}`}
    >
      {text}
    </button>
  );
}

function TensorGradient({ session, node, tab }: CellProps) {
  const [numbers, seen] = [session.numbers.value, session.seen.value];
  const values = gradientAt(session.walk, session.times, numbers, node.id, seen);
  if (!values) return null;
  const text = summary(node, gradientReach(session.walk, session.times, numbers, node.id, seen));
  return (
    <button
      type="button"
      class="amount gradient"
      tabindex={tab}
      data-gradient={node.id}
      data-value={listed(values)}
      data-open={`-${node.id}`}
      aria-label={`${text}: open gradient of ${node.name}`}
    >
      {text}
    </button>
  );
}

function summary(node: NodeInfo, reach: number): string {
  return `${shapeText(node.shape)} · ±${shown(reach, 2)}`;
}
