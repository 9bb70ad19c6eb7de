// The hook through which every plot asks, on a channel of its own; the last good answer stays on the picture.
import { useEffect, useState } from "preact/hooks";
import type { ErrorReply, Reply, Request } from "../../protocol";
import { useUnique } from "./hooks";
import { errorIn, numbersIn, unreachable, withNaN } from "./source";
import type { Answer, NumberSource, Outcome } from "./source";

/** The newest answer, and the error if the newest question had none. */
export interface Asked<Question extends Request, Found extends Reply> {
  outcome: Outcome<Question, Found> | null;
  error: ErrorReply | null;
}

/** Ask `question` whenever it changes (null: nothing to ask); `kind` is the reply that belongs to it. */
export function useReply<Question extends Request, Kind extends Reply["kind"]>(
  carrier: NumberSource,
  question: Question | null,
  kind: Kind,
): Asked<Question, Extract<Reply, { kind: Kind }>> {
  type Found = Extract<Reply, { kind: Kind }>;
  const channel = useUnique("plot");
  const [asked, setAsked] = useState<Asked<Question, Found>>({ outcome: null, error: null });
  useEffect(() => {
    if (!question) return;
    const fail = (error: ErrorReply) => error.code !== "superseded" && setAsked((before) => ({ ...before, error }));
    const take = ({ head, buffers }: Answer) => {
      if (head.kind === "error") fail(head);
      else if (head.kind !== kind) fail(unreachable(new Error(`asked for ${kind}, got ${head.kind}`)));
      else
        setAsked({
          outcome: {
            question,
            reply: (head.kind === "walk" ? head : withNaN(head)) as Found,
            numbers: numbersIn(buffers),
          },
          error: null,
        });
    };
    void carrier.request(question, channel).then(take, (reason) => fail(errorIn(reason)));
  }, [carrier, kind, channel, JSON.stringify(question)]);
  return asked;
}
