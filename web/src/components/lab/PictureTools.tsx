// Under a picture of the lab: save it, and more where there is more.
import type { ComponentChildren, RefObject } from "preact";
import { download, svgText } from "../plots/saving";

export function PictureTools({
  name,
  stage,
  children,
}: {
  name: string;
  stage: RefObject<HTMLElement | null>;
  children?: ComponentChildren;
}) {
  const save = () => {
    if (stage.current) download(`${name}.svg`, svgText(stage.current), "image/svg+xml");
  };
  return (
    <div class="picture-tools">
      {children}
      <button type="button" class="quiet" aria-label={`Save as SVG: ${name}`} onClick={save}>
        Save as SVG
      </button>
    </div>
  );
}
