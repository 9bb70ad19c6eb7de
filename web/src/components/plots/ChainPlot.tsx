// A composition as linked plots, one for each link; their points move in lockstep, and their slopes multiply.
import { useEffect, useState } from "preact/hooks";
import type { ChainReply, ChainRequest } from "../../protocol";
import { useHeld, prefersStill, useWidth } from "./hooks";
import { LinkPlot } from "./LinkPlot";
import { full } from "../../numbers";
import { PlotTools, type Table } from "./PlotTools";
import { Problem } from "../Problem";
import { Product } from "./Product";
import type { Factor } from "./Product";
import type { NumberSource, Outcome } from "./source";
import { useReply } from "./useReply";

export interface ChainPlotProps extends Omit<ChainRequest, "kind" | "points"> {
  carrier: NumberSource;
  label?: string;
  onAt?: (at: number) => void;
}

const PACE = 450; // milliseconds from one factor to the next
const GAP = 28;

/** Factors as the chain rule multiplies them: from the output back to the variable. */
export function factors({ question, reply }: Outcome<ChainRequest, ChainReply>): Factor[] {
  return reply.links
    .map((link, k) => ({ over: link.name, under: before(reply, question.name, k), value: link.slope }))
    .reverse();
}

function before(reply: ChainReply, name: string, position: number): string {
  return reply.links[position - 1]?.name ?? name;
}

/** The links as a table: what goes in, what comes out, and the slope between. */
function table({ question, reply }: Outcome<ChainRequest, ChainReply>): Table {
  const rows = reply.links.map((link, k) => [
    before(reply, question.name, k),
    link.input,
    link.name,
    link.output,
    link.slope,
  ]);
  return { title: "Numbers of these links", columns: ["from", "input", "to", "output", "slope"], rows };
}

/** How wide each plot is when `count` of them share a row: never narrower than can be read. */
export function linkWidth(width: number, count: number): number {
  const across = Math.max(1, Math.min(count, Math.floor((width + GAP) / (250 + GAP))));
  return Math.floor(Math.min(480, (width - GAP * (across - 1)) / across));
}

/** Light the factors up one after the other; all at once for readers who want less motion. */
function useLighting(count: number): [number, () => void] {
  const [lit, setLit] = useState(prefersStill() ? Infinity : 0);
  useEffect(() => {
    if (lit >= count) return;
    const timer = setTimeout(() => setLit(lit + 1), PACE);
    return () => clearTimeout(timer);
  }, [lit, count]);
  return [lit, () => setLit(prefersStill() ? Infinity : 0)];
}

/** The linked plots, and below them the product of their slopes. */
export function ChainPlot(props: ChainPlotProps) {
  const { carrier, formula, name, low, high, values = {}, onAt } = props;
  const [at, setAt] = useHeld(props.at, onAt);
  const [stage, width] = useWidth<HTMLOListElement>(960);
  const [over, setOver] = useState<number | null>(null);
  const { outcome, error } = useReply(carrier, { kind: "chain", formula, name, low, high, at, values }, "chain");
  const links = outcome?.reply.links ?? [];
  const [lit, relight] = useLighting(links.length);
  const last = links[links.length - 1];
  return (
    <figure class="gw-plot" data-plot="chain" aria-label={props.label ?? `Links of ${formula}`}>
      <Problem problem={error} text={formula} />
      <ol class={`gw-links${error ? " gw-stale" : ""}`} ref={stage}>
        {outcome &&
          links.map((link, k) => (
            <LinkPlot
              key={k}
              link={link}
              before={before(outcome.reply, name, k)}
              xs={outcome.numbers[2 * k] ?? new Float64Array()}
              ys={outcome.numbers[2 * k + 1] ?? new Float64Array()}
              width={linkWidth(width, links.length)}
              held={k === 0 ? at : link.input}
              lit={over === k}
              onHover={(on) => setOver(on ? k : null)}
              onMove={k === 0 ? setAt : undefined}
            />
          ))}
      </ol>
      {outcome && last && (
        <>
          {links.length < 2 && (
            <p class="gw-note">This function is one link only, so its slope is the slope of the whole.</p>
          )}
          {links.length > 1 && (
            <Product
              factors={factors(outcome)}
              whole={{ over: last.name, under: outcome.question.name, value: outcome.reply.slope }}
              exact={outcome.reply.exact}
              lit={lit}
              chosen={over === null ? null : links.length - 1 - over}
              onChoose={(k) => setOver(k === null ? null : links.length - 1 - k)}
            />
          )}
          <div class="gw-tools">
            <p class="gw-unseen" role="status">
              d{last.name}/d{outcome.question.name} = {full(outcome.reply.slope)}
            </p>
            {links.length > 1 && (
              <button type="button" class="gw-quiet" onClick={relight}>
                Light up again
              </button>
            )}
          </div>
          <PlotTools name={`links-${name}`} table={table(outcome)} />
        </>
      )}
    </figure>
  );
}
