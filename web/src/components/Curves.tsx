// Several updates in a row: the output of each turn, and of the value it is compared with, growing beside the graph.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { exact, shown } from "../numbers";
import type { NodeInfo } from "../protocol";
import type { Session } from "../session";
import { jump } from "../motion";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [360, 150, 46, 26, 18, 12];

export function Curves({ session }: { session: Session }) {
  const { walk } = session;
  if (walk.turns < 2 || session.practising.value) return null;
  const outputs = walk.outputs.map((id) => walk.nodes[id]).filter((node): node is NodeInfo => node !== undefined);
  const prediction = predictions(session);
  return (
    <section role="group" class="panel curves" aria-label="Curves over the updates">
      <Curve session={session} title={`${outputs[0]?.name ?? "output"} after each update`} nodes={outputs} />
      {prediction && (
        <Curve session={session} title={prediction[0]?.name ?? ""} nodes={prediction} target={target(session)} />
      )}
    </section>
  );
}

/** What is called ŷ, y_pred, p or the like, one for each turn. */
function predictions(session: Session): NodeInfo[] | null {
  const known = /^(ŷ|y_?hat|y_?pred|pred(iction)?|p)$/i;
  const found = session.walk.nodes.filter((node) => known.test(node.name) && node.size === 1 && node.role === "result");
  return found.length === session.walk.turns ? found : null;
}

/** The leaf that a prediction is compared with. */
function target(session: Session): NodeInfo | undefined {
  return session.walk.nodes.find(
    (node) =>
      /^(y|t|target|y_true|label)$/.test(node.name) && node.role !== "result" && node.size === 1 && node.turn === 0,
  );
}

interface CurveProps {
  session: Session;
  title: string;
  nodes: NodeInfo[];
  target?: NodeInfo | undefined;
}

function Curve({ session, title, nodes, target }: CurveProps) {
  const goal = target ? session.numbers.value.values[target.offset] : undefined;
  const values = nodes.map((node) => session.numbers.value.values[node.offset] ?? NaN);
  const finite = values.filter(Number.isFinite);
  const turn = session.turn.value;
  const x = scaleLinear([0, Math.max(1, nodes.length - 1)], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear(
    [Math.min(0, goal ?? 0, ...finite), Math.max(1e-12, goal ?? 0, ...finite)],
    [HEIGHT - BOTTOM, TOP],
  ).nice(3);
  const shownTo = values.slice(0, turn + 1);
  const path =
    line<number>(
      (_, i) => x(i),
      (value) => y(value),
    ).defined(Number.isFinite)(shownTo) ?? "";
  const at = values[turn] ?? NaN;
  return (
    <figure>
      <figcaption>
        {title}: <span class="value tabular">{shown(at)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title}: ${shownTo.map((value) => shown(value)).join(", ")}`}
      >
        {y.ticks(3).map((tick) => (
          <g key={tick}>
            <line class="rule" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text class="axis end" x={LEFT - 6} y={y(tick) + 4}>
              {shown(tick)}
            </text>
          </g>
        ))}
        <text class="axis" x={(LEFT + WIDTH) / 2} y={HEIGHT - 6}>
          updates
        </text>
        {goal !== undefined && (
          <>
            <line class="goal" x1={LEFT} x2={WIDTH - RIGHT} y1={y(goal)} y2={y(goal)} />
            <text class="axis end" x={WIDTH - RIGHT} y={y(goal) - 5}>{`${target?.name} = ${shown(goal)}`}</text>
          </>
        )}
        <path class="curve" d={path} />
        {values.map(
          (value, i) =>
            Number.isFinite(value) &&
            i <= turn && (
              <circle
                key={i}
                class={`point${i === turn ? " current" : ""}`}
                cx={x(i)}
                cy={y(value)}
                r={i === turn ? 5 : 2.5}
                data-node={nodes[i]?.id}
                data-value={exact(value)}
                onClick={() => jump(session, session.times.computed[nodes[i]?.id ?? 0] ?? 0)}
              >
                <title>{`after ${i}: ${value}`}</title>
              </circle>
            ),
        )}
      </svg>
    </figure>
  );
}
