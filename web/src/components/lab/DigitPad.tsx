// Draw a digit: what the network takes it for, and which pixels would have to change to lower the loss for a class.
import { useRef, useState } from "preact/hooks";
import type { Carrier } from "../../carriers/carrier";
import { averaged, darkened, INK, SIDE, spread, stroked } from "../../lab/drawing";
import type { Frame, Run } from "../../lab/run";
import { same } from "../../lab/state";
import type { LookRequest } from "../../protocol";
import { Amount } from "../plots/Amount";
import { placeIn } from "../plots/dragging";
import { full } from "../../numbers";
import { Problem } from "../Problem";
import { useReply } from "../plots/useReply";

const CELL = 24;
const ROOM = SIDE * CELL;
const MOVES: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE };

interface Props {
  carrier: Carrier;
  run: Run;
  frame: Frame;
  pixels: number[];
  label: number;
  onChange: (part: { pixels?: number[]; label?: number }) => void;
}

export function DigitPad({ carrier, run, frame, pixels, label, onChange }: Props) {
  const { reply } = frame;
  const isDrawn = pixels.some((ink) => ink > 0);
  const question: LookRequest | null =
    isDrawn && pixels.length === SIDE * SIDE
      ? {
          kind: "look",
          moment: { experiment: run.experiment, step: reply.step, phase: reply.phase as "" },
          inputs: pixels.map((ink) => ink / INK),
          label,
        }
      : null;
  const { outcome, error } = useReply(carrier, question, "look");
  const answer = isDrawn ? outcome : null;
  const [chances, slopes] = answer?.numbers ?? [];
  return (
    <section class="digit-pad" aria-label="Draw a digit">
      <h2>Draw a digit</h2>
      <div class="digit-grid">
        <Pad pixels={pixels} onPixels={(drawn) => onChange({ pixels: drawn })} />
        <Chances
          classes={reply.data.classes}
          chances={chances}
          label={label}
          onLabel={(chosen) => onChange({ label: chosen })}
        />
        {slopes && <Slopes slopes={slopes} label={reply.data.classes[label] ?? ""} />}
      </div>
      <Problem problem={error} />
      <p role="status" class="note">
        {answer ? (
          <>
            The network says <b data-look="decided">{answer.reply.decided}</b>. Its loss, were it a{" "}
            {reply.data.classes[label]}:{" "}
            <span data-look="loss">
              <Amount of={answer.reply.loss} />
            </span>
            .
          </>
        ) : (
          "Draw with the mouse or a finger; by keys, arrows move and Enter darkens a pixel."
        )}
      </p>
    </section>
  );
}

function Pad({ pixels, onPixels }: { pixels: number[]; onPixels: (pixels: number[]) => void }) {
  const sheet = useRef(spread(pixels));
  if (!same(averaged(sheet.current), averaged(spread(pixels)))) sheet.current = spread(pixels); // put there from outside
  const last = useRef<[number, number] | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const stroke = (event: PointerEvent) => {
    if (!(event.buttons & 1)) return;
    const { x, y } = placeIn(event.currentTarget as Element, event, ROOM);
    const here: [number, number] = [x / ROOM, y / ROOM];
    sheet.current = stroked(sheet.current, last.current ?? here, here);
    last.current = here;
    onPixels(averaged(sheet.current));
  };
  const put = (drawn: number[]) => {
    sheet.current = spread(drawn);
    onPixels(drawn);
  };
  const press = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (move !== undefined) setCursor((now) => (now === null ? 0 : Math.min(SIDE * SIDE - 1, Math.max(0, now + move))));
    else if (event.key === "Enter" || event.key === " ") put(darkened(pixels, cursor ?? 0));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div>
      <svg
        class="pad"
        viewBox={`0 0 ${ROOM} ${ROOM}`}
        width={ROOM}
        height={ROOM}
        tabindex={0}
        role="application"
        aria-label="A sheet of 8 by 8 pixels; arrow keys move, Enter darkens"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = null;
          stroke(event);
        }}
        onPointerMove={stroke}
        onKeyDown={press}
        onFocus={() => setCursor((now) => now ?? 0)}
        onBlur={() => setCursor(null)}
      >
        {Array.from({ length: SIDE * SIDE }, (_, k) => (
          <rect
            key={k}
            class="pixel"
            data-pixel={k}
            data-ink={pixels[k] ?? 0}
            x={(k % SIDE) * CELL}
            y={Math.floor(k / SIDE) * CELL}
            width={CELL}
            height={CELL}
            fill-opacity={(pixels[k] ?? 0) / INK}
          />
        ))}
        {cursor !== null && (
          <rect
            class="cursor"
            x={(cursor % SIDE) * CELL + 1}
            y={Math.floor(cursor / SIDE) * CELL + 1}
            width={CELL - 2}
            height={CELL - 2}
          />
        )}
      </svg>
      <button type="button" class="quiet" onClick={() => put([])}>
        Clear the sheet
      </button>
    </div>
  );
}

function Chances({
  classes,
  chances,
  label,
  onLabel,
}: {
  classes: string[];
  chances: Float64Array | undefined;
  label: number;
  onLabel: (label: number) => void;
}) {
  return (
    <div class="chances" role="group" aria-label="How likely each class is; press one to take the loss for it">
      {classes.map((name, place) => (
        <button key={name} type="button" aria-pressed={place === label} onClick={() => onLabel(place)}>
          <b>{name}</b>
          <span class="meter">
            <i style={{ width: `${100 * (chances?.[place] ?? 0)}%` }} />
          </span>
          {chances ? <Amount of={chances[place] ?? NaN} tone="value" /> : <span class="dim">·</span>}
        </button>
      ))}
    </div>
  );
}

/** The gradient of the loss on the pixels: green where more ink raises the loss, purple where it lowers it. */
function Slopes({ slopes, label }: { slopes: Float64Array; label: string }) {
  const far = Math.max(...Array.from(slopes, Math.abs)) || 1;
  return (
    <figure class="slopes">
      <svg
        viewBox={`0 0 ${ROOM} ${ROOM}`}
        width={ROOM}
        height={ROOM}
        role="img"
        aria-label={`The gradient of the loss for ${label} on each pixel, from ${full(-far)} to ${full(far)}`}
      >
        {Array.from(slopes, (slope, k) => (
          <rect
            key={k}
            class={slope < 0 ? "minus" : "plus"}
            data-slope={slope}
            x={(k % SIDE) * CELL}
            y={Math.floor(k / SIDE) * CELL}
            width={CELL}
            height={CELL}
            fill-opacity={Math.abs(slope) / far}
          >
            <title>{full(slope)}</title>
          </rect>
        ))}
        <rect class="frame" width={ROOM} height={ROOM} />
      </svg>
      <figcaption class="scale">
        −<Amount of={far} tone="gradient" />
        <i />+<Amount of={far} tone="gradient" />
      </figcaption>
      <p class="note">
        ∂L/∂pixel: ink on <span class="minus">purple</span> makes it more of a {label}, ink on{" "}
        <span class="plus">green</span> less.
      </p>
    </figure>
  );
}
