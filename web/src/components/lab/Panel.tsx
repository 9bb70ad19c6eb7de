// A part of the page that is closed at first, and asked for only while it is open; the address says which are.
import type { ComponentChildren } from "preact";
import type { Lab } from "../../lab/state";

interface Props {
  name: string;
  title: string;
  open: readonly string[];
  onChange: (part: Partial<Lab>) => void;
  children: () => ComponentChildren;
}

export function Panel({ name, title, open, onChange, children }: Props) {
  const isOpen = open.includes(name);
  const toggled = (event: Event & { currentTarget: HTMLDetailsElement }) => {
    const now = event.currentTarget.open;
    if (now !== isOpen) onChange({ open: now ? [...open, name] : open.filter((other) => other !== name) });
  };
  return (
    <details class="lab-panel" open={isOpen} onToggle={toggled}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {isOpen && children()}
    </details>
  );
}
