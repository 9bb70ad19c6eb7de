// Under a picture of the lab: save it, and more where there is more.
import type { ComponentChildren, RefObject } from "preact";
import { download, svgText } from "../plots/saving";

export function PictureTools({ name, stage, children }: { name: string; stage: RefObject<HTMLElement | null>; children?: ComponentChildren }) {
  const save = () => {
    const svg = stage.current?.querySelector("svg");
    if (svg) download(`${name}.svg`, svgText(svg, stage.current?.querySelector("canvas")), "image/svg+xml");
  };
  return <div class="picture-tools">{children}<button type="button" class="quiet" aria-label={`Save as SVG: ${name}`} onClick={save}>Save as SVG</button></div>;
}
