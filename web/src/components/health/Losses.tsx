// Both loss curves, with their table.
import type { Course } from "../../protocol";
import { useWidth } from "../plots/hooks";
import { picked, PlotTools } from "../plots/PlotTools";
import { LossPicture } from "./LossPicture";

export function Losses({ before, after }: { before: Course; after: Course }) {
  const [stage, width] = useWidth<HTMLDivElement>(900);
  const length = Math.max(before.losses.length, after.losses.length);
  const updates = Float64Array.from({ length }, (_, k) => k);
  const rows = picked([updates, before.losses, after.losses], 21);
  return (
    <section aria-labelledby="losses-title">
      <h2 id="losses-title">What training makes of it</h2>
      <figure class="gw-plot" aria-label="Loss before and after">
        <div class="gw-stage" ref={stage}><LossPicture before={before} after={after} width={width} /></div>
        <PlotTools name="losses" stage={stage} table={{ title: "Losses as a table", columns: ["update", "before", "after"], rows }} />
      </figure>
    </section>
  );
}
