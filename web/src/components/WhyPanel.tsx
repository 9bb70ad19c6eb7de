// Why a gradient is its number: the sum over its consumers, then the sum over paths, each with its share and its factors.
import { shown } from "../numbers";
import type { PathInfo, UseInfo, WhyReply } from "../protocol";
import type { Session } from "../session";
import { Amount } from "./Amount";

export function WhyPanel({ session }: { session: Session }) {
  const why = session.why.value;
  if (!why || session.practising.value) return null;
  const digits = session.digits.value;
  return (
    <section role="group" class="panel why-panel" aria-label={`Why is ${why.symbol} this number?`}>
      <h3>
        Why is{" "}
        <span class="gradient" data-gradient={why.node}>
          {why.symbol}
        </span>{" "}
        = <Amount value={why.gradient} kind="gradient" node={why.node} digits={digits} />
      </h3>
      {why.uses.length > 0 && <Uses session={session} uses={why.uses} />}
      {why.zeros.length > 0 && <Zeros why={why} session={session} />}
      {why.paths.length > 0 && <Paths session={session} why={why} />}
    </section>
  );
}

function Uses({ session, uses }: { session: Session; uses: UseInfo[] }) {
  const digits = session.digits.value;
  return (
    <>
      <h4>{uses.length === 1 ? "One value uses it" : `${uses.length} uses, added up`}</h4>
      <ul class="uses">
        {uses.map((use, index) => (
          <li key={`${use.node}-${index}`} data-node={use.node}>
            {index > 0 && <span class="sign">+ </span>}
            <span class="name">{use.name}</span>
            {" passes back "}
            {use.upstream !== null && use.local !== null ? (
              <>
                <Amount value={use.upstream} kind="gradient" digits={digits} /> ×{" "}
                <Amount value={use.local} digits={digits} /> {use.exact ? "=" : "≈"}{" "}
              </>
            ) : (
              <code>{use.symbols} = </code>
            )}
            <Amount value={use.contribution} kind="gradient" digits={digits} />
            {use.place && <span class="place">{use.place}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Zeros({ why, session }: { why: WhyReply; session: Session }) {
  return (
    <ul class="zeros">
      {why.zeros.map(({ factor, paths }) => (
        <li key={factor.name}>
          <button
            type="button"
            class="link"
            onClick={() => (session.hovered.value = { node: factor.node, gradient: false })}
          >
            {factor.name}
          </button>
          {` is 0 and silences ${paths} ${paths === "1" ? "path" : "paths"}`}
          {factor.code && <code class="place">{`${factor.place}  ${factor.code}`}</code>}
        </li>
      ))}
    </ul>
  );
}

function Paths({ session, why }: { session: Session; why: WhyReply }) {
  return (
    <>
      <h4>{why.count === "1" ? "One path to the output" : `${why.count} paths to the output, added up`}</h4>
      <ol class="paths">
        {why.paths.map((path, index) => (
          <Path key={index} session={session} path={path} index={index} />
        ))}
      </ol>
      {why.rest_count !== "0" && (
        <p class="note">
          {`and ${why.rest_count} more, which sum to `}
          <Amount value={why.rest_sum} kind="gradient" digits={session.digits.value} />
        </p>
      )}
    </>
  );
}

function Path({ session, path, index }: { session: Session; path: PathInfo; index: number }) {
  const digits = session.digits.value;
  const decisive = path.factors[path.decisive];
  return (
    <li>
      <button
        type="button"
        class="path"
        aria-pressed={session.path.value === index}
        onClick={() => (session.path.value = index)}
      >
        <span class="gradient tabular">{shown(path.product, digits)}</span>
        <span class="share" title={`${shown(path.percent)} % of the sizes of all products`}>
          <i style={{ width: `${path.percent}%` }} />
        </span>
        <span class="note">{`${shown(path.percent, 3)} %`}</span>
      </button>
      {decisive && path.factors.length > 1 && (
        <p class="note">
          Most decided by{" "}
          <span class="name" data-node={decisive.node}>
            {decisive.name}
          </span>
          {` = ${shown(decisive.value, digits)}`}
          {decisive.code && <code class="place">{`${decisive.place}  ${decisive.code}`}</code>}
        </p>
      )}
    </li>
  );
}
