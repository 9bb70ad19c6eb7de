// Numbers as a reader sees them: four significant digits and a real minus sign; all digits on hover and on copy.
const DIGITS = 4;

/** A number to four significant digits, as the Python views spell it: −0.09359, 1.234e−7, ∞. */
export function short(value: number, digits = DIGITS): string {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const [mantissa = "0", power = "0"] = value.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  const large = exponent < -4 || exponent >= digits;
  return withMinus(value === 0 ? "0" : large ? `${Number(mantissa)}e${exponent}` : String(Number(value.toPrecision(digits))));
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

/** A text with real minus signs. */
export function withMinus(text: string): string {
  return text.replaceAll("-", "−");
}
