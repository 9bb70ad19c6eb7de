// Every leaf's value, to drag or type; everything follows. A node can be rounded to see what the rounding does.
import { useComputed } from "@preact/signals";
import type { NodeInfo } from "../protocol";
import type { Session } from "../session";
import { Scrubber } from "./Scrubber";

const MANY = 16; // leaves; the others of a long chain are there for whoever asks

/** `rounds`: whether a node can be rounded here, too. */
export function LeafEditor({ session, rounds = true }: { session: Session; rounds?: boolean }) {
  if (!session.carrier.live) return null;
  const leaves = session.walk.nodes.filter(
    (node) => node.role !== "result" && node.turn === 0 && node.shape.length === 0 && node.role !== "constant",
  );
  if (leaves.length === 0) return null;
  return (
    <section role="group" class="panel leaves" aria-label="Values to change">
      <h3>Change a value</h3>
      <Fields session={session} leaves={leaves.slice(0, MANY)} />
      {leaves.length > MANY && (
        <details>
          <summary>{`${leaves.length - MANY} more`}</summary>
          <Fields session={session} leaves={leaves.slice(MANY)} />
        </details>
      )}
      {rounds && <Rounding session={session} />}
      <Edited session={session} />
    </section>
  );
}

function Fields({ session, leaves }: { session: Session; leaves: NodeInfo[] }) {
  return (
    <div class="fields">
      {leaves.map((leaf) => (
        <Leaf key={leaf.id} session={session} leaf={leaf} />
      ))}
    </div>
  );
}

/** The way back to the walk as it was opened. */
function Edited({ session }: { session: Session }) {
  const edited = useComputed(() => Object.keys(session.leaves.value).length > 0 || session.rounding.value !== null);
  if (!edited.value) return null;
  return (
    <div class="row">
      <button
        type="button"
        onClick={() => {
          session.leaves.value = {};
          session.rounding.value = null;
        }}
      >
        As opened
      </button>
      <label>
        <input
          type="checkbox"
          checked={session.comparing.value}
          onChange={(event) => (session.comparing.value = event.currentTarget.checked)}
        />{" "}
        Compare with the walk as opened
      </label>
    </div>
  );
}

function Leaf({ session, leaf }: { session: Session; leaf: NodeInfo }) {
  const typed = useComputed(() => session.leaves.value[String(leaf.id)]).value; // only its own edits draw it anew
  const value = typeof typed === "number" ? typed : (session.opened.values[leaf.offset] ?? 0);
  return (
    <Scrubber
      label={leaf.name}
      node={leaf.id}
      value={value}
      digits={session.digits.value}
      change={(next) => (session.leaves.value = { ...session.leaves.peek(), [leaf.id]: next })}
      dragging={(on) => (session.dragging.value = on)}
    />
  );
}

function Rounding({ session }: { session: Session }) {
  const results = session.walk.nodes.filter((node) => node.role === "result" && node.turn === 0 && node.size === 1);
  const rounding = session.rounding.value;
  const choose = (text: string) =>
    (session.rounding.value = text === "" ? null : { node: Number(text), digits: rounding?.digits ?? 2 });
  return (
    <div class="row">
      <label>
        Round{" "}
        <select value={rounding ? String(rounding.node) : ""} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">nothing</option>
          {results.map((node) => (
            <option key={node.id} value={node.id}>
              {node.name}
            </option>
          ))}
        </select>
      </label>
      {rounding && (
        <label>
          to{" "}
          <input
            class="short"
            type="number"
            min={0}
            max={12}
            value={rounding.digits}
            onInput={(event) => (session.rounding.value = { ...rounding, digits: Number(event.currentTarget.value) })}
          />{" "}
          decimals
        </label>
      )}
      {rounding && session.opened && (
        <p class="note">The gradients beside follow from the rounded value; compare them with the exact ones below.</p>
      )}
    </div>
  );
}
