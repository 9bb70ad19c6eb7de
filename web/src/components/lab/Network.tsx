// The network, to be built and watched: what each hidden unit says over the plane, and how strong each weight (or its gradient) is.
import { useMemo, useState } from "preact/hooks";
import { shown } from "../../numbers";
import { MOST_SHOWN, pictureOf, resized, tilesOf, type Edge } from "../../lab/network";
import type { Frame } from "../../lab/run";
import type { ErrorReply } from "../../protocol";
import { useWidth } from "../plots/hooks";
import { useRamp } from "../plots/useRamp";
import { Wrong } from "./Fields";
import { PictureTools } from "./PictureTools";
import { Tiles } from "./Tiles";

const FIELD = [{ name: "hidden", label: "The network" }];
const [WIDEST, MOST_LAYERS, NEW] = [256, 6, 4];
const THICKEST = 5;
const [LONGEST, LETTER] = [12, 7.2]; // letters of a name, pixels of each

interface Props {
  frame: Frame;
  hidden: number[];
  problem: ErrorReply | null;
  onHidden: (hidden: number[]) => void;
}

export function Network({ frame, hidden, problem, onHidden }: Props) {
  const [host, width] = useWidth<HTMLDivElement>(420);
  const { weights, gradients, units } = frame.parts;
  const { reply } = frame;
  const picture = useMemo(() => pictureOf(reply, width, weights, gradients), [frame, width]);
  const tiles = useMemo(() => tilesOf(reply, picture, units, weights), [picture]);
  const colours = useRamp(host, "signed");
  const isBackward = reply.phase === "backward";
  const strongest = Math.max(...picture.edges.map((edge) => Math.abs(isBackward ? edge.gradient : edge.weight)), 1e-12);
  const side = units?.shape[1] ?? 0;
  const far = Math.max(Math.abs(units?.low ?? 0), Math.abs(units?.high ?? 0)) || 1;
  return (
    <section class="lab-network gw-plot" aria-label="Network">
      <Builder hidden={hidden} onHidden={onHidden} />
      <Wrong fields={FIELD} problem={problem} />
      <div ref={host} class="gw-stage">
        <svg
          width={width}
          height={picture.height}
          viewBox={`0 0 ${width} ${picture.height}`}
          role="img"
          aria-label={described(frame)}
        >
          {picture.edges.map((edge, k) => (
            <Wire key={k} edge={edge} strongest={strongest} isBackward={isBackward} />
          ))}
          {picture.columns.flatMap((column, at) =>
            column.map((unit, k) => (
              <g
                key={`${at} ${k}`}
                class={unit.hidden < 0 ? "port" : "unit"}
                transform={`translate(${unit.x - picture.size / 2} ${unit.y - picture.size / 2})`}
              >
                {unit.hidden < 0 ? (
                  <Port name={unit.name} size={picture.size} isInput={unit.column === 0} />
                ) : (
                  <rect width={picture.size} height={picture.size} rx={4} />
                )}
                {units && side > 1 && units.shape.length === 2 && unit.hidden >= 0 && (
                  <path
                    class="curve"
                    d={curveOf(units.values.subarray(unit.hidden * side, (unit.hidden + 1) * side), far, picture.size)}
                  />
                )}
              </g>
            )),
          )}
          {picture.sizes.map(
            (count, at) =>
              count > MOST_SHOWN && (
                <text
                  key={at}
                  class="hidden-rest"
                  x={picture.columns[at]?.[0]?.x}
                  y={picture.height - 1}
                  text-anchor="middle"
                >
                  +{count - MOST_SHOWN}
                </text>
              ),
          )}
        </svg>
        {tiles.length > 0 && (
          <Tiles tiles={tiles} size={picture.size - 2} colours={colours} width={width} height={picture.height} />
        )}
      </div>
      <p class="note">
        {isBackward ? (
          <>
            Lines: <span class="gradient">the gradient of each weight</span>, the thicker the larger.
          </>
        ) : (
          <>
            Lines: weights, <span class="minus">below zero</span> and <span class="plus">above</span>, the thicker the
            larger.
          </>
        )}{" "}
        {reply.data.picture.length > 0
          ? "Each square: the weights with which that unit looks at the pixels."
          : units && `Each square: what that unit says over the ${units.shape.length === 3 ? "plane" : "input"}.`}
      </p>
      <PictureTools name="network" stage={host}>
        <WeightTable edges={picture.edges} />
      </PictureTools>
    </section>
  );
}

