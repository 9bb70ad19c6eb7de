// Buttons under the timeline: to the start, back, play or pause, forward, to the end; speed and grain.
import { back, forward, jump, pause, play } from "../motion";
import type { Grain, Session } from "../session";

const SPEEDS = [0.5, 1, 2, 4];
const GRAINS: [Grain, string][] = [
  ["edge", "by edge"],
  ["node", "by node"],
  ["line", "by line"],
  ["layer", "by layer"],
];

export function Controls({ session }: { session: Session }) {
  const position = session.position.value;
  const playing = session.playing.value;
  return (
    <div class="controls">
      <div class="buttons" role="group" aria-label="Move through the walk">
        <Button
          label="To the start (Home)"
          icon="M5 4v12M16 4l-8 6 8 6z"
          disabled={position < 0}
          act={() => jump(session, -1)}
        />
        <Button
          label="Step back (left arrow)"
          icon="M13 4l-8 6 8 6z"
          disabled={position < 0}
          act={() => back(session)}
        />
        <Button
          label={playing ? "Pause (space)" : "Play (space)"}
          icon={playing ? "M6 4h3v12H6zM12 4h3v12h-3z" : "M6 3l11 7-11 7z"}
          kind="play"
          act={() => (playing ? pause(session) : play(session))}
        />
        <Button
          label="Step forward (right arrow)"
          icon="M7 4l8 6-8 6z"
          disabled={position >= session.last}
          act={() => forward(session)}
        />
        <Button
          label="To the end (End)"
          icon="M15 4v12M4 4l8 6-8 6z"
          disabled={position >= session.last}
          act={() => jump(session, session.last)}
        />
      </div>
      <label>
        Step{" "}
        <select
          value={session.grain.value}
          onChange={(event) => (session.grain.value = event.currentTarget.value as Grain)}
        >
          {GRAINS.map(([grain, text]) => (
            <option key={grain} value={grain}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        Speed{" "}
        <select
          value={session.speed.value}
          onChange={(event) => (session.speed.value = Number(event.currentTarget.value))}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>{`${speed}×`}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface ButtonProps {
  label: string;
  icon: string;
  kind?: string;
  disabled?: boolean;
  act(): void;
}

function Button({ label, icon, kind = "", disabled = false, act }: ButtonProps) {
  return (
    <button type="button" class={`round ${kind}`} aria-label={label} title={label} disabled={disabled} onClick={act}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d={icon} />
      </svg>
    </button>
  );
}
