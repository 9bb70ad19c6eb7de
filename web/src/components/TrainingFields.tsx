// Several updates in a row: the rate, how many, and of which parameters.
import type { Training } from "../protocol";

// In a typed formula every leaf asks for a gradient; what is usually learned are weights and biases.
const LEARNED = /^([wbv]|theta|θ)/i;

interface Props {
  training: Training | null;
  names: string[];
  change(training: Training | null): void;
}

export function TrainingFields({ training, names, change }: Props) {
  const set = (part: Partial<Training>) => training && change({ ...training, ...part });
  return (
    <fieldset class="training">
      <legend>Updates</legend>
      <label>
        <input
          type="checkbox"
          checked={training !== null}
          onChange={(event) =>
            change(
              event.currentTarget.checked
                ? { rate: 0.1, steps: 20, params: names.filter((name) => LEARNED.test(name)) }
                : null,
            )
          }
        />{" "}
        Learn: w ← w − rate · ∂L/∂w
      </label>
      {training && (
        <div class="row">
          <label>
            Rate{" "}
            <input
              class="short"
              type="number"
              step="any"
              min={0}
              value={training.rate}
              onChange={(event) => set({ rate: Number(event.currentTarget.value) })}
            />
          </label>
          <label>
            Updates{" "}
            <input
              class="short"
              type="number"
              min={1}
              max={200}
              value={training.steps}
              onChange={(event) =>
                set({ steps: Math.max(1, Math.min(200, Math.round(Number(event.currentTarget.value)))) })
              }
            />
          </label>
          <label>
            Of{" "}
            <input
              type="text"
              size={10}
              placeholder="all"
              value={(training.params ?? []).join(", ")}
              onChange={(event) => set({ params: event.currentTarget.value.split(/[\s,]+/).filter(Boolean) })}
            />
          </label>
        </div>
      )}
    </fieldset>
  );
}
