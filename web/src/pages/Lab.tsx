// The training lab: build a network, watch it learn, and go back to any phase of any step.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Carrier } from "../carriers/carrier";
import { Activations } from "../components/lab/Activations";
import { Dock, keyed } from "../components/lab/Dock";
import { Flow } from "../components/lab/Flow";
import { Hidden } from "../components/lab/Hidden";
import { Losses } from "../components/lab/Losses";
import { Network } from "../components/lab/Network";
import { Optimizer } from "../components/lab/Optimizer";
import { Panel } from "../components/lab/Panel";
import { Presets } from "../components/lab/Presets";
import { Pulls } from "../components/lab/Pulls";
import { chosenRow, Results } from "../components/lab/Results";
import { RowsTable } from "../components/lab/RowsTable";
import { Setup } from "../components/lab/Setup";
import { WalkPanel } from "../components/lab/WalkPanel";
import { linesOf } from "../lab/losses";
import { titlesOf, withSetting } from "../lab/state";
import type { Frame } from "../lab/run";
import { useLab, type Laboratory } from "../lab/useLab";
import type { PageProps } from "./props";

export function Lab({ carrier, parameters, onChange }: PageProps) {
  const laboratory = useLab(carrier, parameters, onChange);
  const { lab, change, runs, frame, isPlaying } = laboratory;
  const [asked, setEdited] = useState(0);
  const edited = Math.min(asked, Math.max(0, runs.length - 1));
  const run = runs[edited];
  const shown = run?.frame.value ?? frame;
  const problem = run?.problem.value ?? null;
  const settings = runs[0]?.frame.value?.reply;
  const told = useMemo(() => settings?.settings, [settings?.key]);
  const titles = titlesOf(lab, frame?.reply.settings ?? {});
  const panels = { open: lab.open, onChange: change };
  const openRow = (row: number) => change({ walk: row });
  useKeys((event) => pressed(event, laboratory));
  const losses = <LossSection laboratory={laboratory} titles={titles} />;
  return (
    <div class="lab">
      <header class="lab-head">
        <h1>Training lab</h1>
        <Presets
          lab={lab}
          onPick={(picked) => {
            setEdited(0);
            change(picked);
          }}
        />
      </header>
      <div class={`lab-grid${runs.length > 1 ? " several" : ""}`}>
        <Setup
          lab={lab}
          count={runs.length}
          told={told}
          edited={edited}
          onEdited={setEdited}
          onChange={change}
          problem={problem}
        />
        <Results carrier={carrier} lab={lab} runs={runs} titles={titles} run={run} frame={shown} onChange={change} />
        <div class="lab-middle">
          {runs.length > 1 && losses}
          {shown && (
            <Network
              frame={shown}
              hidden={(shown.reply.settings["hidden"] as number[]) ?? []}
              problem={problem}
              onHidden={(hidden) => change(withSetting(lab, edited, "hidden", hidden, undefined))}
            />
          )}
          {runs.length === 1 && losses}
          {shown && <Flow layers={shown.reply.layers} />}
          {shown && (
            <Panel name="activations" title="What the units give" {...panels}>
              {() => <Activations frame={shown} />}
            </Panel>
          )}
          {shown && (runs.length > 1 || shown.reply.data.picture.length > 0) && (
            <Hidden frame={shown} chosen={chosenRow(lab)} onRow={openRow} />
          )}
        </div>
      </div>
      {shown && run && (
        <Panel name="optimizer" title="How the optimizer moves a weight" {...panels}>
          {() => (
            <Optimizer
              carrier={carrier}
              run={run}
              frame={shown}
              weight={lab.weight}
              isPlaying={isPlaying}
              onChange={change}
            />
          )}
        </Panel>
      )}
      {shown && (
        <>
          <Pulls frame={shown} />
          <RowsTable frame={shown} onRow={openRow} />
        </>
      )}
      {shown && run && <Walks carrier={carrier} laboratory={laboratory} edited={edited} shown={shown} />}
      {frame && (
        <Dock
          reply={frame.reply}
          playing={isPlaying}
          waiting={laboratory.isWaiting}
          speed={lab.speed}
          onGo={laboratory.goTo}
          onPlay={laboratory.toggle}
          onSpeed={laboratory.setSpeed}
        />
      )}
    </div>
  );
}

function LossSection({
  laboratory: { lab, change, runs, frame, goTo },
  titles,
}: {
  laboratory: Laboratory;
  titles: string[];
}) {
  if (!frame) return null;
  const lines = runs.flatMap((run, k) =>
    run.frame.value ? linesOf(run, run.frame.value, k, titles[k] ?? "", runs.length === 1) : [],
  );
  const { step, last, furthest } = frame.reply;
  return (
    <section aria-label="Loss">
      <h2>Loss</h2>
      <Losses
        lines={lines}
        step={step}
        last={last}
        reached={furthest}
        isLog={lab.log}
        onLog={(log) => change({ log })}
        onStep={(at) => goTo({ step: at, phase: "", piece: 0 })}
      />
    </section>
  );
}

function Walks({
  carrier,
  laboratory: { lab, change, runs, isPlaying },
  edited,
  shown,
}: {
  carrier: Carrier;
  laboratory: Laboratory;
  edited: number;
  shown: Frame;
}) {
  const run = runs[edited];
  if (lab.walk !== null && run)
    return (
      <WalkPanel
        carrier={carrier}
        run={run}
        step={shown.reply.step}
        learned={shown.reply.data.rows}
        walk={lab.walk}
        isPlaying={isPlaying}
        onWalk={(walk) => change({ walk })}
      />
    );
  return (
    <p class="row">
      <button type="button" onClick={() => change({ walk: "batch" })}>
        Walk through this batch
      </button>{" "}
      <span class="note">or click a point to walk through its row alone</span>
    </p>
  );
}

const TYPING = "input:not([type=checkbox]), select, textarea";
const PRESSABLE = "button, summary, input"; // the space bar is theirs
const OWN_KEYS = ".player, [role=application]";

function pressed(event: KeyboardEvent, { frame, goTo, toggle }: Laboratory): void {
  const target = event.target as HTMLElement;
  if (!frame || event.ctrlKey || event.metaKey || event.altKey || target.matches(TYPING) || target.closest(OWN_KEYS))
    return;
  const isSpace = event.key === " ";
  const position = isSpace ? null : keyed(event, frame.reply);
  if (isSpace ? target.matches(PRESSABLE) : !position) return;
  event.preventDefault();
  if (position) goTo(position);
  else toggle();
}

/** Listen to the keys of the whole page; what is done is always what the last drawn page would do. */
function useKeys(act: (event: KeyboardEvent) => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
