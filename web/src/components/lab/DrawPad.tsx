// A square to place points in, by mouse, finger or keys: each press is a point of the chosen class.
import { useRef, useState } from "preact/hooks";
import { colourClass, mark } from "../../lab/classes";
import { closest } from "../../lab/places";
import { MOST_LINKED, rounded } from "../../lab/state";
import { placeIn } from "../plots/dragging";

const SIDE = 240;
const CLASSES = 3;
const REACH = 1; // the square shows −1 to 1 both ways
const APART = 0.06; // between the points of one stroke
const STEP = 0.05;
const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

const across = (x: number) => ((x + REACH) / (2 * REACH)) * SIDE;
const up = (y: number) => ((REACH - y) / (2 * REACH)) * SIDE;

export function DrawPad({ points, onChange }: { points: number[][]; onChange: (points: number[][]) => void }) {
  const [chosen, setChosen] = useState(0);
  const [cursor, setCursor] = useState<[number, number] | null>(null);
  const latest = useRef(points);
  latest.current = points;
  const put = (x: number, y: number) => {
    const inside = (value: number) => rounded(Math.min(REACH, Math.max(-REACH, value)));
    const [px, py] = [inside(x), inside(y)];
    if (latest.current.some(([qx = 0, qy = 0]) => Math.hypot(px - qx, py - qy) < APART)) return;
    onChange((latest.current = [...latest.current, [px, py, chosen]]));
  };
  const take = (x: number, y: number) => {
    const found = closest(
      latest.current.map(([px = 0, py = 0]) => [across(px), up(py)]),
      across(x),
      up(y),
      14,
    );
    if (found !== null) onChange((latest.current = latest.current.filter((_, k) => k !== found)));
  };
  const act = (x: number, y: number) => (chosen < 0 ? take(x, y) : put(x, y));
  const point = (event: PointerEvent) => {
    if (!(event.buttons & 1)) return;
    const { x, y } = placeIn(event.currentTarget as Element, event, SIDE);
    act((x / SIDE) * 2 * REACH - REACH, REACH - (y / SIDE) * 2 * REACH);
  };
  const press = (event: KeyboardEvent) => {
    const [x, y] = cursor ?? [0, 0];
    const [dx, dy] = STEPS[event.key] ?? [0, 0];
    if (dx || dy)
      setCursor([
        rounded(Math.min(REACH, Math.max(-REACH, x + dx))),
        rounded(Math.min(REACH, Math.max(-REACH, y + dy))),
      ]);
    else if (event.key === "Enter" || event.key === " ") act(x, y);
    else if (event.key === "Delete" || event.key === "Backspace") take(x, y);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="draw-pad">
      <div class="choices-row" role="group" aria-label="What a press places">
        {Array.from({ length: CLASSES }, (_, place) => (
          <button key={place} type="button" aria-pressed={chosen === place} onClick={() => setChosen(place)}>
            <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
              <path class={`swatch ${colourClass(place)}`} d={mark(place, 70)} />
            </svg>{" "}
            class {place}
          </button>
        ))}
        <button type="button" aria-pressed={chosen < 0} onClick={() => setChosen(-1)}>
          Erase
        </button>
      </div>
      <svg
        class="pad"
        viewBox={`0 0 ${SIDE} ${SIDE}`}
        width={SIDE}
        height={SIDE}
        tabindex={0}
        role="application"
        aria-label={`A square for points, ${points.length} so far; arrow keys move, Enter places, Delete takes away`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={point}
        onKeyDown={press}
        onFocus={() => setCursor((now) => now ?? [0, 0])}
        onBlur={() => setCursor(null)}
      >
        <path class="cross" d={`M${SIDE / 2} 0V${SIDE}M0 ${SIDE / 2}H${SIDE}`} />
        {points.map(([x = 0, y = 0, place = 0], k) => (
          <path
            key={k}
            class={`mark ${colourClass(place)}`}
            transform={`translate(${across(x)} ${up(y)})`}
            d={mark(place)}
          />
        ))}
        {cursor && <circle class="cursor" cx={across(cursor[0])} cy={up(cursor[1])} r={9} />}
      </svg>
      <p class="note" role="status">
        {points.length === 0 ? "Draw points of at least two classes." : `${points.length} points.`}{" "}
        {points.length > MOST_LINKED && `A link carries up to ${MOST_LINKED}: it leaves these out.`}
      </p>
      {points.length > 0 && (
        <button type="button" class="quiet" onClick={() => onChange([])}>
          Take all away
        </button>
      )}
    </div>
  );
}
