// What a walk starts from: beside the player where there is room; on a phone one line, which opens.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface Props {
  /** The formula; its last line tells what is walked through. */
  text: string;
  /** Something has to be mended, so it stays open. */
  isNeeded: boolean;
  children: ComponentChildren;
}

export function Setup({ text, isNeeded, children }: Props) {
  const [isWanted, setWanted] = useState(false);
  const isOpen = isWanted || isNeeded;
  return (
    <>
      <button
        type="button"
        class="fold"
        aria-expanded={isOpen}
        aria-controls="setup"
        onClick={() => setWanted(!isOpen)}
      >
        <b>Formula and values</b> <code>{text.trim().split("\n").pop()}</code>
      </button>
      <div id="setup" class={`setup${isOpen ? " open" : ""}`}>
        {children}
      </div>
    </>
  );
}
