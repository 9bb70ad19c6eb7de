// Numbers as a reader sees them: four significant digits and a real minus sign; all digits on hover and on copy.
const DIGITS = 4;
const RAISED: Record<string, string> = { "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹" };

/** A number to four significant digits: −0.09359, 1.234·10⁻⁷, ∞. */
export function short(value: number, digits = DIGITS): string {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  return size === 0 ? "0" : size < 1e-4 || size >= 1e6 ? scientific(rounded, digits) : withMinus(String(rounded));
}

function scientific(value: number, digits: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential(digits - 1).split("e");
  const raised = [...exponent.replace("+", "")].map((character) => RAISED[character] ?? "").join("");
  return `${withMinus(String(Number(mantissa)))}·10${raised}`;
}

/** All digits of a number, as Python would show it, with a real minus sign. */
export function full(value: number): string {
  return Number.isFinite(value) ? withMinus(String(value)) : short(value);
}

/** A number as it can be pasted into code. */
export function plain(value: number): string {
  return Number.isNaN(value) ? "nan" : Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}

/** The number that a reader typed: real minus signs and decimal commas are understood; null if it is none. */
export function typed(text: string): number | null {
  const cleaned = text.trim().replaceAll("−", "-").replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
  const value = cleaned === "" ? NaN : Number(cleaned);
  return Number.isFinite(value) ? value : null;
}

/** "=" where the displayed factors multiply to the displayed product, else "≈". */
export function equals(factors: number[], product: number): "=" | "≈" {
  const shown = (value: number) => Number(value.toPrecision(DIGITS));
  const found = factors.reduce((sofar, factor) => sofar * shown(factor), 1);
  return Object.is(shown(found), shown(product)) || shown(found) === shown(product) ? "=" : "≈";
}

/** A negative number in brackets, as it stands after a multiplication sign. */
export function factor(value: number): string {
  const text = short(value);
  return text.startsWith("−") ? `(${text})` : text;
}

/** A text with the first hyphen as a real minus sign. */
export function withMinus(text: string): string {
  return text.replace("-", "−");
}
