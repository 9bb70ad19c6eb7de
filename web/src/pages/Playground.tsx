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
import { Setup } from "../components/Setup";
import { TrainingFields } from "../components/TrainingFields";
import { ValueFields } from "../components/ValueFields";
import { Waiting } from "../components/Waiting";
import type { CatalogueReply, ErrorReply, Source } from "../protocol";
import { EMPTY, experiment, parameters as written, write, type Experiment } from "../router";
import type { Session } from "../session";
import { missingValues, spokenOf } from "./values";
import { useOpened } from "./useOpened";
import { useWalkFile } from "./useWalkFile";

const FIRST = "house";
const TYPED = new Set(["graph", "factors", "table", "formula", "why", "cost", "curves", "check", "practice"]);
const PARTS = new Set([...TYPED, "source"]); // a typed formula is its own source

export function Playground({ carrier, parameters }: { carrier: Carrier; parameters: URLSearchParams }) {
  const [shown, setShown] = useState<Experiment>(() => experiment(parameters));
  const { file, unread, isOver, open, close } = useWalkFile((name) =>
    setShown((now) => (now.file === name ? now : { ...now, ...AFRESH, file: name })),
  );
  const [catalogue, setCatalogue] = useState<CatalogueReply | null>(null);
  const [failure, setFailure] = useState<ErrorReply | null>(null);
  const address = parameters.toString();
  const own = useRef(address);
  useEffect(() => {
    if (own.current === address) return;
    const asked = experiment(parameters);
    setShown(catalogue ? spelledOut(asked, catalogue) : asked);
    close();
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
  const source = shown.file ? file && { walk: file.text } : isKnown ? sourceOf(shown) : null;
  const { session, problem, isStale } = useOpened(carrier, source, shown, place);
  useEffect(
    () => (session && source && !isStale ? follow(session, shown, (query) => (own.current = query)) : undefined),
    [session, shown, isStale],
  );

  const change = (part: Partial<Experiment>) => {
    close();
    setShown((now) => ({ ...now, ...kept(session, now), leaves: {}, ...part }));
  };
  const fresh = (formula: string, values: Record<string, unknown>) => {
    close();
    setShown({ ...EMPTY, formula, values });
  };
  const back = () => {
    close();
    setShown((now) => ({ ...(catalogue ? spelledOut({ ...now, file: "" }, catalogue) : now), ...AFRESH, file: "" }));
  };
  const isTyped = !shown.file && !shown.script && !shown.health;
  const missing = problem?.missing ?? [];
  return (
    <div class="bench">
      <h1 class="unseen">Playground</h1>
      <Setup
        text={isTyped ? shown.formula : shown.file}
        isNeeded={problem !== null || failure !== null || unread !== null || isOver}
      >
        <section class="start row" aria-label="What to walk through">
          <Picker catalogue={catalogue} pick={fresh} open={open} script={() => setShown({ ...EMPTY, script: true })} />
          {!shown.file && (
            <TrainingFields
              training={shown.training}
              names={Object.keys(spokenOf(shown.formula, shown.values))}
              change={(training) => change({ training, step: null })}
            />
          )}
        </section>
        <section class="written" aria-label="What it starts from">
          <h2 class="unseen">What it starts from</h2>
          {isTyped && (
            <FormulaEditor
              text={shown.formula}
              problem={problem?.code === "formula" ? problem : null}
              session={session}
              change={(formula) => change({ formula, example: "", step: null, chosen: null, open: [] })}
            />
          )}
          <Problem problem={failure ?? unread} />
          {problem && problem.code !== "formula" && <Problem problem={problem} />}
          {shown.file && <FromFile name={shown.file} about={problem ? "" : file ? IN_FILE : NO_FILE} back={back} />}
          {isOver && (
            <p class="note" role="status">
              Drop the walk file to open it.
            </p>
          )}
          {shown.health && (
            <p>
              {`A deep network, ${shown.health.depth} hidden layers of ${shown.health.width} units, on one batch. `}
              <a href="#health">Gradient health</a>
            </p>
          )}
          {shown.script && <p>The walk of {catalogue?.script || "the script"}; it follows your edits.</p>}
          {missing.length > 0 && (
            <button type="button" onClick={() => change({ values: missingValues(shown.values, missing) })}>
              Use 1 for each missing value
            </button>
          )}
          {isTyped && (
            <ValueFields
              values={lists(spokenOf(shown.formula, shown.values), problem ? null : session)}
              missing={missing}
              change={(values) => change({ values: { ...shown.values, ...values } })}
            />
          )}
          {session && !problem && <LeafEditor session={session} />}
        </section>
      </Setup>
      <div ref={place} class={`walked${isStale ? " stale" : ""}`}>
        <h2 class="unseen">The walk</h2>
        {session && source ? (
          <>
            <Player key={session.walk.key} session={session} views={isTyped ? TYPED : PARTS} />
            <Exports session={session} />
          </>
        ) : isTyped && isKnown && !problem && !shown.formula.trim() ? (
          <p class="waiting">
            Type a formula, such as <code>(y - sigmoid(w*x + b))**2</code>, or pick an example: its walk is shown here.
          </p>
        ) : (
          !problem && source !== null && <Waiting text="Making the walk …" />
        )}
      </div>
    </div>
  );
}

function sourceOf({ formula, values, of, training, script, example, health }: Experiment): Source | null {
  if (health) return { health, training };
  if (script) return { script: true, training };
  if (example && !formula) return { example, training };
  return formula.trim() ? { formula, values: spokenOf(formula, values), of, training } : null;
}

const IN_FILE = "A link to this page holds the step and the changed values; whoever follows it needs the file, too.";
const NO_FILE = "A link can't hold a file: open it here, and the step and the values of the link come back.";

/** What stands in the formula's place. */
function FromFile({ name, about, back }: { name: string; about: string; back(): void }) {
  return (
    <p>
      <b>{name}</b>
      {`: a walk from a file. ${about} `}
      <button type="button" class="quiet" onClick={back}>
        Back to the formula
      </button>
    </p>
  );
}

/** Nothing has been done with the walk yet. */
const AFRESH = { step: null, open: [], chosen: null, leaves: {}, training: null };

function isEmpty(shown: Experiment): boolean {
  return !shown.formula && !shown.example && !shown.script && !shown.file && !shown.health;
}

/** A link may name an example; what is shown is its formula, to be changed. */
function spelledOut(asked: Experiment, catalogue: CatalogueReply): Experiment {
  if (isEmpty(asked)) return first(catalogue);
  const example = asked.formula ? undefined : catalogue.examples.find(({ name }) => name === asked.example);
  return example
    ? { ...asked, example: "", formula: example.formula, values: { ...example.values, ...asked.values } }
    : asked;
}

/** What stands there before anything was typed: the given script, else the first article's network. */
function first(catalogue: CatalogueReply): Experiment {
  if (catalogue.script) return { ...EMPTY, script: true };
  const example = catalogue.examples.find(({ name }) => name === FIRST) ?? catalogue.examples[0];
  return example ? { ...EMPTY, formula: example.formula, values: example.values } : EMPTY;
}

/** Dragged leaves become the experiment's values, so that another formula starts from them. */
function kept(session: Session | null, shown: Experiment): Partial<Experiment> {
  if (!session || shown.script || shown.file) return {};
  const edits = Object.entries(session.leaves.peek()).map(
    ([id, value]) => [session.walk.nodes[Number(id)]?.name ?? "", value] as const,
  );
  return { values: { ...shown.values, ...Object.fromEntries(edits.filter(([name]) => name in shown.values)) } };
}

/** Values that the player can't drag: lists, and all of them while there is no walk. */
function lists(values: Record<string, unknown>, session: Session | null): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) =>
        typeof value !== "number" || !session?.walk.nodes.some((node) => node.name === name && node.shape.length === 0),
    ),
  );
}

const PATIENCE = 250; // ms: browsers limit how often an address may change

/** Keep the address up to date with the walk; it is replaced, not pushed, so that Back leaves the playground. */
function follow(session: Session, shown: Experiment, wrote: (query: string) => void): () => void {
  let timer = 0;
  const stop = effect(() => {
    const step = session.position.value === session.last ? null : session.position.value;
    const leaves = session.leaves.value;
    const done = { step, open: session.open.value, chosen: session.chosen.value?.node ?? null };
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const now: Experiment = shown.file
        ? { ...EMPTY, file: shown.file, ...done, leaves }
        : { ...shown, ...done, leaves: shown.script ? leaves : {}, ...kept(session, shown) };
      const query = written({ ...now, values: spokenOf(now.formula, now.values) });
      wrote(query.toString());
      history.replaceState(null, "", write({ page: "play", parameters: query }));
    }, PATIENCE);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
