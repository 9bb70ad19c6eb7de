// The pages, the theme, a link to what is shown, and whether the engine answers.
import { useState } from "preact/hooks";
import type { Connection } from "../carriers/carrier";
import { copyText } from "../copying";
import { PAGES } from "../pages/table";
import { NAMES, type Page } from "../router";
import { nextTheme, theme } from "../theme";

const LOST: Partial<Record<Connection, string>> = {
  lost: "The engine doesn't answer; trying again …",
  refused: "The studio was started anew: open the address that it printed last, and this page goes on, too.",
};

export function Header({ page, connection }: { page: Page; connection: Connection }) {
  return (
    <header class="top">
      {/* no stop of its own: the first page's link follows */}
      <a class="brand" href="#play" tabindex={-1}>
        gradwalk
      </a>
      <nav aria-label="Pages">
        {NAMES.map((name) => (
          <a key={name} href={`#${name}`} aria-current={name === page ? "page" : undefined}>
            {PAGES[name].name}
          </a>
        ))}
      </nav>
      <span class="tools">
        {LOST[connection] && (
          <span class="lost" role="status">
            {LOST[connection]}
          </span>
        )}
        <CopyLink />
        <button
          type="button"
          class="quiet"
          onClick={nextTheme}
          aria-label={`Theme: ${theme.value}; change it`}
        >{`Theme: ${theme.value}`}</button>
      </span>
    </header>
  );
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" class="quiet" onClick={copy}>
      {copied ? "Link copied" : "Copy link"}
    </button>
  );
}
