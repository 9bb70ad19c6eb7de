// One training: what its network says of the data, and how good that is.
import { useRef } from "preact/hooks";
import type { Frame } from "../../lab/run";
import { sentence } from "../../words";
import { Problem } from "../Problem";
import { Waiting } from "../Waiting";
import { BoundaryMap } from "./BoundaryMap";
import { Fit } from "./Fit";
import { Judged, type JudgedProps } from "./Judged";
import type { PictureProps } from "./Marks";
import { Readings } from "./Readings";

interface Props extends JudgedProps {
  title: string;
  chosen: number | null;
  onRow: (row: number) => void;
}

export function RunView({ title, chosen, onRow, ...judging }: Props) {
  const { run } = judging;
  const last = useRef<Frame | null>(null);
  const frame = (last.current = run.frame.value ?? last.current);
  const problem = run.problem.value;
  return (
    <section
      class={`run${run.frame.value === null && frame ? " stale-run" : ""}`}
      aria-label={title || "What the network says"}
      data-step={frame?.reply.step}
    >
      {title && <h2>{title}</h2>}
      {problem && (title || !problem.setting || !frame) && <Problem problem={problem} />}
      {frame ? (
        <>
          <Picture frame={frame} chosen={chosen} onRow={onRow} {...judging} />
          <Readings reply={frame.reply} />
          {frame.reply.remarks.map((remark) => (
            <p key={remark} class="note remark">
              {sentence(remark)}
            </p>
          ))}
        </>
      ) : (
        !problem && <Waiting text="Making the network …" />
      )}
      {frame?.reply.stopped && title && (
        <p class="warning" role="status">
          {frame.reply.stopped}
        </p>
      )}
    </section>
  );
}

function Picture({ frame, chosen, onRow, ...judging }: PictureProps & JudgedProps) {
  const { extent } = frame.reply.data;
  if (extent.length === 2) return <BoundaryMap frame={frame} chosen={chosen} onRow={onRow} />;
  if (extent.length === 1) return <Fit frame={frame} chosen={chosen} onRow={onRow} />;
  return <Judged frame={frame} {...judging} />;
}
