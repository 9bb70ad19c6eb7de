// The chain of the chosen gradient as boxes: empty outlines that fill when their factor has been computed, then the product.
import { excerpt } from "../excerpt";
import { exact, full, shown } from "../numbers";
import type { FactorInfo } from "../protocol";
import type { Session } from "../session";

export function FactorBoxes({ session }: { session: Session }) {
  const why = session.why.value;
  const path = why?.paths[session.path.value] ?? why?.paths[0];
  if (!why || !path)
    return (
      <section role="group" class="factors empty" aria-label="Chain of factors">
        Click a gradient to see the chain of factors that makes it.
      </section>
    );
  const seen = session.seen.value;
  const now = session.moment.value.step;
  const lit = path.factors.every((factor) => isLit(factor, seen));
  const several = Number(why.count) !== 1;
  return (
    <section role="group" class="factors" aria-label={`Chain of factors of ${why.symbol}`}>
      <span class="symbol gradient" data-gradient={why.node}>
        {why.symbol}
      </span>
      <span class="sign">{several ? `∋` : "="}</span>
      <ol>
        {excerpt(path.factors.length, [path.decisive, path.factors.findIndex(({ step }) => step === now)]).map(
          (one) => {
            const factor = "at" in one ? path.factors[one.at] : undefined;
            return factor && "at" in one ? (
              <li key={one.at}>
                {one.at > 0 && (
                  <span class="sign" aria-hidden="true">
                    ×
                  </span>
                )}
                <FactorBox
                  session={session}
                  factor={factor}
                  lit={isLit(factor, seen)}
                  decisive={path.decisive === one.at}
                />
              </li>
            ) : (
              "left" in one && <li key={`left ${one.left}`} class="note">{`× … ${one.left} more …`}</li>
            );
          },
        )}
      </ol>
      <span class="whole">
        <span class="sign" data-relation>
          {path.exact ? "=" : "≈"}
        </span>
        <output
          class={`product${lit ? " lit" : ""}`}
          data-product
          data-lit={lit}
          data-value={exact(path.product)}
          title={lit ? full(path.product) : "not computed yet"}
        >
          {lit ? shown(path.product, session.digits.value) : "\u2007"}
        </output>
      </span>
      {several && <span class="note">{`one of ${why.count} paths; their sum is the gradient`}</span>}
    </section>
  );
}

export function isLit(factor: FactorInfo, position: number): boolean {
  return factor.step >= 0 ? factor.step <= position : false;
}

interface BoxProps {
  session: Session;
  factor: FactorInfo;
  lit: boolean;
  decisive: boolean;
}

function FactorBox({ session, factor, lit, decisive }: BoxProps) {
  const shared = session.cost.value?.shared.find(([name]) => name === factor.name);
  const isCurrent = session.moment.value.step === factor.step;
  const show = () =>
    (session.hovered.value = { node: factor.input, gradient: true, edge: `${factor.input}-${factor.node}` });
  const kinds = [
    "factor",
    lit ? "lit" : "",
    decisive ? "decisive" : "",
    shared && lit ? "shared" : "",
    isCurrent ? "current" : "",
    factor.value === 0 && lit ? "zero" : "",
  ];
  const about = [
    factor.code && `${factor.place}: ${factor.code}`,
    shared && `used by ${shared[1]} paths, computed once`,
    lit ? `${factor.name} = ${full(factor.value)}` : "not computed yet",
  ];
  return (
    <button
      type="button"
      class={kinds.filter(Boolean).join(" ")}
      data-factor={factor.name}
      data-lit={lit}
      data-value={exact(factor.value)}
      title={about.filter(Boolean).join("\n")}
      onClick={show}
      onFocus={show}
      onPointerEnter={show}
      onPointerLeave={() => (session.hovered.value = null)}
    >
      <span class="name">{factor.name}</span>
      <span class="number" data-value={lit ? exact(factor.value) : undefined}>
        {lit ? shown(factor.value, session.digits.value) : "\u2007"}
      </span>
      {shared && <span class="times" aria-label={`used by ${shared[1]} paths`}>{`${shared[1]} paths`}</span>}
    </button>
  );
}
