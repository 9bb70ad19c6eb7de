// The training lab: build a network, watch it learn, and go back to any phase of any step. The address holds all of it.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Carrier } from "../carriers/carrier";
import { Dock, keyed } from "../components/lab/Dock";
import { DigitPad } from "../components/lab/DigitPad";
import { Flow } from "../components/lab/Flow";
import { Hidden } from "../components/lab/Hidden";
import { Losses } from "../components/lab/Losses";
import { Network } from "../components/lab/Network";
import { Pulls } from "../components/lab/Pulls";
import { RowsTable } from "../components/lab/RowsTable";
import { RunView } from "../components/lab/RunView";
import { Setup } from "../components/lab/Setup";
import { WalkPanel } from "../components/lab/WalkPanel";
import { copyInFull } from "../components/plots/Amount";
import { linesOf } from "../lab/losses";
import { player } from "../lab/playing";
import type { Position } from "../lab/positions";
import { PRESETS } from "../lab/presets";
import { go, type Frame } from "../lab/run";
import { difference, read, source, written, type Lab as State } from "../lab/state";
import { useRuns } from "../lab/useRuns";
import { useAddress } from "./useAddress";

interface Props {
  carrier: Carrier;
  parameters: URLSearchParams;
  onChange: (parameters: URLSearchParams) => void;
}

