// The colours of a map, read from the theme where the map stands.
import { useLayoutEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { lookup, parse } from "./colour";
import type { Ramps, Rgb } from "./colour";
import { useTheme } from "./hooks";

const STOPS: Record<Ramps, string[]> = {
  value: ["--p-low", "--p-value"],
  loss: ["--p-low", "--p-loss"],
  signed: ["--p-minus", "--p-middle", "--p-plus"],
  classes: ["--ground0", "--p-middle", "--ground1"],
};

/** 256 colours from the lowest value to the highest, for the theme that holds at this element. */
export function useRamp(element: RefObject<HTMLElement | null>, kind: Ramps): Rgb[] {
  const theme = useTheme();
  const [colours, setColours] = useState<Rgb[]>(() =>
    lookup([
      [243, 245, 248],
      [26, 95, 180],
    ]),
  );
  useLayoutEffect(() => {
    if (element.current) setColours(lookup(STOPS[kind].map((name) => resolved(element.current as HTMLElement, name))));
  }, [kind, theme]);
  return colours;
}

/** A colour variable as numbers: a variable's own text may hold light-dark(), a used colour doesn't. */
export function resolved(host: HTMLElement, variable: string): Rgb {
  const probe = host.appendChild(document.createElement("span"));
  probe.style.color = `var(${variable})`;
  const found = parse(getComputedStyle(probe).color);
  probe.remove();
  return found;
}
