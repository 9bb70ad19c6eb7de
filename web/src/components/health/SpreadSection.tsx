// How much a batch tells of the whole gradient: both networks' funnels, with their numbers.
import type { HealthSettings, Spread } from "../../protocol";
import { useWidth } from "../plots/hooks";
import { PlotTools } from "../plots/PlotTools";
import { Problem } from "../Problem";
import type { NumberSource } from "../plots/source";
import { useReply } from "../plots/useReply";
import { reach, SpreadPicture } from "./SpreadPicture";

export function SpreadSection({
  carrier,
  settings,
  remedies,
}: {
  carrier: NumberSource;
  settings: HealthSettings;
  remedies: string[];
}) {
  const { outcome, error } = useReply(carrier, { kind: "spread", settings, remedies }, "spread");
  const isCurrent = JSON.stringify(outcome?.question) === JSON.stringify({ kind: "spread", settings, remedies });
  const sides = outcome
    ? ([
        ["before", "As it is", outcome.reply.before],
        ["after", "With the remedies", outcome.reply.after],
      ] as const)
    : [];
  return (
    <section aria-labelledby="spread-title">
      <h2 id="spread-title">How much a batch tells</h2>
      <p class="note">
        Each dot is the gradient of one batch of random examples, measured along the gradient of all of them. The dashed
        curves are what statistics foretell: the spread of single examples, divided by the square root of the batch's
        size. The bars are the spread that was found. Dots at the edge of a picture lie beyond it.
      </p>
      <Problem problem={error} />
      <div class="health-pair" data-current={isCurrent}>
        {sides.map(([name, title, spread]) => (
          <Funnel key={name} name={name} title={title} spread={spread} around={reach(sides.map(([, , one]) => one))} />
        ))}
      </div>
    </section>
  );
}

const COLUMNS = ["batch size", "deviation", "foretold", "whole distance"];

function Funnel({ name, title, spread, around }: { name: string; title: string; spread: Spread; around: number }) {
  const [stage, width] = useWidth<HTMLDivElement>(560);
  const rows = spread.sizes.map((size, k) => [
    size,
    spread.deviation[k] ?? NaN,
    spread.expected[k] ?? NaN,
    spread.noise[k] ?? NaN,
  ]);
  const none = !Number.isFinite(spread.expected[0] ?? NaN);
  return (
    <figure class="gw-plot" data-spread={name} aria-label={`Spread over batch sizes, ${title}`}>
      <figcaption class="health-caption">{title}</figcaption>
      {none && <p class="gw-note">There is no gradient at all that a batch's could be measured against.</p>}
      <div class="gw-stage" ref={stage}>
        {!none && (
          <SpreadPicture
            spread={spread}
            around={around}
            width={width}
            label={`Batches of each size around the gradient of all points, ${title}`}
          />
        )}
      </div>
      {!none && <PlotTools name={`spread-${name}`} table={{ title: "Spread as a table", columns: COLUMNS, rows }} />}
    </figure>
  );
}
