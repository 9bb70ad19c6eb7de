// The small maps in the squares of the network's units, all on one canvas: each canvas of a page takes its time to paint.
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Tile } from "../../lab/network";
import type { Rgb } from "../plots/colour";
import { HeatCanvas, paint, sharpness, small, type Small } from "../plots/Heatmap";

const ROUND = 2; // pixels of a corner

interface Props {
  tiles: Tile[];
  size: number;
  colours: Rgb[];
  width: number;
  height: number;
}

export function Tiles({ tiles, size, colours, width, height }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { grid, columns = 1 }: Partial<Tile> = tiles[0] ?? {};
  const rows = Math.floor((grid?.length ?? 0) / columns);
  const samples = useMemo(() => small(columns, rows), [columns, rows]);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !samples) return;
    context.setTransform(sharpness(), 0, 0, sharpness(), 0, 0);
    context.clearRect(0, 0, width, height);
    for (const tile of tiles) paintTile(context, samples, tile, size, colours);
  }, [tiles, size, colours, width, height]);
  return <HeatCanvas canvas={canvas} left={0} top={0} width={width} height={height} />;
}

/** A unit's map in the middle of its square, with the square's corners. */
function paintTile(
  context: CanvasRenderingContext2D,
  samples: Small,
  { unit, grid, columns, far }: Tile,
  size: number,
  colours: Rgb[],
): void {
  const [left, top] = [unit.x - size / 2, unit.y - size / 2];
  context.save();
  context.beginPath();
  context.roundRect(left, top, size, size, ROUND);
  context.clip();
  paint(context, samples, { grid, columns, range: [-far, far], colours }, [left, top, size, size]);
  context.restore();
}
