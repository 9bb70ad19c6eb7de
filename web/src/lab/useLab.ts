// The state of the lab's page: what is set, its trainings, where they stand, and the ways to move them. The address holds all of it.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Carrier } from "../carriers/carrier";
import { useAddress } from "../pages/useAddress";
import { player } from "./playing";
import { positionOf, type Position } from "./positions";
import { go, type Frame, type Run } from "./run";
import { read, written, type Lab } from "./state";
import { useExtras } from "./useExtras";
import { useRuns } from "./useRuns";

export interface Laboratory {
  lab: Lab;
  change(part: Partial<Lab>): void;
  runs: Run[];
  /** The last picture of the first training, also while its next settings are made or refused. */
  frame: Frame | null;
  isPlaying: boolean;
  isWaiting: boolean;
  goTo(position: Position): void;
  toggle(): void;
  setSpeed(speed: string): void;
}

export function useLab(
  carrier: Carrier,
  parameters: URLSearchParams,
  onChange: (parameters: URLSearchParams) => void,
): Laboratory {
  const [lab, setLab] = useState<Lab>(() => read(parameters));
  const change = useCallback((part: Partial<Lab>) => setLab((now) => ({ ...now, ...part })), []);
  const runs = useRuns(carrier, lab, lab.position);
  const playing = useMemo(player, []);
  const isPlaying = playing.playing.value;
  const frame = useLast(runs[0]);
  const goTo = (position: Position) => {
    playing.pause();
    for (const run of runs) void go(run, position);
  };
  const tell = useAddress(parameters, onChange, (address) => {
    const asked = read(address);
    setLab(asked);
    goTo(asked.position);
  });
  useEffect(() => playing.pause, [runs]);
  useExtras(runs, lab.open);
  const place = frame?.reply;
  useEffect(() => {
    if (!isPlaying) tell(written({ ...lab, position: place ? positionOf(place) : lab.position }));
  }, [lab, isPlaying, place?.step, place?.phase, place?.piece]);
  return {
    lab,
    change,
    runs,
    frame,
    isPlaying,
    goTo,
    isWaiting: runs.some((run) => run.waiting.value),
    toggle: () => (isPlaying ? playing.pause() : playing.play(runs, lab.speed)),
    setSpeed: (speed) => {
      change({ speed });
      if (isPlaying) playing.play(runs, speed);
    },
  };
}

function useLast(run: Run | undefined): Frame | null {
  const last = useRef<Frame | null>(null);
  last.current = run ? (run.frame.value ?? last.current) : null;
  return last.current;
}
