// Where the labels of edges stand: beside their edge, on no box and on no other label.
import { bend, type Box, type Point, type Rect, type Route } from "./layout";

/** Something to be written beside an edge. */
export interface Wanted {
  key: string;
  route: Route;
  /** The box that the edge enters. */
  box: Box | undefined;
  size: [number, number];
  /** Written even where no place is free. */
  must?: boolean;
}

export interface Placed extends Wanted {
  at: Rect;
}

const SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
const GAP = 3;

/** The first of the wanted labels gets the best place; one for which no place is free is left out. */
export function placed(wanted: Wanted[], boxes: Box[], routes: Route[], room: Rect): Placed[] {
  const taken = boxes.flatMap(parts);
  const lines = routes.map((route) => [route, polyline(route.points)] as const);
  const found: Placed[] = [];
  for (const want of wanted) {
    const others = lines.filter(([route]) => route !== want.route).flatMap(([, line]) => line);
    const middles = [...places(want), ...(want.must ? furtherPlaces(want, boxes) : [])];
    const free = middles.map((middle) => around(middle, want.size));
    const at = best(want, free, { taken, others, room });
    if (!at) continue;
    found.push({ ...want, at });
    taken.push(at);
  }
  return found;
}

/** What a box covers: its card, its badge, its op. Between them labels have room. */
function parts({ card, badge, op }: Box): Rect[] {
  return [card, badge, op].filter((part) => part !== null);
}

/** Above, below and on the edge, from its middle outwards; then around the op that it enters. */
function places({ route, box, size: [width, height] }: Wanted): Point[] {
  const down = height / 2 + GAP;
  const shifts: Point[] = [
    [0, -down],
    [0, down],
    [0, 0],
  ];
  return [...beside(route, shifts), ...aroundOp(box, width, height)];
}

/** Right and left of the edge, and over and under the box that it leaves: for what must be written. */
function furtherPlaces({ route, size: [width, height] }: Wanted, boxes: Box[]): Point[] {
  const [across, down] = [width / 2 + GAP, height / 2 + GAP];
  const shifts = [across, -across].flatMap((right) => [0, down, -down].map((below): Point => [right, below]));
  const left = boxes.find(({ node }) => node === route.source);
  return [...beside(route, shifts), ...(left ? beyond(left, width, height) : [])];
}

/** The place whose middle is at a point. */
function around([x, y]: Point, [width, height]: Wanted["size"]): Rect {
  return [x - width / 2, y - height / 2, width, height];
}

function beside(route: Route, shifts: Point[]): Point[] {
  const line = polyline(route.points);
  return SHARES.flatMap((share) =>
    shifts.map(([right, below]): Point => [pointAt(line, share)[0] + right, pointAt(line, share)[1] + below]),
  );
}

function aroundOp(box: Box | undefined, width: number, height: number): Point[] {
  if (!box) return [];
  const [left, top, across, down] = box.op ?? box.card;
  const x = left + across / 2;
  const [above, below] = [top - height / 2 - GAP, top + down + height / 2 + GAP];
  const far = [box.card[1] - height / 2 - 7, box.y + box.height + height / 2 + 8];
  const right = left - 6 + width / 2;
  return [
    [x, above],
    [x, below],
    ...far.flatMap((y): Point[] => [
      [x, y],
      [right, y],
    ]),
  ];
}

/** Over and under the box that an edge leaves: in its middle, and in line with its sides. */
function beyond({ card, y, height: tall }: Box, width: number, height: number): Point[] {
  const [start, end] = [card[0], card[0] + card[2]];
  const columns = [(start + end) / 2, start + width / 2, end - width / 2];
  const rows = [card[1] - height / 2 - 7, y + tall + height / 2 + 8];
  return rows.flatMap((row) => columns.map((column): Point => [column, row]));
}

interface Around {
  taken: Rect[];
  /** Points of other edges, which a label had better not hide. */
  others: Point[];
  room: Rect;
}

const COVERED = 4; // what hiding one square pixel of a box costs: there are numbers in it
const CROSSED = 40; // and a point of another edge
const AWAY = 6; // and one pixel that the label stands off its own edge
const FARTHEST = 40; // pixels; beyond, a label isn't seen to belong to its edge

function best(want: Wanted, places: Rect[], { taken, others, room: [left, top, width, height] }: Around): Rect | null {
  const own = polyline(want.route.points);
  let [found, least]: [Rect | null, number] = [null, Infinity];
  for (const [x, y, across, down] of places) {
    const inside: Rect = [clamped(x, left, left + width - across), clamped(y, top, top + height - down), across, down];
    const covered = taken.reduce((sum, part) => sum + overlap(inside, part), 0);
    const away = Math.min(...own.map((point) => distance(inside, point)));
    if ((covered > 0 || away > FARTHEST) && !want.must) continue;
    const cost = COVERED * covered + AWAY * away + CROSSED * others.filter((point) => covers(inside, point)).length;
    if (cost < least) [found, least] = [inside, cost];
  }
  return found;
}

function clamped(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

export function overlap(a: Rect, b: Rect): number {
  const across = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  return across > 0 && down > 0 ? across * down : 0;
}

function covers([x, y, width, height]: Rect, [px, py]: Point): boolean {
  return x <= px && px <= x + width && y <= py && py <= y + height;
}

/** How far a point is from a rectangle; 0 inside. */
function distance([x, y, width, height]: Rect, [px, py]: Point): number {
  return Math.hypot(Math.max(x - px, 0, px - x - width), Math.max(y - py, 0, py - y - height));
}

const PIECES = 8;

/** An edge as short straight pieces, where it curves and where it doesn't. */
function polyline(points: Point[]): Point[] {
  return points.slice(1).reduce(
    (line, end, index) => {
      const start = points[index] as Point;
      return [...line, ...Array.from({ length: PIECES }, (_, piece) => bend(start, end, (piece + 1) / PIECES))];
    },
    points.slice(0, 1),
  );
}

/** The point at a share of a line's length. */
function pointAt(line: Point[], share: number): Point {
  const lengths = line
    .slice(1)
    .map(([x, y], index) => Math.hypot(x - (line[index]?.[0] ?? x), y - (line[index]?.[1] ?? y)));
  let rest = share * lengths.reduce((sum, length) => sum + length, 0);
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [line[index] as Point, line[index + 1] as Point];
    if (rest <= length)
      return [
        from[0] + ((to[0] - from[0]) * rest) / (length || 1),
        from[1] + ((to[1] - from[1]) * rest) / (length || 1),
      ];
    rest -= length;
  }
  return line[line.length - 1] ?? [0, 0];
}
