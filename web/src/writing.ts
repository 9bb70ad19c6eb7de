// Where the graph's numbers are written, and what they say: as texts of the page, and on a canvas while a value is dragged.
import type { Box, Rect } from "./layout";
import { fitting, steady } from "./numbers";
import type { NodeInfo } from "./protocol";
import type { Session } from "./session";
import { gradientPlace, isComplete, knows, valuePlace, type Place } from "./state";

/** The middle of a number's baseline, and how many characters there is room for. */
export interface Spot {
  x: number;
  y: number;
  room: number;
}

export const MORE = " + …"; // other contributions are still to come

export function valueSpot({ card: [x, y, width, height] }: Box, { role }: NodeInfo): Spot {
  const [down, room] = role === "constant" ? [14, 80] : [height - 9, width];
  return { x: x + width / 2, y: y + down, room: Math.floor((room - 6) / 7.6) };
}

export function gradientSpot([x, y, width, height]: Rect, isWhole: boolean): Spot {
  return { x: x + width / 2, y: y + height - 4.5, room: Math.floor((width - 22) / 6.6) - (isWhole ? 0 : MORE.length) };
}

/** A number as it is written now. */
export interface Writing extends Spot {
  kind: "value" | "gradient";
  text: string;
}

/** The numbers of a box that follow a drag: not a tensor's, which are pictures, nor a constant. */
export function writings(session: Session, box: Box): Writing[] {
  const node = session.walk.nodes[box.node ?? -1];
  return node?.size === 1 && node.role !== "constant"
    ? [...valueOf(session, box, node), ...gradientOf(session, box, node)]
    : [];
}

function valueOf(session: Session, box: Box, node: NodeInfo): Writing[] {
  if (!knows(session.times, node.id, session.seen.value)) return [];
  const spot = valueSpot(box, node);
  return [{ ...spot, kind: "value", text: written(session, valuePlace(node), spot.room) }];
}

function gradientOf(session: Session, { badge }: Box, { id }: NodeInfo): Writing[] {
  const place = gradientPlace(session.walk, session.times, id, session.seen.value);
  if (!badge || !place) return [];
  const isWhole = isComplete(session.times, id, session.seen.value);
  const spot = gradientSpot(badge, isWhole);
  return [{ ...spot, kind: "gradient", text: `∂ ${written(session, place, spot.room)}${isWhole ? "" : MORE}` }];
}

function written(session: Session, { part, offset }: Place, room: number): string {
  return fitting(session.numbers.value[part][offset] ?? NaN, session.digits.value, room, steady);
}
