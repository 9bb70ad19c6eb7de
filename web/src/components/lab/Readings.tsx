// Loss and metric on both parts of the data.
import type { LabReply } from "../../protocol";
import { Amount } from "../plots/Amount";

export function Readings({ reply }: { reply: LabReply }) {
  const { train, held_out, data, loss, lr } = reply;
  const lines: [string, string, number | null | undefined][] = [
    ["train-loss", "Loss", train.loss], ["held-loss", "held out", held_out?.loss],
    ["train-metric", data.metric === "accuracy" ? "Accuracy" : data.metric, train.metric], ["held-metric", "held out", held_out?.metric],
    ["batch-loss", "Last batch's loss", loss], ["rate", "Rate", lr],
  ];
  return (
    <dl class="lab-readings">
      {lines.filter(([, , value]) => value !== undefined).map(([name, title, value]) => (
        <div key={name} data-reading={name}><dt>{title}</dt><dd>{value == null ? <span class="dim">none yet</span> : <Amount of={value} />}</dd></div>
      ))}
    </dl>
  );
}
