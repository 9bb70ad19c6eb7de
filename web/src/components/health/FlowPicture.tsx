// One backward pass as a picture: how long each layer's gradient is, which factors made it so, and what is left of it.
import { line } from "d3-shape";
import type { Flow, LayerFlow } from "../../protocol";
import { decades, decadeTicks, onDecades } from "../plots/decades";
import { full, plotted } from "../../numbers";
import type { Range } from "../plots/scales";
import { FACTORS, factorsOf, Mark, type FactorName } from "./factors";

/** The ranges of the three bands, as powers of ten: the same for all flows that are compared. */
export interface Bands {
  lengths: Range;
  factors: Range;
  left: Range;
}

export function bandsOf(flows: Flow[]): Bands {
  const layers = flows.flatMap((flow) => flow.layers);
  return {
    lengths: decades(
      layers.map((layer) => layer.weight_gradient),
      2,
    ),
    factors: decades([0.1, 10, ...layers.flatMap((layer) => FACTORS.map(({ name }) => layer[name]))]),
    left: decades([1, ...layers.map((layer) => layer.product)], 2),
  };
}

interface FlowPictureProps {
  flow: Flow;
  bands: Bands;
  width: number;
  chosen: number; // the position of the layer that is looked at
  label: string;
  onChoose: (position: number) => void;
}

const [LEFT, RIGHT, TOP, GAP, FLOOR] = [56, 14, 26, 46, 40];
const NARROW = 430; // pixels: below, the factors' key takes all of its line
const HEIGHTS = { lengths: 120, factors: 120, left: 96 };
export const HEIGHT = TOP + HEIGHTS.lengths + HEIGHTS.factors + HEIGHTS.left + 2 * GAP + FLOOR;

/** Three bands over the layers, from the input's side to the output. */
export function FlowPicture({ flow, bands, width, chosen, label, onChoose }: FlowPictureProps) {
  const { layers } = flow;
  const column = (width - LEFT - RIGHT) / layers.length;
  const middle = (position: number) => LEFT + column * (position + 0.5);
  const at = (x: number) => Math.min(layers.length - 1, Math.max(0, Math.floor((x - LEFT) / column)));
  const point = (event: PointerEvent & { currentTarget: SVGSVGElement }) =>
    onChoose(
      at(
        ((event.clientX - event.currentTarget.getBoundingClientRect().left) * width) / event.currentTarget.clientWidth,
      ),
    );
  const tops = {
    lengths: TOP,
    factors: TOP + HEIGHTS.lengths + GAP,
    left: TOP + HEIGHTS.lengths + HEIGHTS.factors + 2 * GAP,
  };
  const room = (band: keyof Bands): Range => [tops[band] + HEIGHTS[band], tops[band]];
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="group"
      aria-label={label}
      onPointerDown={point}
      onPointerMove={(event) => event.pointerType === "mouse" && point(event)}
    >
      <Chosen layers={layers} chosen={chosen} x={LEFT + column * chosen} width={column} onChoose={onChoose} />
      <Band
        title="Gradient of each layer's weights, its length"
        range={bands.lengths}
        room={room("lengths")}
        width={width}
      />
      <Bars
        layers={layers}
        range={bands.lengths}
        room={room("lengths")}
        middle={middle}
        breadth={Math.min(34, column * 0.62)}
      />
      <Band title={width > NARROW ? "Factors:" : ""} range={bands.factors} room={room("factors")} width={width} />
      <Key layers={layers} x={width > NARROW ? LEFT + 28 : LEFT - 38} y={tops.factors - 12} />
      <Factors layers={layers} range={bands.factors} room={room("factors")} middle={middle} column={column} />
      <Band title="Left of the output's gradient" range={bands.left} room={room("left")} width={width} />
      <Left layers={layers} range={bands.left} room={room("left")} middle={middle} />
      <Names layers={layers} column={column} middle={middle} width={width} />
    </svg>
  );
}

/** The column of the layer that is looked at: a slider, so that keys move it. */
function Chosen({
  layers,
  chosen,
  x,
  width,
  onChoose,
}: {
  layers: LayerFlow[];
  chosen: number;
  x: number;
  width: number;
  onChoose: (position: number) => void;
}) {
  const last = layers.length - 1;
  const press = (event: KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowLeft: chosen - 1,
      ArrowDown: chosen - 1,
      ArrowRight: chosen + 1,
      ArrowUp: chosen + 1,
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(Math.min(last, Math.max(0, next)));
  };
  return (
    <rect
      class="health-chosen"
      x={x}
      y={4}
      width={width}
      height={HEIGHT - 8}
      rx={5}
      tabindex={0}
      role="slider"
      aria-label="Layer"
      aria-valuemin={1}
      aria-valuemax={layers.length}
      aria-valuenow={chosen + 1}
      aria-valuetext={spoken(layers[chosen])}
      onKeyDown={press}
    />
  );
}

/** What a screen reader says of one layer. */
export function spoken(layer: LayerFlow | undefined): string {
  if (!layer) return "";
  const factors = factorsOf(layer)
    .map(({ title, value }) => `${title} ${plotted(value)}`)
    .join(" times ");
  return `${layer.name}: ${factors} is ${plotted(layer.attenuation)}; gradient of its weights ${plotted(layer.weight_gradient)}`;
}

