// The studio: a header, and the page that the address names.
import { useEffect, useState } from "preact/hooks";
import type { Carrier } from "../carriers/carrier";
import { Explore } from "../pages/Explore";
import { Lab } from "../pages/Lab";
import { Lessons } from "../pages/Lessons";
import { Playground } from "../pages/Playground";
import { read, write, type Address, type Page } from "../router";
import { Header } from "./Header";

const TITLES: Record<Page, string> = { play: "Playground", explore: "Explore", lab: "Training lab", lessons: "Lessons" };

export function Shell({ carrier }: { carrier: Carrier }) {
  const [address, setAddress] = useState<Address>(() => read(location.hash));
  useEffect(() => {
    const follow = () => setAddress(read(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => void (document.title = `${TITLES[address.page]} · gradwalk`), [address.page]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the content</a>
      <Header page={address.page} connection={carrier.connection.value} />
      <main id="main" tabindex={-1} class={address.page}>
        {address.page === "play" && <Playground carrier={carrier} parameters={address.parameters} />}
        {address.page === "explore" && <Explore carrier={carrier} parameters={address.parameters} onChange={(parameters) => history.replaceState(null, "", write({ page: "explore", parameters }))} />}
        {address.page === "lab" && <Lab carrier={carrier} parameters={address.parameters} onChange={(parameters) => history.replaceState(null, "", write({ page: "lab", parameters }))} />}
        {address.page === "lessons" && <Lessons carrier={carrier} parameters={address.parameters} />}
      </main>
    </>
  );
}
