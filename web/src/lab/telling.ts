// Where a training stands, in a sentence.
import { shown } from "../numbers";
import type { LabReply } from "../protocol";
import { sentence } from "../words";

const loss = (reply: LabReply) => (reply.loss === null ? "" : shown(reply.loss));
const whose = (reply: LabReply) =>
  reply.pieces > 1
    ? `piece ${reply.piece + 1} of ${reply.pieces} of batch ${reply.batch + 1}`
    : reply.batches > 1
      ? `batch ${reply.batch + 1} of ${reply.batches}`
      : "the whole data";

const TOLD: Record<string, (reply: LabReply) => string> = {
  forward: (reply) => `Forward: ${whose(reply)} has gone through the network; nothing has been judged yet.`,
  loss: (reply) => `Loss: what the network said was compared with what is right: ${loss(reply)}.`,
  backward: () => "Backward: every weight knows now how the loss would change with it; no weight has moved yet.",
  update: (reply) => `Update: every weight moved against its gradient, at rate ${shown(reply.lr)}.`,
};

export function told(reply: LabReply): string {
  const phase = TOLD[reply.phase];
  if (phase) return phase(reply);
  if (reply.stopped) return sentence(reply.stopped);
  if (reply.step === 0) return "The initial weights: nothing has been learned yet.";
  if (reply.step >= reply.last) return `All ${reply.epoch} epochs are done: ${figures(reply)}.`;
  return `Epoch ${reply.epoch + 1}${reply.batches > 1 ? `, before batch ${reply.batch + 1} of ${reply.batches}` : ""}: ${figures(reply)}.`;
}

function figures({ train, data }: LabReply): string {
  return `loss ${shown(train.loss)}, ${data.metric} ${shown(train.metric)}`;
}
