// A number to drag sideways, to step with the arrow keys, or to type.
import { useRef, useState } from "preact/hooks";
import { exact, full, shown, steady, typed } from "../numbers";

interface Props {
  label: string;
  value: number;
  digits?: number;
  change(value: number): void;
  dragging?(on: boolean): void;
  node?: number;
}

const STILL = 3; // pixels that a click may move

export function Scrubber({ label, value, digits, change, dragging, node }: Props) {
  const [text, setText] = useState<string | null>(null);
  const [isDragged, setDragged] = useState(false);
  const start = useRef<{ x: number; value: number; moved: boolean } | null>(null);
  const step = stepFor(value);

  const down = (event: PointerEvent & { currentTarget: HTMLInputElement }) => {
    if (document.activeElement === event.currentTarget && text !== null) return; // typing: the pointer places the caret
    event.preventDefault(); // no selecting by drag, and the focus waits: writing into a focused field lays the page out
    start.current = { x: event.clientX, value, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const from = start.current;
    if (!from || (!from.moved && Math.abs(event.clientX - from.x) < STILL)) return;
    if (!from.moved) {
      from.moved = true;
      setDragged(true);
      dragging?.(true);
    }
    const size = stepFor(from.value) * (event.shiftKey ? 0.1 : 1);
    change(tidy(from.value + Math.round((event.clientX - from.x) / 3) * size));
  };
  const up = (event: PointerEvent & { currentTarget: HTMLInputElement }) => {
    event.currentTarget.focus();
    if (start.current && !start.current.moved) event.currentTarget.select();
    if (start.current?.moved) dragging?.(false);
    setDragged(false);
    start.current = null;
  };
  const key = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (event.key === "Enter" || event.key === "Escape") return setText(null);
    if (!direction) return;
    event.preventDefault();
    setText(null);
    change(tidy(value + direction * step * (event.shiftKey ? 10 : event.altKey ? 0.1 : 1)));
  };
  const input = (event: Event & { currentTarget: HTMLInputElement }) => {
    setText(event.currentTarget.value);
    const number = typed(event.currentTarget.value);
    if (number !== null) change(number);
  };
  return (
    <label class={`scrubber${isDragged ? " dragged" : ""}`}>
      <span data-node={node}>{label}</span>
      <span>
        <input
          type="text"
          role="spinbutton"
          aria-label={label}
          aria-valuenow={Number.isFinite(value) ? value : undefined}
          aria-valuetext={full(value)}
          autocomplete="off"
          spellcheck={false}
          data-leaf={node}
          data-value={exact(value)}
          title={`${full(value)}: drag sideways, type, or press ↑ ↓`}
          aria-invalid={text !== null && typed(text) === null}
          value={text ?? (isDragged ? steady : shown)(value, digits)}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={up}
          onPointerCancel={up}
          onKeyDown={key}
          onInput={input}
          onBlur={() => setText(null)}
        />
      </span>
    </label>
  );
}

/** A tenth of the number's leading digit: 0.1 for 2, 0.01 for 0.5. */
function stepFor(value: number): number {
  return 10 ** (Math.max(-3, Math.floor(Math.log10(Math.abs(value) || 1))) - 1);
}

/** Without the dust that adding tenths leaves: a dragged number reads as the reader meant it. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
