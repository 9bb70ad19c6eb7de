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
const [ROOM, LARGEST, GAP, REST] = [384, 46, 8, 14]; // REST: for the number of those that aren't shown

export function pictureOf(reply: LabReply, width: number, weights?: Part, gradients?: Part): Picture {
  const hidden = (reply.settings["hidden"] as number[]) ?? [];
  const { classes, task, target, picture } = reply.data;
  const inputs = picture.length ? [picture.join("×")] : reply.data.columns; // a picture is one input to look at
  const outputs = task === "classes" ? classes : [target];
  const sizes = [inputs.length, ...hidden, outputs.length];
  const most = Math.min(MOST_SHOWN, Math.max(...sizes));
  const size = Math.min(LARGEST, Math.floor(ROOM / most) - GAP);
  const rest = Math.max(...sizes) > MOST_SHOWN ? REST : 0;
  const height = Math.max(most, 3) * (size + GAP) + GAP;
  const across = sizes.length > 1 ? (width - size - 2) / (sizes.length - 1) : 0;
  const firsts = hidden.map((_, layer) => hidden.slice(0, layer).reduce((sum, count) => sum + count, 0));
  const names = (column: number, place: number) =>
    (column === 0 ? inputs[place] : column === sizes.length - 1 ? outputs[place] : undefined) ?? "";
  const columns = sizes.map((count, column) =>
    Array.from({ length: Math.min(count, MOST_SHOWN) }, (_, place): Unit => ({
      column,
      x: 1 + size / 2 + column * across,
      y: height / 2 + (place - (Math.min(count, MOST_SHOWN) - 1) / 2) * (size + GAP),
      hidden: column > 0 && column <= hidden.length ? (firsts[column - 1] ?? 0) + place : -1,
      name: names(column, place),
    })),
  );
  return { columns, sizes, size, height: height + rest, edges: edges(columns, reply, weights, gradients) };
}

/** One edge for each weight between units that are shown; none where the layers hold more than weights and biases. */
function edges(columns: Unit[][], reply: LabReply, weights?: Part, gradients?: Part): Edge[] {
  const shapes = reply.layers.map((layer) => layer.weights);
  const total = shapes.reduce((sum, [out = 0, into = 0]) => sum + out * into + out, 0);
  if (!weights || shapes.some((shape) => shape.length !== 2) || weights.values.length !== total) return [];
  let offset = 0;
  return shapes.flatMap(([out = 0, into = 0], layer) => {
    const start = offset;
    offset += out * into + out;
    if (layer === 0 && reply.data.picture.length) return []; // a picture's weights are pictures themselves
    return (columns[layer + 1] ?? []).flatMap((to, row) =>
      (columns[layer] ?? []).map((from, column) => {
        const place = start + row * into + column;
        return { from, to, weight: weights.values[place] ?? NaN, gradient: gradients?.values[place] ?? NaN };
      }),
    );
  });
}

/** A small map in a unit's square: numbers, so many in a row, drawn from the bottom row up. */
export interface Tile {
  unit: Unit;
  grid: Float64Array;
  columns: number;
  far: number;
}

/** What each shown unit gives over the plane; of pictures, the weights with which the first layer's units look at the pixels. */
export function tilesOf({ data }: LabReply, { columns }: Picture, units?: Part, weights?: Part): Tile[] {
  const hidden = columns.flat().filter((unit) => unit.hidden >= 0);
  const cut = (part: Part, size: number, width: number, shown: Unit[]) => {
    const far = Math.max(...Array.from(part.values.subarray(0, size * shown.length), Math.abs)) || 1;
    return shown.map((unit) => ({
      unit,
      grid: part.values.subarray(unit.hidden * size, (unit.hidden + 1) * size),
      columns: width,
      far,
    }));
  };
  const [rows = 0, width = 0] = data.picture;
  if (rows && width && weights)
    return cut(weights, rows * width, width, columns.length > 2 ? (columns[1] ?? []) : []).map((tile) => ({
      ...tile,
      grid: upsideDown(tile.grid, width),
    }));
  const [count = 0, side = 0] = units?.shape ?? [];
  return units?.shape.length === 3
    ? cut(
        units,
        side * side,
        side,
        hidden.filter((unit) => unit.hidden < count),
      ).map((tile) => ({ ...tile, far: Math.max(-units.low, units.high) || 1 }))
    : [];
}

/** The rows of a grid from the last to the first. */
export function upsideDown(grid: Float64Array, columns: number): Float64Array {
  const rows = grid.length / columns;
  return grid.map((_, place) => grid[(rows - 1 - Math.floor(place / columns)) * columns + (place % columns)] ?? NaN);
}

/** Hidden layers with one of them wider or narrower; a layer without units is taken away. */
export function resized(hidden: number[], layer: number, by: number): number[] {
  return hidden.map((width, k) => (k === layer ? width + by : width)).filter((width) => width > 0);
}
