// SPDX-License-Identifier: Apache-2.0
/** Exact decimals for showing while judging: whole numbers with a scale, never a float. The server decides. */
const typed = /^[+-]?(?:\d{1,12}(?:\.\d{0,10})?|\.\d{1,10})$/;

/** Read what people type, full-width digits and the points of Chinese input methods included; null when it is no number. */
export function parse(text) {
  const plain = String(text)
    .replace(/[。．｡·]/g, ".")
    .replace(/[，、]/g, ",")
    .replace(/[−－]/g, "-")
    .normalize("NFKC")
    .trim()
    .replace(/^([+-]?\d{1,12}),(\d{1,2})$/, "$1.$2");
  if (!typed.test(plain)) return null;
  const [whole, rest = ""] = plain.replace("+", "").split(".");
  const digits = `${whole}${rest}`;
  return { units: BigInt(digits === "-" || digits === "" ? 0 : digits), scale: rest.length };
}

function aligned(a, b) {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

export function add(a, b) {
  const [x, y, scale] = aligned(a, b);
  return { units: x + y, scale };
}

export function subtract(a, b) {
  return add(a, { units: -b.units, scale: b.scale });
}

export function times(a, b) {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** Return -1, 0 or 1. */
export function compare(a, b) {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Return how many whole steps fit between `from` and `to`, rounded down. */
export function steps(from, to, step) {
  const [distance, size] = aligned(subtract(to, from), step);
  return distance / size;
}

/** Return `from` plus `count` steps. */
export function stepped(from, count, step) {
  return add(from, { units: step.units * BigInt(count), scale: step.scale });
}

/** Write a number as the server does: no trailing zeros, no exponent. */
export function format({ units, scale }) {
  const sign = units < 0n ? "-" : "";
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const rest = digits.slice(digits.length - scale).replace(/0+$/, "");
  return rest ? `${sign}${whole}.${rest}` : `${sign}${whole}`;
}

/** Tell whether two texts mean the same mark. */
export function same(a, b) {
  if (a.trim() === b.trim()) return true;
  const [x, y] = [parse(a), parse(b)];
  return x !== null && y !== null && compare(x, y) === 0;
}
