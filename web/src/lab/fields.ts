// What can be set on the page: each field is one line of a table. Whether a value can be used, the engine says.
import type { Settings } from "./state";

export interface Field {
  /** A setting's name; `data_options.noise` is an entry of a setting. */
  name: string;
  label: string;
  kind: "number" | "choice" | "flag";
  choices?: readonly string[];
  /** What an empty field means. */
  empty?: string;
  /** Only where another setting is one of these. */
  when?: [string, readonly string[]];
  /** Among the fields that most readers never need. */
  isRare?: boolean;
}

export const CURVES = ["line", "parabola", "sine", "waves", "step", "hinge", "bump"] as const;

/** What can be learned from, with its title. */
export const DATA: [string, string][] = [
  ["xor", "XOR"],
  ["moons", "Moons"],
  ["circles", "Circles"],
  ["spirals", "Spirals"],
  ["gaussians", "Gaussians"],
  ["curve", "Curve"],
  ["digits", "Digits"],
  ["drawn", "Draw"],
  ["table", "CSV"],
];

const MADE = ["xor", "moons", "circles", "spirals", "gaussians", ...CURVES] as const;

export const GROUPS: Record<"data" | "network" | "learning", Field[]> = {
  data: [
    { name: "data_options.noise", label: "Noise", kind: "number", when: ["data", MADE] },
    { name: "data_options.count", label: "Rows", kind: "number", when: ["data", [...MADE, "digits"]] },
    { name: "data_options.classes", label: "Classes", kind: "number", when: ["data", ["spirals", "gaussians"]] },
    { name: "held_out", label: "Held-out share", kind: "number" },
    { name: "data_options.seed", label: "Seed of the data", kind: "number", when: ["data", MADE], isRare: true },
    { name: "scale", label: "Scale the columns", kind: "flag", isRare: true },
  ],
  network: [
    {
      name: "activation",
      label: "Activation",
      kind: "choice",
      choices: ["tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "identity"],
    },
    {
      name: "init",
      label: "Initial weights",
      kind: "choice",
      choices: [
        "auto",
        "default",
        "xavier_uniform",
        "xavier_normal",
        "kaiming_uniform",
        "kaiming_normal",
        "orthogonal",
        "normal",
        "zeros",
      ],
    },
    { name: "loss", label: "Loss", kind: "choice", choices: ["auto", "squared_error", "cross_entropy"] },
    { name: "seed", label: "Seed", kind: "number" },
    { name: "init_scale", label: "Times", kind: "number", isRare: true },
    {
      name: "normalization",
      label: "Normalization",
      kind: "choice",
      choices: ["none", "batch", "layer"],
      isRare: true,
    },
    { name: "dropout", label: "Dropout", kind: "number", isRare: true },
    { name: "residual", label: "Residual", kind: "flag", isRare: true },
  ],
  learning: [
    { name: "optimizer", label: "Optimizer", kind: "choice", choices: ["sgd", "adam", "adamw", "rmsprop", "adagrad"] },
    { name: "batch_size", label: "Batch size", kind: "number", empty: "all" },
    { name: "accumulate", label: "In pieces", kind: "number" },
    { name: "epochs", label: "Epochs", kind: "number" },
    {
      name: "optimizer_options.momentum",
      label: "Momentum",
      kind: "number",
      when: ["optimizer", ["sgd", "rmsprop"]],
      empty: "0",
    },
    { name: "optimizer_options.weight_decay", label: "Weight decay", kind: "number", empty: "usual", isRare: true },
    {
      name: "schedule",
      label: "Schedule",
      kind: "choice",
      choices: ["constant", "step", "exponential", "cosine"],
      isRare: true,
    },
    { name: "warmup", label: "Warm-up epochs", kind: "number", isRare: true },
    { name: "clip", label: "Clip the norm", kind: "number", empty: "never", isRare: true },
    { name: "patience", label: "Patience", kind: "number", empty: "endless", isRare: true },
  ],
};

/** A setting's value, or that of one of its entries. */
export function valueOf(settings: Settings, name: string): unknown {
  const [outer = "", inner] = name.split(".");
  const value = settings[outer];
  return inner === undefined ? value : (value as Settings | undefined)?.[inner];
}

/** The name and value of the whole setting when an entry of it is changed; null takes the entry away. */
export function withEntry(settings: Settings, name: string, value: unknown): [string, unknown] {
  const [outer = "", inner] = name.split(".");
  if (inner === undefined) return [outer, value];
  const { [inner]: _, ...rest } = (settings[outer] as Settings | undefined) ?? {};
  const changed = value === null ? rest : { ...rest, [inner]: value };
  return [outer, Object.keys(changed).length ? changed : undefined];
}

export function isShown({ when }: Field, settings: Settings): boolean {
  return !when || when[1].includes(String(settings[when[0]]));
}
