// The first stops of the Tab key: past the header, and to the parts of a page that its readers come for.
import { PAGES } from "../pages/table";
import type { Page } from "../router";

const MAIN = "#main";

export function Skips({ page }: { page: Page }) {
  const places = Object.entries({ "the content": MAIN, ...PAGES[page].parts });
  return (
    <nav aria-label="Skip to">
      {places.map(([name, place]) => (
        <a
          key={name}
          class="skip"
          href={MAIN}
          onClick={(event) => {
            event.preventDefault();
            focus(place);
          }}
        >{`Skip to ${name}`}</a>
      ))}
    </nav>
  );
}

/** The focus goes to a part of the page; to all of it, where the part isn't there now. */
function focus(place: string): void {
  const found = document.querySelector<HTMLElement>(place) ?? document.querySelector<HTMLElement>(MAIN);
  if (!found) return;
  if (!found.hasAttribute("tabindex")) found.tabIndex = -1;
  found.focus();
}
