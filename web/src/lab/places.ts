// Places on a picture, in pixels.
export type Place = [number, number];

const NEAR = 12; // pixels from a mark that still mean the mark

/** The place that a pointer means, if it is near one. */
export function closest(places: Place[], x: number, y: number, near = NEAR): number | null {
  let [best, least] = [-1, near];
  places.forEach(([px, py], k) => {
    const distance = Math.hypot(px - x, py - y);
    if (distance <= least) [best, least] = [k, distance];
  });
  return best < 0 ? null : best;
}
