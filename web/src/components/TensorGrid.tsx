// A tensor opened: every entry as a cell; picking one entry of a gradient unfolds the chain behind it.
import { useEffect, useRef, useState } from "preact/hooks";
import { exact, full, shown } from "../numbers";
import { shapeText } from "../ops";
import type { NodeInfo } from "../protocol";
import type { Session } from "../session";
import { gradientReach, valueReach } from "../reach";
import { gradientAt, knows, valueOf } from "../state";

const WIDEST = 640;
const LEGIBLE = 46; // pixels that a number needs

interface Props {
  session: Session;
  node: NodeInfo;
  isGradient: boolean;
  close(): void;
}

export function TensorGrid({ session, node, isGradient, close }: Props) {
  const [entry, setEntry] = useState(0);
  const canvas = useRef<HTMLCanvasElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const [numbers, seen] = [session.numbers.value, session.seen.value];
  const known = knows(session.times, node.id, seen);
  const values = isGradient
    ? gradientAt(session.walk, session.times, numbers, node.id, seen)
    : known
      ? valueOf(node, numbers)
      : null;
  const columns = Math.max(1, node.shape[node.shape.length - 1] ?? 1);
  const rows = Math.max(1, node.size / columns);
  const cell = Math.max(2, Math.min(64, Math.floor(WIDEST / columns), Math.floor(420 / rows)));
  const scale = isGradient
    ? gradientReach(session.walk, session.times, numbers, node.id, seen)
    : valueReach(numbers, node.id);
  useEffect(() => dialog.current?.showModal?.(), []);
  useEffect(() => {
    if (canvas.current && values) draw(canvas.current, values, columns, rows, cell, entry, scale);
  });
  const pick = (position: number) => {
    const next = Math.max(0, Math.min(node.size - 1, position));
    setEntry(next);
    if (node.has_gradient) session.chosen.value = { node: node.id, entry: unravelled(next, node.shape) };
  };
  const click = (event: MouseEvent & { currentTarget: HTMLCanvasElement }) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const ratio = (columns * cell) / bounds.width;
    pick(
      Math.floor(((event.clientY - bounds.top) * ratio) / cell) * columns +
        Math.floor(((event.clientX - bounds.left) * ratio) / cell),
    );
  };
  const key = (event: KeyboardEvent) => {
    const move = ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns } as Record<string, number>)[
      event.key
    ];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pick(entry + move);
  };
  const value = values?.[entry] ?? NaN;
  const title = `${isGradient ? "Gradient" : "Value"} of ${node.name}, ${shapeText(node.shape)}`;
  return (
    <dialog ref={dialog} class="tensor-grid" aria-label={title} onClose={close}>
      <header>
        <h3>{title}</h3>
        <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      {values ? (
        <div
          class="scroll"
          tabindex={0}
          role="application"
          aria-label={`${title}; the arrow keys pick an entry`}
          onKeyDown={key}
        >
          <canvas ref={canvas} width={columns * cell} height={rows * cell} onClick={click} />
        </div>
      ) : (
        <p>Not computed yet at this step.</p>
      )}
      <p class="scale">
        <span class="tabular">{`−${shown(scale, 2)}`}</span>
        <i aria-hidden="true" />
        <span class="tabular">{shown(scale, 2)}</span>
      </p>
      <p role="status">
        {`${node.name}[${unravelled(entry, node.shape).join(", ")}] = `}
        <span class={isGradient ? "gradient" : "value"} data-value={exact(value)}>
          {full(value)}
        </span>
      </p>
      {isGradient &&
        shapeNotes(session, node).map((note) => (
          <p key={note} class="note">
            {note}
          </p>
        ))}
      {node.has_gradient && (
        <button
          type="button"
          onClick={() => {
            pick(entry);
            dialog.current?.close();
          }}
        >
          Show the chain of this entry
        </button>
      )}
    </dialog>
  );
}

/** Why the gradient has this shape: what each contribution turned around or summed over. */
function shapeNotes(session: Session, node: NodeInfo): string[] {
  const arrived = (session.times.arrivals[node.id] ?? []).filter((step) => step <= session.seen.value);
  return [...new Set(arrived.map((step) => session.walk.steps[step]?.shape_note ?? ""))].filter(Boolean);
}

export function unravelled(position: number, shape: number[]): number[] {
  const entry: number[] = [];
  let rest = position;
  for (const size of [...shape].reverse()) {
    entry.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return entry;
}

function draw(
  canvas: HTMLCanvasElement,
  values: Float64Array,
  columns: number,
  rows: number,
  cell: number,
  picked: number,
  scale: number,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const colour = (name: string) => getComputedStyle(canvas).getPropertyValue(name).trim();
  const [minus, plus, surface, ink] = [colour("--minus"), colour("--plus"), colour("--surface"), colour("--ink")];
  context.globalAlpha = 1;
  context.fillStyle = surface;
  context.fillRect(0, 0, columns * cell, rows * cell);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = "12px system-ui, sans-serif";
  for (let i = 0; i < columns * rows; i++) {
    const value = values[i] ?? NaN;
    const [x, y] = [(i % columns) * cell, Math.floor(i / columns) * cell];
    context.globalAlpha = Number.isNaN(value) ? 1 : 0.05 + 0.6 * Math.min(1, Math.abs(value) / (scale || 1));
    context.fillStyle = Number.isNaN(value) ? ink : value < 0 ? minus : plus;
    context.fillRect(x, y, cell - 1, cell - 1);
    context.globalAlpha = 1;
    context.fillStyle = ink;
    if (cell >= LEGIBLE) context.fillText(shown(value, 3), x + cell / 2, y + cell / 2);
  }
  context.strokeStyle = ink;
  context.lineWidth = 2;
  context.strokeRect((picked % columns) * cell + 1, Math.floor(picked / columns) * cell + 1, cell - 3, cell - 3);
}
