// A matrix as a small map, a sharp square for each entry: purple below zero, green above.
import { useLayoutEffect, useRef } from "preact/hooks";
import { upsideDown } from "../../lab/network";
import type { Rgb } from "../plots/colour";
import { pixels } from "../plots/Heatmap";

const [WIDEST, HIGHEST, LARGEST] = [260, 200, 26]; // pixels, of the map and of a square

interface Props {
  values: Float64Array;
  columns: number;
  far: number;
  colours: Rgb[];
  picked: number;
  label: string;
  onPick: (place: number) => void;
}

export function CellMap({ values, columns, far, colours, picked, label, onPick }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = values.length / columns;
  const [wide, high] = [Math.min(WIDEST, columns * LARGEST), Math.min(HIGHEST, rows * LARGEST)];
  const cell = { width: wide / columns, height: high / rows };
  useLayoutEffect(() => {
    const image = new ImageData(columns, rows);
    image.data.set(pixels(upsideDown(values, columns), columns, [-far, far], colours));
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
  }, [values, columns, far, colours]);
  const pick = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const at = (offset: number, size: number, count: number) =>
      Math.min(count - 1, Math.max(0, Math.floor((offset / size) * count)));
    onPick(
      at(event.clientY - bounds.top, bounds.height, rows) * columns +
        at(event.clientX - bounds.left, bounds.width, columns),
    );
  };
  return (
    <div
      class="cell-map"
      role="img"
      aria-label={label}
      style={{ width: `${wide}px`, height: `${high}px` }}
      onClick={pick}
    >
      <canvas ref={canvas} width={columns} height={rows} />
      <i
        style={{
          left: `${(picked % columns) * cell.width}px`,
          top: `${Math.floor(picked / columns) * cell.height}px`,
          width: `${cell.width}px`,
          height: `${cell.height}px`,
        }}
      />
    </div>
  );
}
