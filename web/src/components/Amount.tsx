// One number: four digits shown, all of them in the title and on copy.
import { copyText } from "../copying";
import { exact, full, shown, steady } from "../numbers";
import { useState } from "preact/hooks";

export interface AmountProps {
  value: number;
  digits?: number | undefined;
  kind?: "value" | "gradient" | "plain";
  node?: number | undefined;
  isSteady?: boolean;
}

export function Amount({ value, digits, kind = "plain", node, isSteady = false }: AmountProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(exact(value));
    setCopied(true);
    setTimeout(() => setCopied(false), 900);
  };
  const marks = node === undefined ? {} : kind === "gradient" ? { "data-gradient": node } : { "data-node": node };
  return (
    <button type="button" class={`amount ${kind}`} title={`${full(value)}: click to copy`} data-value={exact(value)} {...marks} onClick={copy}>
      {copied ? "copied" : (isSteady ? steady : shown)(value, digits)}
    </button>
  );
}
