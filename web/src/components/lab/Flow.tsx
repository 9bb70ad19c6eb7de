// How the gradient flows through the layers, and how far the last update moved each one's weights.
import type { LayerInfo } from "../../protocol";
import { Amount, type Tone } from "../plots/Amount";

const DECADES: [number, number] = [-8, 2]; // of the bars' scale

/** How long a bar is on a scale of powers of ten, 0 to 1. */
export function barLength(amount: number | null, [low, high] = DECADES): number {
  if (amount === null || amount <= 0 || !Number.isFinite(amount)) return 0;
  return Math.min(1, Math.max(0, (Math.log10(amount) - low) / (high - low)));
}

export function Flow({ layers }: { layers: LayerInfo[] }) {
  return (
    <section class="flow" aria-label="Gradient flow">
      <h2>Gradient flow</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col" class="gradient">
              ‖∂L/∂w‖
            </th>
            <th scope="col">‖w‖</th>
            <th scope="col">
              <abbr title="how far the last update moved the weights, as a share of their norm">update ∕ weight</abbr>
            </th>
            <th scope="col">
              <abbr title="share of units that are zero for every row, or of values at the flat ends of the activation">
                idle
              </abbr>
            </th>
          </tr>
        </thead>
        <tbody>
          {layers.map((layer) => (
            <tr key={layer.name} data-layer={layer.name}>
              <th scope="row">{layer.name}</th>
              <Bar amount={layer.gradient} tone="gradient" />
              <td>{<Amount of={layer.weight} tone="value" />}</td>
              <Bar amount={layer.ratio} tone="ink" />
              <td>
                {layer.saturated !== null
                  ? `${Math.round(100 * layer.saturated)} % flat`
                  : layer.dead > 0
                    ? `${Math.round(100 * layer.dead)} % dead`
                    : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="note">Bars: powers of ten, from 10⁻⁸ to 10². Updates of about a thousandth of the weights are usual.</p>
    </section>
  );
}

function Bar({ amount, tone }: { amount: number | null; tone: Tone }) {
  return (
    <td class="bar">
      <i class={tone} style={{ width: `${100 * barLength(amount)}%` }} />
      {amount === null ? <span class="dim">not yet</span> : <Amount of={amount} tone={tone} />}
    </td>
  );
}
