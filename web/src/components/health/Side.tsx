// One network of the two that are compared: what happens in it as a sentence, its picture, one layer in numbers.
import type { ExaminedInfo } from "../../protocol";
import { useWidth } from "../plots/hooks";
import { PlotTools } from "../plots/PlotTools";
import { FlowPicture, type Bands } from "./FlowPicture";
import { LayerReadout } from "./LayerReadout";

interface SideProps {
  name: "before" | "after";
  title: string;
  examined: ExaminedInfo;
  verdict: string;
  sentence: string;
  bands: Bands;
  chosen: number;
  onChoose: (position: number) => void;
}

const COLUMNS = [
  "layer",
  "gradient",
  "gradient of weights",
  "slope",
  "normalisation",
  "weights",
  "way around",
  "all factors",
  "left of the output's",
  "dead",
  "flat",
];

export function Side({ name, title, examined, verdict, sentence, bands, chosen, onChoose }: SideProps) {
  const [stage, width] = useWidth<HTMLDivElement>(560);
  const { layers } = examined.report.flow;
  const rows = layers.map((layer, k) => [
    k + 1,
    layer.gradient,
    layer.weight_gradient,
    layer.slope,
    layer.normalization,
    layer.weight,
    layer.around,
    layer.attenuation,
    layer.product,
    layer.dead,
    layer.saturated,
  ]);
  return (
    <section
      class="health-side"
      data-side={name}
      data-found={examined.found.join(" ")}
      aria-labelledby={`${name}-title`}
    >
      <h2 id={`${name}-title`}>
        {title}
        {verdict && (
          <span
            class={`health-verdict ${examined.found.length ? "bad" : "ok"}`}
          >{`${examined.found.length ? "✕" : "✓"} ${verdict}`}</span>
        )}
      </h2>
      <p class="health-sentence" role="status">
        {sentence}
      </p>
      <figure class="gw-plot" aria-label={`Backward pass, ${title}`}>
        <div class="gw-stage" ref={stage}>
          <FlowPicture
            flow={examined.report.flow}
            bands={bands}
            width={width}
            chosen={chosen}
            label={`Gradients layer by layer, ${title}`}
            onChoose={onChoose}
          />
        </div>
        <LayerReadout examined={examined} chosen={chosen} />
        <PlotTools name={`gradients-${name}`} table={{ title: "All layers as a table", columns: COLUMNS, rows }} />
      </figure>
    </section>
  );
}
