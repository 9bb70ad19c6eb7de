// Both loss curves, with their table.
import type { Course } from "../../protocol";
import { useWidth } from "../plots/hooks";
import { picked, PlotTools } from "../plots/PlotTools";
import { LossPicture } from "./LossPicture";

/** `updates` are all that there will be: curves grow while training goes on. */
export function Losses({ before, after, updates: most }: { before: Course; after: Course; updates: number }) {
  const [stage, width] = useWidth<HTMLDivElement>(900);
  const length = Math.max(before.losses.length, after.losses.length);
  const updates = Float64Array.from({ length }, (_, k) => k);
  const rows = picked([updates, before.losses, after.losses], 21);
  return (
    <section aria-labelledby="losses-title">
      <h2 id="losses-title">What training makes of it</h2>
      <figure class="gw-plot" aria-label="Loss before and after">
        <div class="gw-stage" ref={stage}>
          <LossPicture before={before} after={after} most={most} width={width} />
        </div>
        <PlotTools name="losses" table={{ title: "Losses as a table", columns: ["update", "before", "after"], rows }} />
      </figure>
    </section>
  );
}
