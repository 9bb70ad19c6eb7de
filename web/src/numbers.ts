// Numbers as a reader sees them, spelled as the Python views spell them: significant digits, one minus sign.

export const DIGITS = 4;
const MINUS = "−";

/** A number to some significant digits: −0.1872, 2, 1e−12, −∞. */
export function shown(value: number, digits = DIGITS): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0"; // −0, too: to a reader they are the same
  return spelled(general(value, digits));
}

/** What a plot says: a value that a function doesn't have is undefined, and no zero has a sign. */
export function plotted(value: number, digits = DIGITS): string {
  return Number.isNaN(value) ? "undefined" : shown(value + 0, digits);
}

/** As `shown`, with its trailing zeros kept, so that its width stays while the value is dragged. */
export function steady(value: number, digits = DIGITS): string {
  if (!Number.isFinite(value)) return shown(value, digits);
  const text = value.toPrecision(digits);
  return text.includes("e") ? shown(value, digits) : spelled(text);
}

/** As many of the digits as there is room for, in characters. */
export function fitting(value: number, digits: number, room: number, write = shown): string {
  for (let kept = digits; kept > 1; kept--) {
    const text = write(value, kept);
    if (text.length <= room) return text;
  }
  return write(value, 1);
}

/** Full precision, with the real minus sign: what stands in a title. */
export function full(value: number): string {
  return Number.isFinite(value) ? spelled(String(value)) : shown(value);
}

/** Full precision as a program reads it: what is copied, and what tests read. */
export function exact(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A number as a person types it: either minus sign, a decimal comma or point; null if it is none, or too large for one. */
export function typed(text: string): number | null {
  const plain = text.trim().replace(/[−–]/g, "-").replace(",", ".");
  if (plain === "" || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

/** Like Python's %g: exponents only below 1e−4 and from 10^digits on. */
function general(value: number, digits: number): string {
  const [mantissa = "", power = "0"] = rounded(value, digits).split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= digits) return `${stripped(mantissa)}e${exponent}`;
  return stripped(Number(`${mantissa}e${power}`).toFixed(Math.max(0, digits - 1 - exponent)));
}

/** Rounded as Python rounds: an exact tie goes to the even digit, where JavaScript goes away from zero. */
function rounded(value: number, digits: number): string {
  const [all = "", power] = value.toExponential(60).split("e");
  const end = all.indexOf(".") + digits;
  const isTie = /^50*$/.test(all.slice(end)) && /[02468]\.?$/.test(all.slice(0, end));
  return isTie ? `${all.slice(0, end)}e${power}` : value.toExponential(digits - 1);
}

function stripped(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function spelled(text: string): string {
  return text.replace(/-/g, MINUS).replace("e+", "e");
}
