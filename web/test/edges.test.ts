import { describe, expect, it } from "vitest";
import { along, crossed, crossings, onwards } from "../src/edges";
import { overlap, placed, type Wanted } from "../src/labels";
import { bend, edgePath, guideTo, type Box, type Layout, type Rect, type Route } from "../src/layout";
import type { NodeInfo, StepInfo } from "../src/protocol";

// x and w meet in u; u goes two ways, through the closed group g (nodes 4 and 5) and straight, into L.
const box = (id: string, x: number, y: number, nodes: number[], node: number | null = nodes[0] ?? null): Box => ({
  id,
  node,
  group: "",
  x,
  y,
  width: 60,
  height: 60,
  card: [x + 20, y, 40, 34],
  op: node === null ? null : [x, y + 8, 18, 18],
  badge: node === null ? null : [x + 20, y + 36, 40, 14],
  label: "",
  nodes,
});
const route = (from: string, to: string, source: number, target: number, points: Route["points"]): Route => ({
  source,
  target,
  slots: [0],
  points,
  from_box: from,
  to_box: to,
  values: 1,
});
const boxes = [
  box("0", 0, 0, [0]),
  box("1", 0, 90, [1]),
  box("2", 110, 45, [2]),
  box("g", 230, 0, [4, 5], null),
  box("6", 350, 45, [6]),
];
const routes = [
  route("0", "2", 0, 2, [
    [60, 17],
    [110, 57],
  ]),
  route("1", "2", 1, 2, [
    [60, 107],
    [110, 67],
  ]),
  route("2", "g", 2, 4, [
    [170, 62],
    [250, 17],
  ]),
  route("g", "6", 5, 6, [
    [290, 17],
    [350, 57],
  ]),
  route("2", "6", 2, 6, [
    [170, 62],
    [350, 67],
  ]),
];
const layout: Layout = { width: 410, height: 150, turn: 0, boxes, routes, areas: [] };
const guide = guideTo(layout);
const step = (phase: StepInfo["phase"], node: number, input = -1) => ({ phase, node, input }) as StepInfo;
const nodes = [[], [], [0, 1], [], [2], [4], [5, 2]].map((inputs, id) => ({ id, inputs }) as unknown as NodeInfo);

describe("which edges are meant", () => {
  it("finds a closed group for whatever is inside it", () =>
    expect([4, 5].map((node) => guide.boxes.get(node)?.id)).toEqual(["g", "g"]));
  it("forward: all edges into what is computed, into its group if that is closed", () => {
    expect(crossed(guide, nodes, step("forward", 2))).toEqual([routes[0], routes[1]]);
    expect(crossed(guide, nodes, step("forward", 4))).toEqual([routes[2]]);
  });
  it("backward: the one that is crossed, none inside a closed group", () => {
    expect(crossed(guide, nodes, step("backward", 6, 2))).toEqual([routes[4]]);
    expect(crossed(guide, nodes, step("backward", 6, 5))).toEqual([routes[3]]);
    expect(crossed(guide, nodes, step("backward", 5, 4))).toEqual([]);
  });
  it("leads from a node to the output by all ways, the nearest edge first", () => {
    expect(onwards(guide, 0)).toEqual([routes[0], routes[2], routes[4], routes[3]]);
    expect(onwards(guide, 6)).toEqual([]);
  });
  it("draws a path's factors as its edges", () =>
    expect(
      along(guide, [
        { input: 4, node: 5 },
        { input: 2, node: 4 },
      ] as never),
    ).toEqual([routes[2]]));
  it("counts an edge that is crossed twice", () =>
    expect(crossings([step("seed", 6), step("backward", 6, 2), step("backward", 6, 2)]).get("2-6")).toEqual([1, 2]));
});

describe("labels of edges", () => {
  const room: Rect = [0, -30, 410, 210];
  const want = (route: Route, width: number, must = false): Wanted => ({
    key: `${route.source}-${route.target}`,
    route,
    box: guide.boxes.get(route.target),
    size: [width, 16],
    must,
  });
  it("lie on no box and on no other label", () => {
    const found = placed(
      routes.map((route) => want(route, 30)),
      boxes,
      routes,
      room,
    );
    expect(found.length).toBeGreaterThan(3);
    const covered = boxes.flatMap(({ card, op, badge }) => [card, op, badge]).filter((part) => part !== null);
    for (const [index, { at }] of found.entries()) {
      expect(covered.map((part) => overlap(at, part))).toEqual(covered.map(() => 0));
      for (const other of found.slice(index + 1)) expect(overlap(at, other.at)).toBe(0);
    }
  });
  it("are left out where nothing is free, unless they must be there", () => {
    const wide = [want(routes[0] as Route, 400)];
    expect(placed(wide, boxes, routes, room)).toEqual([]);
    expect(placed([{ ...(wide[0] as Wanted), must: true }], boxes, routes, room)).toHaveLength(1);
  });
});

describe("the curve of an edge", () => {
  it("is the one that is drawn", () => {
    expect(
      edgePath([
        [0, 0],
        [10, 20],
      ]),
    ).toBe("M0 0C5 0 5 20 10 20");
    expect([0, 0.5, 1].map((share) => bend([0, 0], [10, 20], share))).toEqual([
      [0, 0],
      [5, 10],
      [10, 20],
    ]);
  });
});
