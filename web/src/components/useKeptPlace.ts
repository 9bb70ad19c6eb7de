// Where the reader was comes back with the browser's back button and a reload: it is kept in the entry of the history.
import { useEffect } from "preact/hooks";

const REST = 150; // milliseconds without scrolling

/** A page opened by a link starts at its top. `isThere` says whether there is something to scroll through yet. */
export function useKeptPlace(isThere: boolean): void {
  useEffect(() => {
    scrollTo(0, kept());
    return isThere ? keeping() : undefined;
  }, [isThere]);
}

function kept(): number {
  return (history.state as { place?: number } | null)?.place ?? 0;
}

function keeping(): () => void {
  let rest = 0;
  const scrolled = () => {
    clearTimeout(rest);
    rest = window.setTimeout(() => history.replaceState({ place: scrollY }, ""), REST);
  };
  addEventListener("scroll", scrolled, { passive: true });
  return () => {
    clearTimeout(rest);
    removeEventListener("scroll", scrolled);
  };
}
