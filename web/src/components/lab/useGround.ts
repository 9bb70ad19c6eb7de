// The ground of a map in the colours of the theme: one class to the other, several classes, or numbers.
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { shades, shadesOf } from "../../lab/classes";
import type { Frame, Part } from "../../lab/run";
import { coloured, lookup, rampFor, type Rgb } from "../plots/colour";
import { useTheme } from "../plots/hooks";
import type { Range } from "../plots/scales";
import { resolved } from "../plots/useRamp";

/** What colours numbers have; of several classes, each one's from unsure to sure. */
export interface Ground {
  range: Range;
  colours: Rgb[];
  classes: number;
}

/** A boundary as a grid of numbers that have colours on the ground. */
export function gridOf({ classes }: Ground, boundary: Part): Float64Array {
  return classes ? shadesOf(boundary.values, classes) : boundary.values;
}

/** The colour that a number has on the ground. */
export function colourOf({ range: [low, high], colours }: Ground, value: number): string {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
  return `rgb(${(colours[Math.round(share * (colours.length - 1))] ?? []).join(",")})`;
}

const NUMBERS = { value: ["--p-low", "--p-value"], signed: ["--p-minus", "--p-middle", "--p-plus"] };

export function useGround(host: RefObject<HTMLElement | null>, { reply, parts: { boundary } }: Frame): Ground | null {
  const theme = useTheme();
  const [colours, setColours] = useState<Rgb[]>([]);
  const { task, classes } = reply.data;
  const kind = task === "regression" ? rampFor([boundary?.low ?? 0, boundary?.high ?? 1]) : "classes";
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const named = (name: string) => resolved(element, name);
    const grounds = classes.map((_, place) => named(`--ground${place}`));
    if (task === "classes") setColours(shades(grounds, named("--p-middle")));
    else
      setColours(
        lookup(
          (kind === "classes"
            ? ["--ground0", "--p-middle", "--ground1"]
            : NUMBERS[kind === "signed" ? "signed" : "value"]
          ).map(named),
        ),
      );
  }, [host, theme, task, classes.length, kind]);
  return useMemo(() => {
    if (!boundary || !colours.length) return null;
    if (task === "classes") return { range: [0, colours.length - 1] as Range, colours, classes: classes.length };
    const range: Range = task === "binary" ? [0, 1] : coloured(kind, [boundary.low, boundary.high]);
    return { range, colours, classes: 0 };
  }, [task === "regression" ? boundary : !boundary, colours]);
}
