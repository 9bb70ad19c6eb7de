// While a value is dragged, the graph's numbers are drawn on a canvas over it: as texts of the page, each laid out and
// painted by itself, they would take most of a frame. The texts wait, unseen, until the hand rests.
import { effect, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { overlap } from "../labels";
import type { Layout } from "../layout";
import type { Session } from "../session";
import { writings } from "../writing";
import { draw, laidOver, type Sheet } from "./sheet";

interface Props {
  session: Session;
  layout: Layout;
  /** The picture that stays, in the layout's own coordinates. */
  still: RefObject<SVGGElement | null>;
  /** How it is moved and scaled. */
  transform: string;
}

export function DraggedNumbers({ session, layout, still, transform }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const sheet = useSignal<Sheet | null>(null);
  // Not useSignalEffect, which waits for the next frame: by then other numbers have come.
  useEffect(
    () =>
      effect(() => {
        if (!session.dragging.value) return void (sheet.value = null);
        const lay = () => (sheet.value = canvas.current && still.current && laidOver(still.current, canvas.current));
        lay();
        addEventListener("scroll", lay, { capture: true, passive: true });
        return () => removeEventListener("scroll", lay, { capture: true });
      }),
    [session, layout, transform],
  );
  useEffect(
    () =>
      effect(() => {
        if (!sheet.value) return;
        const { view } = sheet.value;
        const boxes = layout.boxes.filter(({ x, y, width, height }) => overlap([x, y, width, height], view) > 0);
        draw(
          sheet.value,
          boxes.flatMap((box) => writings(session, box)),
        );
      }),
    [session, layout],
  );
  return <canvas ref={canvas} class="dragged-numbers" aria-hidden="true" hidden={!session.dragging.value} />;
}
