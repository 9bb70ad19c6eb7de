// Experiments that show one thing each, to start from.
import type { Lab } from "./state";

export interface Preset {
  title: string;
  /** What there is to see in it. */
  says: string;
  lab: Partial<Lab>;
}

export const PRESETS: Preset[] = [
  {
    title: "Two moons",
    says: "Four units bend the plane until a straight cut tells the moons apart. Press Train.",
    lab: {},
  },
  {
    title: "No hidden layer",
    says: "Without a hidden layer the network is one straight line, and no line tells XOR apart: the points' pulls cancel.",
    lab: { settings: { data: "xor", hidden: [] } },
  },
  {
    title: "Three learning rates",
    says: "The same network from the same weights: at .01 it crawls, at .5 it learns, at 30 it leaps over every valley.",
    lab: { settings: { data: "xor" }, others: [{ lr: 0.01 }, { lr: 30 }], log: true },
  },
  {
    title: "Spirals",
    says: "Three arms, two hidden layers: watch the layers sort them out.",
    lab: { settings: { data: "spirals" } },
  },
  {
    title: "Digits",
    says: "Train, draw a digit, and see which pixels should change to lower the loss.",
    lab: { settings: { data: "digits" } },
  },
];
