// Brings a lesson's <gw-…> elements to life: each becomes a component, mounted when it comes near the screen.
import { render, type ComponentChild } from "preact";
import type { Carrier } from "./carriers/carrier";
import { EmbeddedPlayer, EmbeddedSurface } from "./components/Embedded";
import { ChainPlot } from "./components/plots/ChainPlot";
import { CurvePlot } from "./components/plots/CurvePlot";
import { GridPlot } from "./components/plots/GridPlot";
import { numbers, pair, source, texts, values, type Settings } from "./settings";
import { tabbed } from "./tabs";

const NEAR = "400px";

const COMPONENTS: Record<string, (carrier: Carrier, settings: Settings) => ComponentChild> = {
  "gw-player": (carrier, settings) => (
    <EmbeddedPlayer carrier={carrier} source={source(settings)} settings={settings} />
  ),
  "gw-surface": (carrier, settings) => (
    <EmbeddedSurface carrier={carrier} source={source(settings)} settings={settings} />
  ),
  "gw-curve": (carrier, settings) => (
    <CurvePlot
      carrier={carrier}
      {...link(settings)}
      {...("nudge" in settings ? { nudge: Number(settings["nudge"]) } : {})}
    />
  ),
  "gw-chain": (carrier, settings) => <ChainPlot carrier={carrier} {...link(settings)} />,
  "gw-grid": (carrier, settings) => (
    <GridPlot
      carrier={carrier}
      formula={settings["formula"] ?? ""}
      values={values(settings)}
      names={pair(texts(settings["names"]), "")}
      low={pair(numbers(settings["low"]), -1)}
      high={pair(numbers(settings["high"]), 1)}
      at={pair(numbers(settings["at"]), 0)}
    />
  ),
};

/** Mount everything inside an element; the result unmounts it again. */
export function hydrate(root: HTMLElement, carrier: Carrier): () => void {
  const rows = [...root.querySelectorAll<HTMLElement>("gw-tabs")].map(tabbed);
  const places = [...root.querySelectorAll<HTMLElement>(Object.keys(COMPONENTS).join(","))];
  const watcher = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        mount(target as HTMLElement, carrier);
      }
    },
    { rootMargin: NEAR },
  );
  places.forEach((place) => watcher.observe(place));
  return () => {
    watcher.disconnect();
    places.forEach((place) => render(null, place));
    rows.forEach((remove) => remove());
  };
}

function mount(place: HTMLElement, carrier: Carrier): void {
  const settings = Object.fromEntries([...place.attributes].map(({ name, value }) => [name, value]));
  const made = COMPONENTS[place.localName]?.(carrier, settings);
  render(
    <figure class="embedded">
      {made}
      {settings["label"] && !place.closest("gw-tabs") && <figcaption>{settings["label"]}</figcaption>}
    </figure>,
    place,
  );
}

function link(settings: Settings) {
  return {
    formula: settings["formula"] ?? "",
    name: settings["name"] ?? "x",
    low: Number(settings["low"]),
    high: Number(settings["high"]),
    at: Number(settings["at"]),
    values: values(settings),
  };
}
