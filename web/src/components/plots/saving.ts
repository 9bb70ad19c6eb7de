// A plot as an SVG file that stands by itself: styles written into the elements, heatmaps as an image.
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-style", "font-weight", "font-variant-numeric", "text-anchor", "paint-order", "visibility"];

/** The text of an SVG file with what is seen now. */
export function svgText(svg: SVGSVGElement, canvas?: HTMLCanvasElement | null): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, k) => written(element, originals[k]));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.prepend(background(svg), ...(canvas ? [picture(svg, canvas)] : []));
  return new XMLSerializer().serializeToString(copy);
}

function written(element: Element, original: Element | undefined): void {
  if (!original) return;
  const style = getComputedStyle(original);
  const rules = STYLES.map((name) => [name, style.getPropertyValue(name)]).filter(([, value]) => value);
  element.setAttribute("style", rules.map(([name, value]) => `${name}:${value}`).join(";"));
  for (const name of ["class", "tabindex", "role"]) element.removeAttribute(name);
}

function background(svg: SVGSVGElement): SVGElement {
  const surface = getComputedStyle(svg).getPropertyValue("background-color");
  return element("rect", { width: "100%", height: "100%", fill: surface || "none" });
}

function picture(svg: SVGSVGElement, canvas: HTMLCanvasElement): SVGElement {
  const [outer, inner] = [svg.getBoundingClientRect(), canvas.getBoundingClientRect()];
  const place = { x: inner.left - outer.left, y: inner.top - outer.top, width: inner.width, height: inner.height };
  const numbers = Object.fromEntries(Object.entries(place).map(([name, value]) => [name, String(value)]));
  return element("image", { ...numbers, href: canvas.toDataURL("image/png") });
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
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
