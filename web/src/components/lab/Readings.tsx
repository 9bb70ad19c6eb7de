// Loss and metric on both parts of the data.
import type { LabReply, MeasuredInfo } from "../../protocol";
import { Amount } from "../plots/Amount";

export function Readings({ reply }: { reply: LabReply }) {
  const { train, held_out, data, loss, lr } = reply;
  const parts: [string, string, MeasuredInfo][] = [
    ["train", `training, ${data.rows} rows`, train],
    ...(held_out ? [["held-out", `held out, ${data.held_out}`, held_out] as [string, string, MeasuredInfo]] : []),
  ];
  return (
    <table class="lab-readings">
      <thead>
        <tr>
          <td />
          {parts.map(([name, title]) => (
            <th key={name} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">loss</th>
          {parts.map(([name, , found]) => (
            <td key={name} data-reading={`${name} loss`}>
              <Amount of={found.loss} />
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">{data.metric}</th>
          {parts.map(([name, , found]) => (
            <td key={name} data-reading={`${name} metric`}>
              <Amount of={found.metric} />
            </td>
          ))}
        </tr>
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">last batch</th>
          <td data-reading="batch loss">
            {loss === null ? (
              <span class="dim">no loss yet</span>
            ) : (
              <>
                loss <Amount of={loss} />
              </>
            )}
          </td>
          {held_out && (
            <td>
              rate <Amount of={lr} />
            </td>
          )}
        </tr>
      </tfoot>
    </table>
  );
}
