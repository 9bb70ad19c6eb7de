// The gradient-health lab: a deep network, what ails its gradient, and what the remedies do about it.
import { useEffect, useRef, useState } from "preact/hooks";
import { latest, type Carrier } from "../carriers/carrier";
import { Controls } from "../components/health/Controls";
import { bandsOf } from "../components/health/FlowPicture";
import {
  begun,
  parametersOf,
  problemOf,
  read,
  switched,
  type Laboratory,
  type Offer,
} from "../components/health/laboratory";
import { Losses } from "../components/health/Losses";
import { Problems } from "../components/health/Problems";
import { Remedies } from "../components/health/Remedies";
import { Side } from "../components/health/Side";
import { SpreadSection } from "../components/health/SpreadSection";
import { Walks } from "../components/health/Walks";
import { Problem } from "../components/Problem";
import { useReply } from "../components/plots/useReply";
import { Waiting } from "../components/Waiting";
import type { ErrorReply, ExaminedInfo, HealthSettings, ProblemInfo } from "../protocol";
import { useAddress } from "./useAddress";
import { useRested } from "./useRested";
import type { PageProps } from "./props";

/** The page; what there is to choose from comes first. */
export function Health(props: PageProps) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [error, setError] = useState<ErrorReply | null>(null);
  useEffect(
    () =>
      void latest(props.carrier.request({ kind: "problems" }), setError).then((found) => found && setOffer(found.head)),
    [props.carrier],
  );
  return (
    <div class="health">
      <h1>Gradient health</h1>
      <p class="health-lead">
        A gradient is a product of factors, one for each layer on its way back. Here are real backward passes through
        deep networks, and what each layer does to them.
      </p>
      <Problem problem={error} />
      {offer ? <Examining {...props} offer={offer} /> : !error && <Waiting text="Asking what can go wrong …" />}
    </div>
  );
}

const REST = 250; // milliseconds without a change, after which the slower questions are asked

function Examining({ carrier, parameters, onChange, offer }: PageProps & { offer: Offer }) {
  const [shown, setShown] = useState<Laboratory | null>(() => read(parameters, offer));
  const tell = useAddress(parameters, onChange, (address) => setShown(read(address, offer)));
  const problem = problemOf(offer, shown?.problem ?? "");
  if (!shown || !problem) return null;
  const change = (next: Laboratory) => {
    setShown(next);
    tell(parametersOf(next, offer));
  };
  return (
    <>
      <Problems problems={offer.problems} chosen={problem} onChoose={(chosen: ProblemInfo) => change(begun(chosen))} />
      <div class="health-set">
        <Controls
          settings={shown.settings}
          offer={offer}
          onChange={(part) => change({ ...shown, settings: { ...shown.settings, ...part } })}
        />
        <Remedies
          remedies={offer.remedies}
          problem={problem}
          on={shown.remedies}
          onSwitch={(name) => change({ ...shown, remedies: switched(shown.remedies, name, offer.remedies) })}
        />
      </div>
      <Findings carrier={carrier} shown={shown} offer={offer} onLayer={(layer) => change({ ...shown, layer })} />
    </>
  );
}

/** A network and its treatment examined: training comes in pieces, so the same is asked again until it is done. */
function useExamined(carrier: Carrier, settings: HealthSettings, remedies: string[]) {
  const [turn, setTurn] = useState(0);
  const asked = useReply(carrier, { kind: "health", settings, remedies, turn }, "health");
  useEffect(() => {
    if (asked.outcome?.reply.done === false) setTurn((before) => before + 1);
  }, [asked.outcome]);
  return asked;
}

/** The answers: backward passes and training at every move, the rest once the reader rests. */
function Findings({
  carrier,
  shown,
  offer,
  onLayer,
}: {
  carrier: Carrier;
  shown: Laboratory;
  offer: Offer;
  onLayer: (layer: number) => void;
}) {
  const { settings, remedies } = shown;
  const rested = useRested({ settings, remedies }, REST);
  const { outcome, error } = useExamined(carrier, settings, remedies);
  const reply = outcome?.reply;
  const isTrained =
    reply?.done === true &&
    JSON.stringify([outcome?.question.settings, outcome?.question.remedies]) === JSON.stringify([settings, remedies]);
  const walks = useRef<{ before: HealthSettings; after: HealthSettings } | null>(null); // of the last networks that were trained to the end
  if (isTrained && reply) walks.current = { before: settings, after: reply.after.report.settings };
  if (!reply)
    return error ? <Problem problem={error} /> : <Waiting text="Running the network forward and backward …" />;
  const sides = [
    ["before", "As it is", reply.before],
    ["after", `With: ${treatment(remedies, offer)}`, reply.after],
  ] as const;
  const bands = bandsOf(sides.map(([, , one]) => one.report.flow));
  const chosen = Math.min(shown.layer === null ? 0 : shown.layer - 1, reply.before.report.flow.layers.length - 1);
  return (
    <>
      <Problem problem={error} />
      <div class={`health-pair${error ? " gw-stale" : ""}`} data-trained={isTrained}>
        {sides.map(([name, title, examined]) => (
          <Side
            key={name}
            name={name}
            title={title}
            examined={examined}
            verdict={isTrained ? verdict(examined, offer) : ""}
            sentence={isTrained ? examined.sentence : examined.journey}
            bands={bands}
            chosen={Math.max(0, chosen)}
            onChoose={(position) => position + 1 !== shown.layer && onLayer(position + 1)}
          />
        ))}
      </div>
      <Losses before={reply.before.report.course} after={reply.after.report.course} updates={settings.steps} />
      <SpreadSection carrier={carrier} {...rested} />
      {walks.current && <Walks carrier={carrier} {...walks.current} />}
    </>
  );
}

/** The problems that were found, in words. */
function verdict({ found }: ExaminedInfo, { problems }: Offer): string {
  return (
    problems
      .filter(({ name }) => found.includes(name))
      .map(({ title }) => title.toLowerCase())
      .join(", ") || "healthy"
  );
}

/** The remedies in words. */
function treatment(names: string[], { remedies }: Offer): string {
  return (
    names.map((name) => remedies.find((known) => known.name === name)?.title ?? name).join(", ") || "no remedy yet"
  );
}
