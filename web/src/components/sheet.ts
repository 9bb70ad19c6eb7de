// A canvas laid over what is in view of a graph, on which numbers look as the graph's own texts do.
import type { Point, Rect } from "../layout";
import type { Writing } from "../writing";

export interface Sheet {
  context: CanvasRenderingContext2D;
  /** From the layout to the canvas: its pixels for one unit, and where the layout begins. */
  scale: Point;
  start: Point;
  /** The part of the layout that is in view. */
  view: Rect;
  looks: Record<Writing["kind"], Look>;
}

interface Look {
  font: string;
  colour: string;
}

/** Lay a canvas over what the window shows of a graph; nothing where the graph isn't drawn. */
export function laidOver(still: SVGGElement, canvas: HTMLCanvasElement): Sheet | null {
  const [svg, matrix, context] = [still.ownerSVGElement, still.getScreenCTM(), canvas.getContext("2d")];
  const graph = svg?.closest(".graph");
  if (!svg || !graph || !matrix || !context) return null;
  const rect = svg.getBoundingClientRect();
  const [[left, top, width, height], view] = [pixels(rect), inWindow(pixels(graph.getBoundingClientRect()))];
  put(canvas, view, rect);
  const [across, down] = [width / rect.width, height / rect.height]; // browsers draw a picture on whole pixels
  const scale: Point = [matrix.a * across, matrix.d * down];
  const start: Point = [left - view[0] + (matrix.e - rect.left) * across, top - view[1] + (matrix.f - rect.top) * down];
  return {
    context,
    scale,
    start,
    view: [-start[0] / scale[0], -start[1] / scale[1], view[2] / scale[0], view[3] / scale[1]],
    looks: { value: lookOf(still, "value", matrix.a), gradient: lookOf(still, "gradient", matrix.a) },
  };
}

/** A part of the page in whole device pixels. */
function pixels({ left, top, right, bottom }: DOMRect): Rect {
  const [x, y, endX, endY] = [left, top, right, bottom].map((edge) => Math.round(edge * devicePixelRatio)) as Rect;
  return [x, y, endX - x, endY - y];
}

function inWindow([left, top, width, height]: Rect): Rect {
  const [x, y] = [Math.max(left, 0), Math.max(top, 0)];
  const [endX, endY] = [
    Math.min(left + width, innerWidth * devicePixelRatio),
    Math.min(top + height, innerHeight * devicePixelRatio),
  ];
  return [x, y, Math.max(0, endX - x), Math.max(0, endY - y)];
}

/** Give a canvas its place over a picture. */
function put(canvas: HTMLCanvasElement, [x, y, width, height]: Rect, picture: DOMRect): void {
  const length = (pixels: number, from = 0) => `${pixels / devicePixelRatio - from}px`;
  Object.assign(canvas, { width, height });
  Object.assign(canvas.style, {
    left: length(x, picture.left),
    top: length(y, picture.top),
    width: length(width),
    height: length(height),
  });
}

function lookOf(still: SVGGElement, kind: Writing["kind"], scale: number): Look {
  const { fontFamily, fontSize, fill } = getComputedStyle(still.querySelector(`.follows.${kind}`) ?? still);
  return { font: `${parseFloat(fontSize) * scale * devicePixelRatio}px ${fontFamily}`, colour: fill };
}

/** Write these numbers, and nothing else. */
export function draw({ context, scale, start, looks }: Sheet, numbers: Writing[]): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.textAlign = "center";
  for (const kind of ["value", "gradient"] as const) {
    context.font = looks[kind].font;
    context.fillStyle = looks[kind].colour;
    for (const { x, y, text } of numbers.filter((number) => number.kind === kind))
      context.fillText(text, start[0] + x * scale[0], start[1] + y * scale[1]);
  }
}
