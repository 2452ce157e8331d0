/** Exact numbers: fractions of BigInts, reduced, with a positive denominator. */

const MOST_DECIMALS = 40;

const gcd = (one, other) => {
  let [a, b] = [one < 0n ? -one : one, other];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
};

/** @returns {{n: bigint, d: bigint}} */
export function fraction(n, d = 1n) {
  const divisor = gcd(n, d < 0n ? -d : d) || 1n;
  const sign = d < 0n ? -1n : 1n;
  return { n: (sign * n) / divisor, d: (sign * d) / divisor };
}

/** The number that text such as `7/10` stands for. */
export function readFraction(text) {
  const [n, d = "1"] = text.split("/");
  return fraction(BigInt(n), BigInt(d));
}

export const times = (one, other) => fraction(one.n * other.n, one.d * other.d);

/** How many decimals a number needs; nothing if no number of them is enough. */
export function decimalsOf({ n, d }) {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    if ((n * 10n ** BigInt(decimals)) % d === 0n) return decimals;
  }
  return undefined;
}

/** As many decimals as it needs and at least so many; a fraction if no number of them is enough. */
export function writeFraction(value, least = 0) {
  const needed = decimalsOf(value);
  if (needed === undefined) return `${value.n}/${value.d}`;
  const decimals = Math.max(needed, least);
  const scaled = (value.n * 10n ** BigInt(decimals)) / value.d;
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  return (scaled < 0n ? "-" : "") + (decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`);
}