/** An input or an output: wide enough for its name, from the picture's edge inwards. */
function Port({ name, size, isInput }: { name: string; size: number; isInput: boolean }) {
  const text = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  const width = Math.max(size, text.length * LETTER + 12);
  const left = isInput ? 0 : size - width;
  return (
    <>
      <rect x={left} width={width} height={size} rx={4} />
      <text x={left + width / 2} y={size / 2 + 4} text-anchor="middle">
        {text}
        <title>{name}</title>
      </text>
    </>
  );
}

/** What a unit gives over a single input, in its square. */
function curveOf(values: Float64Array, far: number, size: number): string {
  return Array.from(
    values,
    (value, k) =>
      `${k ? "L" : "M"}${((k / (values.length - 1)) * size).toFixed(1)} ${((0.5 - (0.45 * value) / far) * size).toFixed(1)}`,
  ).join("");
}

function Wire({
  edge: { from, to, weight, gradient },
  strongest,
  isBackward,
}: {
  edge: Edge;
  strongest: number;
  isBackward: boolean;
}) {
  const amount = isBackward ? gradient : weight;
  const middle = (from.x + to.x) / 2;
  const kind = isBackward ? "gradient" : weight < 0 ? "minus" : "plus";
  const strength = Math.min(1, Math.abs(amount) / strongest) || 0;
  return (
    <path
      class={`wire ${kind}`}
      stroke-width={(0.4 + THICKEST * strength).toFixed(2)}
      stroke-opacity={(0.25 + 0.75 * strength).toFixed(2)}
      d={`M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`}
    />
  );
}

/** The weights in rows, which are made while they can be seen: a training that plays changes all of them, again and again. */
function WeightTable({ edges }: { edges: Edge[] }) {
  const [isOpen, setOpen] = useState(false);
  if (!edges.length) return null;
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Weights as a table</summary>
      {isOpen && (
        <div class="gw-table-room" tabIndex={0} role="region" aria-label="Weights and their gradients">
          <WeightRows edges={edges.slice(0, 200)} />
        </div>
      )}
    </details>
  );
}

function WeightRows({ edges }: { edges: Edge[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">layer</th>
          <th scope="col">into</th>
          <th scope="col">from</th>
          <th scope="col" class="value">
            weight
          </th>
          <th scope="col" class="gradient">
            gradient
          </th>
        </tr>
      </thead>
      <tbody>
        {edges.map(({ from, to, weight, gradient }, k) => (
          <tr key={k}>
            <td>{to.column}</td>
            <td>{to.name || to.hidden}</td>
            <td>{from.name || from.hidden}</td>
            <td title={String(weight)}>{shown(weight)}</td>
            <td title={String(gradient)}>{shown(gradient)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The hidden layers: their widths with less and more, and layers put in or taken away. */
function Builder({ hidden, onHidden }: { hidden: number[]; onHidden: (hidden: number[]) => void }) {
  return (
    <div class="builder">
      <span class="layers">
        {hidden.length === 0
          ? "No hidden layer: a straight line"
          : hidden.length === 1
            ? "1 hidden layer"
            : `${hidden.length} hidden layers`}
      </span>
      {hidden.map((width, layer) => (
        <span key={layer} class="layer" role="group" aria-label={`Hidden layer ${layer + 1}`}>
          <button
            type="button"
            aria-label={`One unit less in layer ${layer + 1}`}
            onClick={() => onHidden(resized(hidden, layer, -1))}
          >
            −
          </button>
          <output class="tabular" aria-label={`Units in layer ${layer + 1}`}>
            {width}
          </output>
          <button
            type="button"
            aria-label={`One unit more in layer ${layer + 1}`}
            disabled={width >= WIDEST}
            onClick={() => onHidden(resized(hidden, layer, 1))}
          >
            +
          </button>
        </span>
      ))}
      <span class="ends">
        <button
          type="button"
          disabled={hidden.length >= MOST_LAYERS}
          onClick={() => onHidden([...hidden, hidden[hidden.length - 1] ?? NEW])}
        >
          Add a layer
        </button>
        {hidden.length > 0 && (
          <button type="button" onClick={() => onHidden(hidden.slice(0, -1))}>
            Remove one
          </button>
        )}
      </span>
    </div>
  );
}

function described({ reply: { settings, data } }: Frame): string {
  const hidden = settings["hidden"] as number[];
  return `${data.columns.length} inputs, hidden layers of ${hidden.join(", ") || "none"} units, ${data.target}`;
}
