// A figure as one SVG file that stands by itself: styles written into the elements as attributes, heatmaps as images.
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "text-anchor",
  "paint-order",
  "visibility",
];

/** The text of an SVG file with all pictures of a figure, each where it stands. */
export function svgText(figure: HTMLElement): string {
  const pictures = [...figure.querySelectorAll<SVGSVGElement>("svg:not(.gw-key)")].filter(
    (svg) => svg.checkVisibility?.() ?? true,
  );
  const places = pictures.map((svg) => svg.getBoundingClientRect());
  const [left, top] = [Math.min(...places.map((place) => place.left)), Math.min(...places.map((place) => place.top))];
  const [right, bottom] = [
    Math.max(...places.map((place) => place.right)),
    Math.max(...places.map((place) => place.bottom)),
  ];
  const [width, height] = [String(right - left), String(bottom - top)];
  const whole = element("svg", { xmlns: SPACE, width, height, viewBox: `0 0 ${width} ${height}` });
  whole.append(
    background(figure),
    ...[...figure.querySelectorAll("canvas")].map((canvas) => image(canvas, left, top)),
    ...pictures.map((svg) => copied(svg, left, top)),
  );
  return new XMLSerializer().serializeToString(whole);
}

const SPACE = "http://www.w3.org/2000/svg";

function copied(svg: SVGSVGElement, left: number, top: number): SVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, k) => written(element, originals[k]));
  for (const [name, value] of Object.entries(placed(svg, left, top))) copy.setAttribute(name, value);
  return copy;
}

// As attributes, because a page's policy lets no script write a style.
function written(element: Element, original: Element | undefined): void {
  if (!original) return;
  const style = getComputedStyle(original);
  for (const name of ["class", "style", "tabindex", "role"]) element.removeAttribute(name);
  for (const name of STYLES) if (style.getPropertyValue(name)) element.setAttribute(name, style.getPropertyValue(name));
}

function background(figure: HTMLElement): SVGElement {
  return element("rect", {
    width: "100%",
    height: "100%",
    fill: getComputedStyle(figure).getPropertyValue("--surface").trim() || "none",
  });
}

function image(canvas: HTMLCanvasElement, left: number, top: number): SVGElement {
  return element("image", { ...placed(canvas, left, top), href: canvas.toDataURL("image/png") });
}

function placed(drawn: Element, left: number, top: number): Record<string, string> {
  const { x, y, width, height } = drawn.getBoundingClientRect();
  return { x: String(x - left), y: String(y - top), width: String(width), height: String(height) };
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Hand a text to the reader as a file. */
export function download(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
