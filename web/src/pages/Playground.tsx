// The playground: a formula, a short program, a script or a walk file becomes a walk to play; the address holds all of it.
import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { latest, type Carrier } from "../carriers/carrier";
import { Exports } from "../components/Exports";
import { FormulaEditor } from "../components/FormulaEditor";
import { LeafEditor } from "../components/LeafEditor";
import { Picker } from "../components/Picker";
import { Player } from "../components/Player";
import { Problem } from "../components/Problem";
import { TrainingFields } from "../components/TrainingFields";
import { ValueFields } from "../components/ValueFields";
import { Waiting } from "../components/Waiting";
import type { CatalogueReply, ErrorReply, Source } from "../protocol";
import { EMPTY, experiment, parameters as written, write, type Experiment } from "../router";
import type { Session } from "../session";
import { missingNames, missingValues, spokenOf } from "./missing";
import { useOpened } from "./useOpened";

const FIRST = "house";
const PARTS = new Set(["graph", "factors", "table", "source", "formula", "why", "cost", "curves", "check", "practice"]);

export function Playground({ carrier, parameters }: { carrier: Carrier; parameters: URLSearchParams }) {
  const [shown, setShown] = useState<Experiment>(() => experiment(parameters));
  const [file, setFile] = useState<string | null>(null);
  const [catalogue, setCatalogue] = useState<CatalogueReply | null>(null);
  const [failure, setFailure] = useState<ErrorReply | null>(null);
  const address = parameters.toString();
  const own = useRef(address);
  useEffect(() => {
    if (own.current === address) return;
    const asked = experiment(parameters);
    setShown(catalogue ? spelledOut(asked, catalogue) : asked);
    setFile(null);
  }, [address]);
  useEffect(() => {
    void latest(carrier.request({ kind: "catalogue" }), setFailure).then((found) => {
      if (!found) return;
      setCatalogue(found.head);
      setShown((now) => spelledOut(now, found.head));
    });
  }, [carrier]);
  const place = useRef<HTMLDivElement>(null);
  const isKnown = catalogue !== null || failure !== null || !shown.example; // an example is spelled out first, or its walk would be made twice
  const source = file !== null ? { walk: file } : isKnown ? sourceOf(shown) : null;
  const { session, problem, isStale } = useOpened(carrier, source, shown, place);
  useEffect(() => (session && file === null ? follow(session, shown, (query) => (own.current = query)) : undefined), [session, shown, file]);

  const change = (part: Partial<Experiment>) => { setFile(null); setShown((now) => ({ ...now, ...kept(session, now), leaves: {}, ...part })); };
  const fresh = (formula: string, values: Record<string, unknown>) => { setFile(null); setShown({ ...EMPTY, formula, values }); };
  const missing = problem ? missingNames(problem) : [];
  return (
    <>
      <h1 class="unseen">Playground</h1>
      <section class="setup" aria-label="What to walk through" onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => { event.preventDefault(); void event.dataTransfer?.files[0]?.text().then(setFile); }}>
        <div>
          {file === null && !shown.script && !shown.health && <FormulaEditor text={shown.formula} problem={problem?.code === "formula" ? problem : null} change={(formula) => change({ formula, example: "", step: null, chosen: null, open: [] })} />}
          <Problem problem={failure} />
          {problem && problem.code !== "formula" && <Problem problem={problem} />}
          {file !== null && <p>A walk from a file. <button type="button" class="quiet" onClick={() => setFile(null)}>Back to the formula</button></p>}
          {shown.health && <p>{`A deep network, ${shown.health.depth} hidden layers of ${shown.health.width} units, on one batch. `}<a href="#health">Gradient health</a></p>}
          {shown.script && <p>The walk of {catalogue?.script || "the script"}; it follows your edits.</p>}
        </div>
        <div class="choices">
          <h2 class="unseen">What it starts from</h2>
          <Picker catalogue={catalogue} pick={fresh} open={setFile} script={() => setShown({ ...EMPTY, script: true })} />
          {missing.length > 0 && <button type="button" onClick={() => change({ values: missingValues(shown.values, missing) })}>Use 1 for each missing value</button>}
          <ValueFields values={lists(spokenOf(shown.formula, shown.values), problem ? null : session)} missing={missing} change={(values) => change({ values: { ...shown.values, ...values } })} />
          {session && !problem && <LeafEditor session={session} />}
          {file === null && <TrainingFields training={shown.training} names={Object.keys(spokenOf(shown.formula, shown.values))} change={(training) => change({ training, step: null })} />}
        </div>
      </section>
      <div ref={place} class={isStale ? "stale" : ""}>
        {session ? <><Player key={session.walk.key} session={session} views={PARTS} /><Exports session={session} /></>
          : !problem && source !== null && <Waiting text="Making the walk …" />}
      </div>
    </>
  );
}

function sourceOf({ formula, values, of, training, script, example, health }: Experiment): Source | null {
  if (health) return { health, training };
  if (script) return { script: true, training };
  if (example && !formula) return { example, training };
  return formula.trim() ? { formula, values: spokenOf(formula, values), of, training } : null;
}

function isEmpty(shown: Experiment): boolean {
  return !shown.formula && !shown.example && !shown.script && !shown.health;
}

/** A link may name an example; what is shown is its formula, to be changed. */
function spelledOut(asked: Experiment, catalogue: CatalogueReply): Experiment {
  if (isEmpty(asked)) return first(catalogue);
  const example = asked.formula ? undefined : catalogue.examples.find(({ name }) => name === asked.example);
  return example ? { ...asked, example: "", formula: example.formula, values: { ...example.values, ...asked.values } } : asked;
}

/** What stands there before anything was typed: the given script, else the first article's network. */
function first(catalogue: CatalogueReply): Experiment {
  if (catalogue.script) return { ...EMPTY, script: true };
  const example = catalogue.examples.find(({ name }) => name === FIRST) ?? catalogue.examples[0];
  return example ? { ...EMPTY, formula: example.formula, values: example.values } : EMPTY;
}

/** Dragged leaves become the experiment's values, so that another formula starts from them. */
function kept(session: Session | null, shown: Experiment): Partial<Experiment> {
  if (!session || shown.script) return {};
  const edits = Object.entries(session.leaves.peek()).map(([id, value]) => [session.walk.nodes[Number(id)]?.name ?? "", value] as const);
  return { values: { ...shown.values, ...Object.fromEntries(edits.filter(([name]) => name in shown.values)) } };
}

/** Values that the player can't drag: lists, and all of them while there is no walk. */
function lists(values: Record<string, unknown>, session: Session | null): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => typeof value !== "number" || !session?.walk.nodes.some((node) => node.name === name && node.shape.length === 0)));
}

const PATIENCE = 250; // ms: browsers limit how often an address may change

/** Keep the address up to date with the walk; it is replaced, not pushed, so that Back leaves the playground. */
function follow(session: Session, shown: Experiment, wrote: (query: string) => void): () => void {
  let timer = 0;
  const stop = effect(() => {
    const step = session.position.value === session.last ? null : session.position.value;
    const now: Experiment = { ...shown, step, open: session.open.value, chosen: session.chosen.value?.node ?? null, leaves: shown.script ? session.leaves.value : (session.leaves.value, {}), ...kept(session, shown) };
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const query = written({ ...now, values: spokenOf(now.formula, now.values) });
      wrote(query.toString());
      history.replaceState(null, "", write({ page: "play", parameters: query }));
    }, PATIENCE);
  });
  return () => { stop(); clearTimeout(timer); };
}
