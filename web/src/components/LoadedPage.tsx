// A page of the studio, whose code comes when it is first shown.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PageProps } from "../pages/props";
import { PAGES } from "../pages/table";
import type { Page } from "../router";
import { Waiting } from "./Waiting";

interface Loaded {
  page: Page;
  Shown: ComponentType<PageProps> | null;
}

export function LoadedPage({ page, ...props }: PageProps & { page: Page }) {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    let isWanted = true;
    const show = (Shown: Loaded["Shown"]) => isWanted && setLoaded({ page, Shown });
    PAGES[page].load().then(show, () => show(null));
    return () => void (isWanted = false);
  }, [page]);
  if (loaded?.page !== page) return <Waiting text={`Loading ${PAGES[page].name} …`} />;
  if (!loaded.Shown)
    return (
      <p class="problem" role="alert">
        This page can't be loaded: the studio doesn't answer. Start it again, and reload.
      </p>
    );
  return <loaded.Shown {...props} />;
}
