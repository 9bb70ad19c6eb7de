// The trainings of the page: each kept while its experiment stays, and at the same step as the others.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Carrier } from "../carriers/carrier";
import { BEGINNING, positionOf, type Position } from "./positions";
import { go, runOf, type Run } from "./run";
import { experiments, type Lab } from "./state";

export function useRuns(carrier: Carrier, lab: Lab, first: Position): Run[] {
  const kept = useRef(new Map<string, Run>());
  const start = useRef(first);
  const asked = experiments(lab);
  const names = asked.map((experiment) => JSON.stringify(experiment));
  const runs = useMemo(() => {
    const before = kept.current;
    kept.current = new Map(names.map((name, k) => [name, before.get(name) ?? runOf(carrier, asked[k] ?? {})]));
    return names.map((name) => kept.current.get(name)).filter((run) => run !== undefined);
  }, [carrier, ...names.slice(0, 3), names.length]);
  useEffect(() => {
    const known = runs.find((run) => run.frame.peek() !== null)?.frame.peek()?.reply;
    const place = known ? positionOf(known) : start.current;
    start.current = BEGINNING;
    for (const run of runs) if (run.frame.peek() === null && run.problem.peek() === null) void go(run, place);
  }, [runs]);
  return runs;
}
