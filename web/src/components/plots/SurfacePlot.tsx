// Stands in for the plot of another branch.
import type { Carrier } from "../../carriers/carrier";
import type { State } from "../../protocol";

export function SurfacePlot(_: { carrier: Carrier; state: State; names: string[]; low: number[]; high: number[]; rate?: number; steps?: number }) {
  return null;
}
