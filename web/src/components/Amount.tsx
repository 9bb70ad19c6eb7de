// One number: four digits shown, all of them in the title and on copy.
import { useComputed, type ReadonlySignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { copyText } from "../copying";
import { useExact, useTitle, useWritten, type Live } from "../live";
import { exact, full, shown } from "../numbers";
import type { Session } from "../session";

interface Marks {
  kind?: "value" | "gradient" | "plain";
  node?: number | undefined;
  /** Whether it is a stop of the Tab key (0), or reached in another way (-1). */
  tab?: number;
}

/** A number that stays what it is. */
export function Amount({ value, digits, ...marks }: Marks & { value: number; digits?: number | undefined }) {
  return <Copied {...marks} all={exact(value)} title={`${full(value)}${CLICK}`} text={shown(value, digits)} />;
}

/** A number that follows the session. */
export function LiveAmount({ session, number, ...marks }: Marks & { session: Session; number: Live }) {
  const title = useTitle(number);
  return (
    <Copied
      {...marks}
      all={useExact(number.now)}
      title={useComputed(() => `${title.value}${CLICK}`)}
      text={useWritten(session, number)}
    />
  );
}

const CLICK = ": click to copy";

export type Told = string | ReadonlySignal<string>;

function Copied({ kind = "plain", node, tab = 0, all, title, text }: Marks & { all: Told; title: Told; text: Told }) {
  const [copied, setCopied] = useState(false);
  const copy = async (event: Event & { currentTarget: HTMLElement }) => {
    await copyText(event.currentTarget.dataset["value"] ?? "");
    setCopied(true);
    setTimeout(() => setCopied(false), 900);
  };
  const marks = node === undefined ? {} : kind === "gradient" ? { "data-gradient": node } : { "data-node": node };
  return (
    <button
      type="button"
      class={`amount ${kind}`}
      tabindex={tab}
      title={title}
      data-value={all}
      {...marks}
      onClick={copy}
    >
      {copied ? "copied" : text}
    </button>
  );
}
