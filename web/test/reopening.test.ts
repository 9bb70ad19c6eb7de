import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { refused, type Carrier, type Connection } from "../src/carriers/carrier";
import { reopening } from "../src/carriers/reopening";
import type { Request, Source } from "../src/protocol";

/** A kernel that knows the walks it has opened, until it is started anew; the script's walk may have changed by then. */
function forgetful() {
  const connection = signal<Connection>("open");
  const asked: string[] = [];
  let known = new Set<string>();
  let version = 1;
  const keyed = (source: Source) => (source.script ? `script ${version}` : (source.formula ?? ""));
  const answer = (message: Request) => {
    asked.push(message.kind);
    if (message.kind === "open") {
      known.add(keyed(message.source));
      return { head: { kind: "walk", key: keyed(message.source) }, buffers: [] };
    }
    if ("state" in message && !known.has(message.state.key)) throw refused("gone", "this walk isn't open any more");
    return { head: { kind: message.kind }, buffers: [] };
  };
  const restart = (edited = false) => {
    connection.value = "lost";
    known = new Set();
    version += edited ? 1 : 0;
    connection.value = "open";
  };
  const request = (message: Request) => new Promise((done) => done(answer(message)));
  const carrier = { connection, live: true, edits: signal(0), request } as unknown as Carrier;
  return { carrier: reopening(carrier), asked, restart };
}

const settled = () => new Promise((done) => setTimeout(done));
const values = (key: string) => ({ kind: "values", state: { key } }) as const;

describe("a walk that the kernel has let go", () => {
  it("is opened again, and what was asked of it is asked again", async () => {
    const { carrier, asked, restart } = forgetful();
    await carrier.request({ kind: "open", source: { formula: "x*x" } });
    restart();
    expect((await carrier.request(values("x*x"))).head.kind).toBe("values");
    expect(asked).toEqual(["open", "values", "open", "values"]);
  });
  it("is opened once for all that was asked meanwhile", async () => {
    const { carrier, asked, restart } = forgetful();
    await carrier.request({ kind: "open", source: { formula: "x*x" } });
    restart();
    await Promise.all([
      carrier.request(values("x*x")),
      carrier.request({ kind: "step", state: { key: "x*x" }, step: 0 }),
    ]);
    expect(asked.filter((kind) => kind === "open")).toHaveLength(2);
  });
  it("answers only the latest of a channel", async () => {
    const { carrier, restart } = forgetful();
    await carrier.request({ kind: "open", source: { formula: "x*x" } });
    restart();
    const earlier = carrier
      .request(values("x*x"), "values")
      .catch((error: { reply: { code: string } }) => error.reply.code);
    const later = carrier.request(values("x*x"), "values");
    expect(await earlier).toBe("superseded");
    expect((await later).head.kind).toBe("values");
  });
  it("stays gone when nobody here has opened it", async () => {
    const { carrier } = forgetful();
    await expect(carrier.request(values("y"))).rejects.toMatchObject({ reply: { code: "gone" } });
  });
});

describe("the walk of a script", () => {
  it("is opened again as soon as the server is back, so that edits are followed", async () => {
    const { carrier, asked, restart } = forgetful();
    await carrier.request({ kind: "open", source: { script: true } });
    restart();
    await settled();
    expect(asked).toEqual(["open", "open"]);
    expect(carrier.edits.value).toBe(0);
  });
  it("counts as edited when it is another one by then", async () => {
    const { carrier, restart } = forgetful();
    await carrier.request({ kind: "open", source: { script: true } });
    restart(true);
    await settled();
    expect(carrier.edits.value).toBe(1);
  });
});
