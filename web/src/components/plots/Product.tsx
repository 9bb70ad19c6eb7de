// The chain rule in boxes: each link's slope lights up, and their product is the slope of the whole.
import { Amount } from "./Amount";
import { lowered } from "./names";

/** One factor: what it is called (as a fraction) and its number. */
export interface Factor {
  over: string;
  under: string;
  value: number;
}

interface ProductProps {
  factors: Factor[];
  whole: Factor;
  exact: boolean; // whether the displayed factors multiply to the displayed whole
  lit: number;
  chosen: number | null;
  onChoose: (position: number | null) => void;
}

function Fraction({ over, under }: { over: string; under: string }) {
  return (
    <span class="gw-fraction" role="img" aria-label={`d${over} by d${under}`}>
      <i>d{lowered(over)}</i>
      <i>d{lowered(under)}</i>
    </span>
  );
}

/** Factors from the output back to the variable; the first `lit` of them are filled in. */
export function Product({ factors, whole, exact, lit, chosen, onChoose }: ProductProps) {
  const done = lit >= factors.length;
  const zero = factors.find((factor) => factor.value === 0);
  return (
    <div class="gw-product">
      <div class="gw-boxes">
        {factors.map((factor, k) => (
          <span class="gw-term" key={k}>
            {k > 0 && (
              <span class="gw-times" aria-hidden="true">
                ×
              </span>
            )}
            <span
              class={`gw-box${k < lit ? " gw-filled" : ""}${chosen === k ? " gw-lit" : ""}${factor.value === 0 ? " gw-silent" : ""}`}
              data-factor={k}
              onMouseEnter={() => onChoose(k)}
              onMouseLeave={() => onChoose(null)}
            >
              <Fraction over={factor.over} under={factor.under} />
              <span class="gw-box-number">{k < lit ? <Amount of={factor.value} tone="gradient" /> : "·"}</span>
            </span>
          </span>
        ))}
        <span class="gw-term">
          <span class="gw-times">{done && !exact ? "≈" : "="}</span>
          <span class={`gw-box gw-whole${done ? " gw-filled" : ""}`} data-factor="product">
            <Fraction over={whole.over} under={whole.under} />
            <span class="gw-box-number">{done ? <Amount of={whole.value} tone="gradient" /> : "·"}</span>
          </span>
        </span>
      </div>
      {zero && done && (
        <p class="gw-note">
          d{lowered(zero.over)}/d{lowered(zero.under)} is 0 here: one zero factor silences the whole product.
        </p>
      )}
    </div>
  );
}
