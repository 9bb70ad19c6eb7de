// The studio: a header, and the page that the address names.
import { useEffect, useState } from "preact/hooks";
import type { Carrier } from "../carriers/carrier";
import { PAGES } from "../pages/table";
import { read, write, type Address } from "../router";
import { Header } from "./Header";
import { LoadedPage } from "./LoadedPage";
import { Skips } from "./Skips";

export function Shell({ carrier }: { carrier: Carrier }) {
  const [{ page, parameters }, setAddress] = useState<Address>(() => read(location.hash));
  useEffect(() => {
    const follow = () => setAddress(read(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => void (document.title = `${PAGES[page].title} · gradwalk`), [page]);
  return (
    <>
      <Skips page={page} />
      <Header page={page} connection={carrier.connection.value} />
      <main id="main" tabindex={-1} class={page}>
        <LoadedPage
          page={page}
          carrier={carrier}
          parameters={parameters}
          onChange={(changed) => history.replaceState(null, "", write({ page, parameters: changed }))}
        />
      </main>
    </>
  );
}
