// The pages of the studio: what each is called, and where its code is. A page's code is loaded when it is first shown.
import type { ComponentType } from "preact";
import type { Page } from "../router";
import type { PageProps } from "./props";

interface Entry {
  /** In the header. */
  name: string;
  /** In the window's title. */
  title: string;
  /** Parts that the Tab key can go to at once: what each is called, and where it is. */
  parts?: Record<string, string>;
  load: () => Promise<ComponentType<PageProps>>;
}

export const PAGES: Record<Page, Entry> = {
  play: {
    name: "Playground",
    title: "Playground",
    parts: { "the graph": ".graph", "the table of values": ".state .scroll", why: ".why-panel" },
    load: async () => (await import("./Playground")).Playground,
  },
  explore: { name: "Explore", title: "Explore", load: async () => (await import("./Explore")).Explore },
  lab: { name: "Lab", title: "Training lab", load: async () => (await import("./Lab")).Lab },
  health: { name: "Gradients", title: "Gradient health", load: async () => (await import("./Health")).Health },
  lessons: { name: "Lessons", title: "Lessons", load: async () => (await import("./Lessons")).Lessons },
};
