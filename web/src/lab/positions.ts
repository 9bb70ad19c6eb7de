// Places in a training, and the ways from one to the next: a phase, a batch, an epoch.
import type { LabReply } from "../protocol";

export const PHASES = ["forward", "loss", "backward", "update"] as const;
export type Phase = "" | (typeof PHASES)[number];

/** The beginning of a step, or after one of its phases; of a batch in pieces, which piece. */
export interface Position {
  step: number;
  phase: Phase;
  piece: number;
}

/** What moving needs to know of a training. */
export type Place = Pick<LabReply, "step" | "phase" | "piece" | "pieces" | "batches" | "last">;

export const BEGINNING: Position = { step: 0, phase: "", piece: 0 };

const at = (step: number): Position => ({ step, phase: "", piece: 0 });

/** Where an answer says that its training stands. */
export function positionOf({ step, phase, piece }: Pick<Place, "step" | "phase" | "piece">): Position {
  return { step, phase: phase as Phase, piece };
}

/** After an update everything is as at the beginning of the next step. */
export function reached({ step, phase }: Pick<Place, "step" | "phase">): number {
  return phase === "update" ? step + 1 : step;
}

export function nextPhase(place: Place): Position {
  const { step, phase, piece, pieces } = place;
  if (phase === "" || phase === "update") return { step: reached(place), phase: "forward", piece: 0 };
  if (phase === "backward" && piece + 1 < pieces) return { step, phase: "forward", piece: piece + 1 };
  return { step, phase: PHASES[PHASES.indexOf(phase as (typeof PHASES)[number]) + 1] ?? "update", piece };
}

export function previousPhase({ step, phase, piece, pieces }: Place): Position {
  if (phase === "") return step > 0 ? { step: step - 1, phase: "backward", piece: pieces - 1 } : BEGINNING;
  if (phase === "forward") return piece > 0 ? { step, phase: "backward", piece: piece - 1 } : at(step);
  return { step, phase: PHASES[PHASES.indexOf(phase as (typeof PHASES)[number]) - 1] ?? "forward", piece };
}

export function nextBatch(place: Place): Position {
  return at(Math.min(place.last, reached(place) + (place.phase === "update" ? 0 : 1)));
}

/** Inside a step, back to its beginning. */
export function previousBatch({ step, phase }: Place): Position {
  return at(Math.max(0, phase === "" ? step - 1 : step));
}

export function nextEpoch(place: Place): Position {
  return at(Math.min(place.last, (Math.floor(reached(place) / place.batches) + 1) * place.batches));
}

export function previousEpoch({ step, phase, batches }: Place): Position {
  return at(Math.max(0, (Math.ceil((step + (phase === "" ? 0 : 1)) / batches) - 1) * batches));
}

export const WAYS = {
  phase: [previousPhase, nextPhase],
  batch: [previousBatch, nextBatch],
  epoch: [previousEpoch, nextEpoch],
} satisfies Record<string, [(place: Place) => Position, (place: Place) => Position]>;

export type Way = keyof typeof WAYS;

/** Whether nothing is left to train. */
export function isOver(place: Pick<LabReply, "step" | "phase" | "last" | "stopped">): boolean {
  return place.stopped !== "" || reached(place) >= place.last;
}

/** How many steps there are in one picture, so that a whole training takes some seconds. */
export const SPEEDS: Record<string, { title: string; steps(last: number): number }> = {
  single: { title: "one batch a picture", steps: () => 1 },
  calm: { title: "about ten seconds in all", steps: (last) => Math.max(1, Math.ceil(last / 300)) },
  full: { title: "as fast as it goes", steps: () => Infinity },
};
