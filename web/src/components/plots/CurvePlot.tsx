// Stands in for the plot of another branch.
import type { Carrier } from "../../carriers/carrier";

export function CurvePlot(_: { carrier: Carrier; formula: string; name: string; low: number; high: number; at: number; nudge?: number; values?: Record<string, unknown> }) {
  return null;
}
