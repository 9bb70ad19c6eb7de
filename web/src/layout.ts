// The picture that Python laid out (walk/layout.py), as the front end reads it, and the curves of its edges.

export type Point = [number, number];
export type Rect = [number, number, number, number];

/** A value with its op and its gradient badge, or a closed group (then `node` is null). */
export interface Box {
  id: string;
  node: number | null;
  group: string;
  x: number;
  y: number;
  width: number;
  height: number;
  card: Rect;
  op: Rect | null;
  badge: Rect | null;
  label: string;
  /** The ids that it stands for: its own, or all inside a closed group. */
  nodes: number[];
}

export interface Route {
  source: number;
  target: number;
  slots: number[];
  points: Point[];
  from_box: string;
  to_box: string;
  values: number;
}

export interface Area {
  id: string;
  label: string;
  kind: string;
  x: number;
  y: number;
  width: number;
  height: number;
  depth: number;
}

export interface Layout {
  width: number;
  height: number;
  turn: number;
  boxes: Box[];
  routes: Route[];
  areas: Area[];
}

/** Which box shows each node, and how each edge is drawn; inside a closed group it isn't. */
export interface Guide {
  boxes: Map<number, Box>;
  routes: Map<string, Route>;
}

const guides = new WeakMap<Layout, Guide>();

export function guideTo(layout: Layout): Guide {
  const known = guides.get(layout);
  if (known) return known;
  const made = {
    boxes: new Map(layout.boxes.flatMap((box) => box.nodes.map((node) => [node, box] as const))),
    routes: new Map(layout.routes.map((route) => [between(route.from_box, route.to_box), route])),
  };
  guides.set(layout, made);
  return made;
}

/** The route that the edge from one node into another is drawn as. */
export function routeOf({ boxes, routes }: Guide, input: number, node: number): Route | undefined {
  return routes.get(between(boxes.get(input)?.id, boxes.get(node)?.id));
}

function between(from?: string, to?: string): string {
  return `${from} ${to}`;
}

const RADIUS = 7;
const OP_RADIUS = 12;

/** An edge: straight where level or upright (with rounded corners), else curved and level at both ends. */
export function edgePath(points: Point[]): string {
  const [first = [0, 0]] = points;
  let path = `M${first.join(" ")}`;
  for (let i = 1; i < points.length; i++) {
    const before = points[i - 1] as Point;
    const here = points[i] as Point;
    const after = points[i + 1];
    if (before[0] !== here[0] && before[1] !== here[1]) {
      const middle = (before[0] + here[0]) / 2;
      path += `C${middle} ${before[1]} ${middle} ${here[1]} ${here.join(" ")}`;
    } else if (after && turns(before, here, after)) {
      path += `L${toward(here, before).join(" ")}Q${here.join(" ")} ${toward(here, after).join(" ")}`;
    } else path += `L${here.join(" ")}`;
  }
  return path;
}

/** A point between two points of an edge, as `edgePath` draws it: level at both ends where it isn't straight. */
export function bend([x1, y1]: Point, [x2, y2]: Point, share: number): Point {
  const rest = 1 - share;
  const middle = (x1 + x2) / 2;
  if (x1 === x2 || y1 === y2) return [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
  const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * share, 3 * rest * share ** 2, share ** 3];
  return [a * x1 + (b + c) * middle + d * x2, (a + b) * y1 + (c + d) * y2];
}

function turns(before: Point, here: Point, after: Point): boolean {
  return (before[0] === here[0]) !== (after[0] === here[0]) && (after[0] === here[0] || after[1] === here[1]);
}

function toward(from: Point, to: Point): Point {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const share = Math.min(RADIUS / (Math.hypot(dx, dy) || 1), 0.5);
  return [from[0] + dx * share, from[1] + dy * share];
}

/** The same points with the end moved onto the round outline of the op that it enters. */
export function ended(points: Point[], op: Rect | null | undefined): Point[] {
  const last = points[points.length - 1];
  if (!op || !last) return points;
  const away = Math.abs(last[1] - (op[1] + op[3] / 2));
  const inset = OP_RADIUS - Math.sqrt(Math.max(0, OP_RADIUS ** 2 - away ** 2));
  return [...points.slice(0, -1), [last[0] + inset, last[1]]];
}

/** A card's outline says its role without colour: parameters have cut corners, results round ones. */
export function outline([x, y, width, height]: Rect, role: string): string {
  if (role === "parameter") {
    const [across, down] = [width - 16, height - 16];
    return `M${x + 8} ${y}h${across}l8 8v${down}l-8 8h-${across}l-8 -8v-${down}z`;
  }
  const r = role === "result" ? 8 : 0;
  return `M${x + r} ${y}h${width - 2 * r}q${r} 0 ${r} ${r}v${height - 2 * r}q0 ${r} -${r} ${r}h-${width - 2 * r}q-${r} 0 -${r} -${r}v-${height - 2 * r}q0 -${r} ${r} -${r}z`;
}
