// The factors of a layer: what they are called, which of them a layer has, and how each is marked.
import type { LayerFlow } from "../../protocol";

export type FactorName = "slope" | "normalization" | "weight" | "around";

export interface Factor {
  name: FactorName;
  title: string;
  value: number;
}

/** In the order in which the gradient meets them on its way back. */
export const FACTORS: Omit<Factor, "value">[] = [
  { name: "slope", title: "slope" },
  { name: "normalization", title: "normalisation" },
  { name: "weight", title: "weights" },
  { name: "around", title: "around" },
];
const ALWAYS = new Set<FactorName>(["slope", "weight"]);
const DUST = 1e-9; // a way around that isn't there is a factor of 1 up to rounding

/** The factors that a layer has: slope and weights always, the others where they change anything. */
export function factorsOf(layer: LayerFlow): Factor[] {
  return FACTORS.map((factor) => ({ ...factor, value: layer[factor.name] })).filter(
    ({ name, value }) => ALWAYS.has(name) || Math.abs(value - 1) > DUST,
  );
}

const SHAPES: Record<FactorName, (x: number, y: number, r: number) => string> = {
  slope: (x, y, r) => `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`,
  weight: (x, y, r) => `M${x},${y - 1.3 * r}l${1.3 * r},${1.3 * r}l${-1.3 * r},${1.3 * r}l${-1.3 * r},${-1.3 * r}Z`,
  normalization: (x, y, r) => `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  around: (x, y, r) => `M${x},${y - 1.2 * r}l${1.2 * r},${2.2 * r}h${-2.4 * r}Z`,
};

/** A factor's mark: told apart by shape as well as by colour. */
export function Mark({ name, x, y, size }: { name: FactorName; x: number; y: number; size: number }) {
  return <path class={`health-mark ${name}`} d={SHAPES[name](x, y, size)} />;
}