function Band({ title, range, room, width }: { title: string; range: Range; room: Range; width: number }) {
  const y = onDecades(range, room);
  return (
    <g class="gw-axis" aria-hidden="true">
      <text class="health-band" x={LEFT - 44} y={room[1] - 12}>
        {title}
      </text>
      {decadeTicks(range).map((power) => (
        <g key={power}>
          <line
            class={power === 0 ? "gw-zero" : "gw-hair"}
            x1={LEFT}
            x2={width - RIGHT}
            y1={y(10 ** power)}
            y2={y(10 ** power)}
          />
          <text x={LEFT - 8} y={y(10 ** power) + 4} text-anchor="end">
            {plotted(10 ** power)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface InBand {
  layers: LayerFlow[];
  range: Range;
  room: Range;
  middle: (position: number) => number;
}

/** A bar for each layer; a gradient of zero has none, and says so. */
function Bars({ layers, range, room, middle, breadth }: InBand & { breadth: number }) {
  const y = onDecades(range, room);
  return (
    <g>
      {layers.map(({ name, weight_gradient: length }, k) => (
        <g key={name} data-bar={name} data-value={length}>
          <rect
            class="health-bar"
            x={middle(k) - breadth / 2}
            width={breadth}
            y={y(length)}
            height={Math.max(0, room[0] - y(length))}
          >
            <title>{`${name}: ${full(length)}`}</title>
          </rect>
          {!(length > 0 && Number.isFinite(length)) && (
            <text class="health-none" x={middle(k)} y={room[0] - 5} text-anchor="middle">
              {plotted(length)}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

/** Marks above or below the line of 1, where nothing would change. */
function Factors({ layers, range, room, middle, column }: InBand & { column: number }) {
  const y = onDecades(range, room);
  return (
    <g>
      {layers.map((layer, k) =>
        factorsOf(layer).map(({ name, value }, j, all) => {
          const x = middle(k) + (j - (all.length - 1) / 2) * Math.min(13, (column * 0.8) / all.length);
          if (Number.isNaN(value)) return null;
          return (
            <g key={name} data-factor={name} data-layer={layer.name} data-value={value}>
              <line class="health-stem" x1={x} x2={x} y1={y(1)} y2={y(value)} />
              <Mark name={name} x={x} y={y(value)} size={Math.min(4.5, column / 4)} />
              {value === 0 && (
                <text class="health-none" x={x + 8} y={y(value) - 1}>
                  0
                </text>
              )}
            </g>
          );
        }),
      )}
    </g>
  );
}

/** Which mark is which factor, beside the band's title. */
function Key({ layers, x, y }: { layers: LayerFlow[]; x: number; y: number }) {
  const shown = new Set<FactorName>(layers.flatMap((layer) => factorsOf(layer).map(({ name }) => name)));
  const titles = FACTORS.filter(({ name }) => shown.has(name));
  const place = (k: number) => titles.slice(0, k).reduce((sofar, { title }) => sofar + 26 + title.length * 6.4, x);
  return (
    <g aria-hidden="true">
      {titles.map(({ name, title }, k) => (
        <g key={name}>
          <Mark name={name} x={place(k)} y={y - 4} size={4.5} />
          <text x={place(k) + 9} y={y}>
            {title}
          </text>
        </g>
      ))}
    </g>
  );
}

/** The running product, from the output on the right to the input on the left; nothing is left where it is zero. */
function Left({ layers, range, room, middle }: InBand) {
  const y = onDecades(range, room);
  const last = layers.length - 1;
  const path = line<LayerFlow>(
    (_, k) => middle(k),
    (layer) => y(layer.product),
  ).defined(({ product }) => product > 0);
  const first = layers[0]?.product ?? NaN;
  const above = y(first) < (room[0] + room[1]) / 2;
  return (
    <g>
      <path class="health-left" d={path(layers) ?? ""} />
      {layers.map(({ name, product }, k) => (
        <g key={name} data-product={name} data-value={product}>
          {product > 0 ? (
            <circle class="health-dot" cx={middle(k)} cy={y(product)} r={last > 24 ? 2 : 3}>
              <title>{`${name}: ${full(product)}`}</title>
            </circle>
          ) : (
            <text class="health-none" x={middle(k)} y={room[0] - 5} text-anchor="middle">
              {plotted(product)}
            </text>
          )}
        </g>
      ))}
      {first > 0 && (
        <text class="gw-gradient gw-strong health-end" x={middle(0) - 4} y={y(first) + (above ? 18 : -9)}>
          {plotted(first)}
        </text>
      )}
    </g>
  );
}

function Names({
  layers,
  column,
  middle,
  width,
}: {
  layers: LayerFlow[];
  column: number;
  middle: (position: number) => number;
  width: number;
}) {
  const every = Math.max(1, Math.ceil(20 / column));
  const hidden = layers.length - 1;
  return (
    <g class="gw-axis" aria-hidden="true">
      {layers.slice(0, hidden).map(
        (layer, k) =>
          k % every === 0 &&
          k <= hidden - every / 2 && (
            <text key={layer.name} x={middle(k)} y={HEIGHT - FLOOR + 18} text-anchor="middle">
              {k + 1}
            </text>
          ),
      )}
      <text x={Math.min(middle(hidden), width - RIGHT - 12)} y={HEIGHT - FLOOR + 18} text-anchor="middle">
        {column < 34 ? "ŷ" : "output"}
      </text>
      <text x={LEFT} y={HEIGHT - 4}>
        ← the gradient's way back, layer by layer
      </text>
    </g>
  );
}
