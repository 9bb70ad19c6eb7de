// Which settings have a slider, what they are called, and where a value lies on it.
import type { HealthSettings } from "../../protocol";

/** A setting that is a number. */
export type Numeric = {
  [Name in keyof HealthSettings]: HealthSettings[Name] extends number ? Name : never;
}[keyof HealthSettings];

/** A setting that is one of some names. */
export type Named = {
  [Name in keyof HealthSettings]: HealthSettings[Name] extends string ? Name : never;
}[keyof HealthSettings];

export interface SliderKind {
  name: Numeric;
  title: string;
  scale: "count" | "even" | "decades";
  step: number; // of even sliders, in their own unit; of decades, in powers of ten
}

export const SLIDERS: SliderKind[] = [
  { name: "depth", title: "Depth (hidden layers)", scale: "count", step: 1 },
  { name: "width", title: "Width (units in each)", scale: "count", step: 1 },
  { name: "init_scale", title: "Weights, scaled by", scale: "even", step: 0.05 },
  { name: "bias", title: "Initial biases", scale: "even", step: 0.1 },
  { name: "lr", title: "Learning rate", scale: "decades", step: 0.1 },
  { name: "batch_size", title: "Batch size", scale: "count", step: 1 },
  { name: "steps", title: "Updates", scale: "count", step: 1 },
];

export const SELECTS: { name: Named; title: string }[] = [
  { name: "activation", title: "Activation" },
  { name: "init", title: "Initialisation" },
  { name: "data", title: "Data" },
];

const SPELLED: Record<string, string> = {
  relu: "ReLU",
  leaky_relu: "leaky ReLU",
  elu: "ELU",
  gelu: "GELU",
  identity: "none",
  default: "PyTorch's default",
  xavier_normal: "Xavier",
  kaiming_normal: "He",
  normal: "normal, deviation 1",
  xor: "XOR",
  moons: "two moons",
};

/** A name as a reader knows it. */
export function spelled(name: string): string {
  return SPELLED[name] ?? name;
}

/** Where a value lies on its slider. */
export function place({ scale }: SliderKind, value: number): number {
  return scale === "decades" ? Math.log10(value) : value;
}

/** The value at a place of the slider, without binary dust and inside the range; decades in two digits. */
export function valueAt(kind: SliderKind, at: number, [least = -Infinity, most = Infinity]: number[]): number {
  const raw = kind.scale === "decades" ? Number((10 ** at).toPrecision(2)) : Number(at.toFixed(6));
  return Math.min(most, Math.max(least, kind.scale === "count" ? Math.round(raw) : raw));
}
