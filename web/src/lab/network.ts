// The network as a picture: a column for the inputs, one for each hidden layer, one for the output; where each unit stands.
import type { LabReply } from "../protocol";
import type { Part } from "./run";

export interface Unit {
  column: number;
  x: number;
  y: number;
  /** Its place among all hidden units; −1 for an input or an output. */
  hidden: number;
  name: string;
}

export interface Edge {
  from: Unit;
  to: Unit;
  weight: number;
  gradient: number;
}

export interface Picture {
  columns: Unit[][];
  sizes: number[];
  size: number;
  edges: Edge[];
  height: number;
}

export const MOST_SHOWN = 12; // units of a layer, inputs, outputs
const [ROOM, LARGEST, GAP] = [384, 46, 8];

export function pictureOf(reply: LabReply, width: number, weights?: Part, gradients?: Part): Picture {
  const hidden = (reply.settings["hidden"] as number[]) ?? [];
  const { classes, task, target, picture } = reply.data;
  const inputs = picture.length ? [picture.join("×")] : reply.data.columns; // a picture is one input to look at
  const outputs = task === "classes" ? classes : [target];
  const sizes = [inputs.length, ...hidden, outputs.length];
  const most = Math.min(MOST_SHOWN, Math.max(...sizes));
  const size = Math.min(LARGEST, Math.floor(ROOM / most) - GAP);
  const height = Math.max(most, 3) * (size + GAP) + GAP;
  const across = sizes.length > 1 ? (width - size - 2) / (sizes.length - 1) : 0;
  const firsts = hidden.map((_, layer) => hidden.slice(0, layer).reduce((sum, count) => sum + count, 0));
  const names = (column: number, place: number) => (column === 0 ? inputs[place] : column === sizes.length - 1 ? outputs[place] : undefined) ?? "";
  const columns = sizes.map((count, column) => Array.from({ length: Math.min(count, MOST_SHOWN) }, (_, place): Unit => ({
    column, x: 1 + size / 2 + column * across, y: height / 2 + (place - (Math.min(count, MOST_SHOWN) - 1) / 2) * (size + GAP),
    hidden: column > 0 && column <= hidden.length ? (firsts[column - 1] ?? 0) + place : -1, name: names(column, place),
  })));
  return { columns, sizes, size, height, edges: edges(columns, reply, weights, gradients) };
}

/** One edge for each weight between units that are shown; none where the layers hold more than weights and biases. */
function edges(columns: Unit[][], reply: LabReply, weights?: Part, gradients?: Part): Edge[] {
  const shapes = reply.layers.map((layer) => layer.weights);
  const total = shapes.reduce((sum, [out = 0, into = 0]) => sum + out * into + out, 0);
  if (!weights || shapes.some((shape) => shape.length !== 2) || reply.data.picture.length > 0 || weights.values.length !== total) return [];
  let offset = 0;
  return shapes.flatMap(([out = 0, into = 0], layer) => {
    const start = offset;
    offset += out * into + out;
    return (columns[layer + 1] ?? []).flatMap((to, row) => (columns[layer] ?? []).map((from, column) => {
      const place = start + row * into + column;
      return { from, to, weight: weights.values[place] ?? NaN, gradient: gradients?.values[place] ?? NaN };
    }));
  });
}

/** Hidden layers with one of them wider or narrower; a layer without units is taken away. */
export function resized(hidden: number[], layer: number, by: number): number[] {
  return hidden.map((width, k) => (k === layer ? width + by : width)).filter((width) => width > 0);
}
