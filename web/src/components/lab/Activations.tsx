// What the units of each layer give on the batch, as a histogram; how many of them are dead, or stuck at a flat end.
import { scaleLinear } from "d3-scale";
import { edges, histogramsOf, type Histogram } from "../../lab/histograms";
import type { Frame } from "../../lab/run";
import { plotted } from "../../numbers";
import { Waiting } from "../Waiting";
import { Amount } from "../plots/Amount";
import { useWidth } from "../plots/hooks";
import { PlotTools } from "../plots/PlotTools";

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [46, 14, 6, 22, 104];
const LABELLED = 4; // parts of the range between labelled edges

export function Activations({ frame }: { frame: Frame }) {
  const [host, width] = useWidth<HTMLDivElement>(420);
  const found = histogramsOf(frame);
  return (
    <figure class="gw-plot" aria-label="What the units give">
      <div ref={host} class="histograms">
        {found.length ? (
          found.map((one) => <Layer key={one.layer} histogram={one} width={width} />)
        ) : (
          <Waiting text="Counting …" />
        )}
      </div>
      <p class="note">
        How many results of the batch lie in each of {found[0]?.counts.length} bins.{" "}
        {found.some((one) => Number.isFinite(one.flat)) &&
          "Shaded: the flat ends, where the slope lets hardly any gradient through."}{" "}
        Dead: 0 on every row; stuck: at a flat end on every row.
      </p>
      <PlotTools
        name="activations"
        table={{
          title: "Histograms as a table",
          columns: ["layer", "from", "to", "results"],
          rows: found.flatMap((one) => Array.from(one.counts, (count, bin) => [one.layer, ...edges(one, bin), count])),
        }}
      />
    </figure>
  );
}

function Layer({ histogram, width }: { histogram: Histogram; width: number }) {
  const { layer, counts, low, high, ends } = histogram;
  const x = scaleLinear([low, high], [LEFT, width - RIGHT]);
  const y = scaleLinear([0, Math.max(...counts, 1)], [HEIGHT - BOTTOM, TOP]);
  const floor = y(0);
  return (
    <div class="histogram" data-layer={layer}>
      <p>
        <b>{layer}</b> <Told histogram={histogram} />
      </p>
      <svg
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={`${layer}: results from ${plotted(low)} to ${plotted(high)}`}
      >
        {Number.isFinite(ends[0]) && (
          <>
            <rect class="flat-end" x={x(low)} y={TOP} width={x(ends[0]) - x(low)} height={floor - TOP} />
            <rect
              class="flat-end"
              x={x(ends[1])}
              y={TOP}
              width={Math.max(0, x(high) - x(ends[1]))}
              height={floor - TOP}
            />
          </>
        )}
        {Array.from(counts, (count, bin) => {
          const [from, to] = edges(histogram, bin).map(x) as [number, number];
          return (
            <rect
              key={bin}
              class="bin"
              data-count={count}
              x={from + 0.5}
              y={y(count)}
              width={Math.max(0, to - from - 1)}
              height={floor - y(count)}
            >
              <title>{`${plotted(x.invert(from))} to ${plotted(x.invert(to))}: ${count}`}</title>
            </rect>
          );
        })}
        <line class="gw-zero" x1={LEFT} x2={width - RIGHT} y1={floor} y2={floor} />
        <g class="gw-axis" aria-hidden="true">
          <text x={LEFT - 6} y={TOP + 10} text-anchor="end">
            {y.domain()[1]}
          </text>
          {Array.from({ length: LABELLED + 1 }, (_, k) => low + ((high - low) * k) / LABELLED).map((at, k) => (
            <text key={k} x={x(at)} y={HEIGHT - 5} text-anchor={k === LABELLED ? "end" : k ? "middle" : "start"}>
              {plotted(at, 3)}
            </text>
          ))}
        </g>
      </svg>
    </div>
  );
}

/** How many units there are, and how many of them do nothing any more. */
function Told({ histogram: { units, zeros, dead, stuck, flat } }: { histogram: Histogram }) {
  return (
    <span class="told">
      {units} {units === 1 ? "unit" : "units"}
      {dead > 0 && (
        <>
          , <b data-reading="dead">{dead}</b> dead
        </>
      )}
      {stuck > 0 && (
        <>
          , <b data-reading="stuck">{stuck}</b> stuck
        </>
      )}
      {zeros > 0 && (
        <>
          ; <b data-reading="zeros">{zeros}</b> results are exactly 0
        </>
      )}
      {Number.isFinite(flat) && (
        <>
          ; share of results at flat ends{" "}
          <span data-reading="flat">
            <Amount of={flat} tone="value" />
          </span>
        </>
      )}
    </span>
  );
}