export function Lab({ carrier, parameters, onChange }: Props) {
  const [lab, setLab] = useState<State>(() => read(parameters));
  const [edited, setEdited] = useState(0);
  const playing = useMemo(player, []);
  const runs = useRuns(carrier, lab, lab.position);
  const goAll = (position: Position) => {
    playing.pause();
    for (const run of runs) void go(run, position);
  };
  const follow = (address: URLSearchParams) => {
    const asked = read(address);
    setLab(asked);
    playing.pause();
    for (const run of runs) void go(run, asked.position);
  };
  const tell = useAddress(parameters, onChange, follow);
  const change = useCallback((part: Partial<State>) => setLab((now) => ({ ...now, ...part })), []);

  const last = useRef<Frame | null>(null);
  const frame = (last.current = runs[0] ? (runs[0].frame.value ?? last.current) : null);
  const reply = frame?.reply;
  const answered = runs[0]?.frame.value?.reply;
  const told = useMemo(() => answered?.settings, [answered?.key]);
  const isPlaying = playing.playing.value;
  useEffect(() => playing.pause, []);
  useEffect(() => playing.pause(), [runs]);
  useEffect(() => {
    if (isPlaying) return;
    const position = reply ? { step: reply.step, phase: reply.phase, piece: reply.piece } as Position : lab.position;
    tell(written({ ...lab, position }));
  }, [lab, isPlaying, reply?.step, reply?.phase, reply?.piece]);

  const toggle = () => (isPlaying ? playing.pause() : playing.play(runs, lab.speed));
  const key = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (!reply || event.ctrlKey || event.metaKey || event.altKey || target.matches("input:not([type=checkbox]), select, textarea") || target.closest(".player, [role=application]")) return;
    if (event.key === " " && target.matches("button, summary, input")) return;
    const position = keyed(event, reply);
    if (event.key === " ") toggle();
    else if (position) goAll(position);
    else return;
    event.preventDefault();
  };
  useKeys(key);
  const openRow = (row: number) => change({ walk: row });
  const titles = runs.map((_, k) => (runs.length === 1 ? "" : k === 0 ? firstTitle(lab, reply?.settings ?? {}) : difference(lab.others[k - 1] ?? {})));
  const lines = runs.flatMap((run, k) => (run.frame.value ? linesOf(run, run.frame.value, k, titles[k] ?? "", runs.length === 1) : []));
  const shown = runs[edited]?.frame.value ?? frame;
  const problem = runs[edited]?.problem.value ?? null;
  const chosen = typeof lab.walk === "number" ? lab.walk : null;
  const preset = PRESETS.find((one) => JSON.stringify([one.lab.settings ?? {}, one.lab.others ?? []]) === JSON.stringify([lab.settings, lab.others]));
  const loss = reply && (
    <section aria-label="Loss"><h2>Loss</h2><Losses lines={lines} step={reply.step} last={reply.last} reached={reply.furthest} isLog={lab.log} onLog={(log) => change({ log })} onStep={(step) => goAll({ step, phase: "", piece: 0 })} /></section>
  );
  return (
    <div class="lab" onCopy={copyInFull}>
      <header class="lab-head">
        <h1>Training lab</h1>
        <div class="choices-row" role="group" aria-label="Experiments to start from">
          {PRESETS.map((one) => <button key={one.title} type="button" aria-pressed={one === preset} onClick={() => { setEdited(0); setLab({ ...read(new URLSearchParams()), speed: lab.speed, ...one.lab }); }}>{one.title}</button>)}
        </div>
        <p class="lead">{preset?.says ?? "Build a network, press Train, and stop at any step: every number of it can be walked through."}</p>
      </header>
      <div class={`lab-grid${runs.length > 1 ? " several" : ""}`}>
        <Setup lab={lab} count={runs.length} told={told} edited={edited} onEdited={setEdited} onChange={change} problem={problem} />
        <div class="lab-runs">
          {runs.length === 0 && <p class="gw-empty">{EMPTY[source(lab)]}</p>}
          {runs.map((run, k) => <RunView key={k} run={run} title={titles[k] ?? ""} chosen={chosen} onRow={openRow} />)}
          {shown && shown.reply.data.picture.length > 0 && runs[edited] && <DigitPad carrier={carrier} run={runs[edited]} frame={shown} pixels={lab.pixels} label={lab.label} onChange={change} />}
          {shown && runs.length === 1 && <Hidden frame={shown} chosen={chosen} onRow={openRow} />}
        </div>
        <div class="lab-middle">
          {runs.length > 1 && loss}
          {shown && <Network frame={shown} hidden={(shown.reply.settings["hidden"] as number[]) ?? []} problem={problem} onHidden={(hidden) => setHidden(lab, edited, hidden, change)} />}
          {runs.length === 1 && loss}
          {shown && <Flow layers={shown.reply.layers} />}
          {shown && runs.length > 1 && <Hidden frame={shown} chosen={chosen} onRow={openRow} />}
        </div>
      </div>
      {shown?.reply.remarks.map((remark) => <p key={remark} class="note remark">{remark}</p>)}
      {shown && <Pulls frame={shown} />}
      {shown && <RowsTable frame={shown} onRow={openRow} />}
      {lab.walk === null && reply && <p class="row"><button type="button" onClick={() => change({ walk: "batch" })}>Walk through this batch</button> <span class="note">or click a point to walk through its row alone</span></p>}
      {lab.walk !== null && shown && runs[edited] && <WalkPanel carrier={carrier} run={runs[edited]} step={shown.reply.step} walk={lab.walk} isPlaying={isPlaying} onWalk={(walk) => change({ walk })} />}
      {reply && <Dock reply={reply} playing={isPlaying} waiting={runs.some((run) => run.waiting.value)} speed={lab.speed} onGo={goAll} onPlay={toggle} onSpeed={(speed) => { change({ speed }); if (isPlaying) playing.play(runs, speed); }} />}
    </div>
  );
}

/** Listen to the keys of the whole page; what is done is always what the last drawn page would do. */
function useKeys(pressed: (event: KeyboardEvent) => void): void {
  const latest = useRef(pressed);
  latest.current = pressed;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

/** What to do where there is nothing to learn from yet. */
const EMPTY: Record<string, string> = {
  drawn: "Draw points of at least two classes in the square: the network learns them as you go.",
  table: "Drop a CSV file, and choose which column is to be predicted.",
};

/** What the first training has where the others differ from it. */
function firstTitle(lab: State, settings: Record<string, unknown>): string {
  const names = [...new Set(lab.others.flatMap((other) => Object.keys(other)))];
  return difference(Object.fromEntries(names.map((name) => [name, settings[name]]))) || "as it is";
}

function setHidden(lab: State, edited: number, hidden: number[], change: (part: Partial<State>) => void): void {
  if (edited === 0) change({ settings: { ...lab.settings, hidden } });
  else change({ others: lab.others.map((other, k) => (k === edited - 1 ? { ...other, hidden } : other)) });
}
