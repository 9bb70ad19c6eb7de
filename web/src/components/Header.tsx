// The pages, the theme, a link to what is shown, and whether the engine answers.
import { useState } from "preact/hooks";
import type { Connection } from "../carriers/carrier";
import type { Page } from "../router";
import { nextTheme, theme } from "../theme";

const PAGES: [Page, string][] = [["play", "Playground"], ["explore", "Explore"], ["lab", "Lab"], ["lessons", "Lessons"]];

export function Header({ page, connection }: { page: Page; connection: Connection }) {
  return (
    <header class="top">
      <a class="brand" href="#play">gradwalk</a>
      <nav aria-label="Pages">
        {PAGES.map(([name, title]) => <a key={name} href={`#${name}`} aria-current={name === page ? "page" : undefined}>{title}</a>)}
      </nav>
      <span class="tools">
        {connection === "lost" && <span class="lost" role="status">The engine doesn't answer; trying again …</span>}
        <CopyLink />
        <button type="button" class="quiet" onClick={nextTheme} aria-label={`Theme: ${theme.value}; change it`}>{`Theme: ${theme.value}`}</button>
      </span>
    </header>
  );
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(location.href).catch(() => undefined);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return <button type="button" class="quiet" onClick={copy}>{copied ? "Link copied" : "Copy link"}</button>;
}
