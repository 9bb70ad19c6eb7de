// The network: sliders for its numbers, and lists for what has a name.
import type { HealthSettings } from "../../protocol";
import { full, plotted } from "../../numbers";
import type { Offer } from "./laboratory";
import { place, SELECTS, SLIDERS, spelled, valueAt, type Named, type SliderKind } from "./sliders";

interface ControlsProps {
  settings: HealthSettings;
  offer: Offer;
  onChange: (part: Partial<HealthSettings>) => void;
}

export function Controls({ settings, offer, onChange }: ControlsProps) {
  return (
    <fieldset class="health-controls">
      <legend>The network</legend>
      {SELECTS.map(({ name, title }) => (
        <Select
          key={name}
          title={title}
          value={settings[name]}
          values={offer.choices[name] ?? []}
          onChange={(value) => onChange({ [name]: value } as Pick<HealthSettings, Named>)}
        />
      ))}
      {SLIDERS.map((kind) => (
        <Slider
          key={kind.name}
          kind={kind}
          value={settings[kind.name]}
          range={offer.ranges[kind.name] ?? []}
          onChange={(value) => onChange({ [kind.name]: value })}
        />
      ))}
      <div class="health-seed">
        <button type="button" onClick={() => onChange({ seed: (settings.seed + 1) % 1_000_000 })}>
          Other random weights
        </button>
        <span class="note tabular">seed {settings.seed}</span>
      </div>
    </fieldset>
  );
}

function Select({
  title,
  value,
  values,
  onChange,
}: {
  title: string;
  value: string;
  values: string[];
  onChange: (value: string) => void;
}) {
  return (
    <label class="health-field">
      <span>{title}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {values.map((name) => (
          <option key={name} value={name}>
            {spelled(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Slider({
  kind,
  value,
  range,
  onChange,
}: {
  kind: SliderKind;
  value: number;
  range: number[];
  onChange: (value: number) => void;
}) {
  const [least = 0, most = 1] = range;
  return (
    <label class="health-field">
      <span>
        {kind.title}{" "}
        <output class="tabular" title={full(value)}>
          {plotted(value)}
        </output>
      </span>
      <input
        type="range"
        name={kind.name}
        min={place(kind, least)}
        max={place(kind, most)}
        step={kind.step}
        value={place(kind, value)}
        aria-label={kind.title}
        aria-valuetext={plotted(value)}
        onInput={(event) => onChange(valueAt(kind, Number(event.currentTarget.value), range))}
      />
    </label>
  );
}
