/** Amounts as decimal text. They are BigInt inside, never a Number. */

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
const DIGITS_OF_128_BITS = 39;

/**
 * The integer a number stands for: times 10^scale, and divided by 10^shift, which is 2 for text in percent.
 * @param {string} text
 * @param {number} scale
 * @param {number} [shift]
 * @returns {{value: bigint} | {code: string}} or the code of what is wrong with it
 */
export function readDecimal(text, scale, shift = 0) {
  const number = NUMBER.exec(text);
  if (!number) return { code: "not_a_number" };
  const [, sign, whole, decimals = ""] = number;
  if (decimals.length + shift > scale) return { code: "too_many_decimals" };
  const digits = (whole + decimals.padEnd(scale - shift, "0")).replace(/^0+/, "");
  if (digits.length > DIGITS_OF_128_BITS) return { code: sign ? "below_min" : "above_max" };
  return { value: BigInt(`0${digits}`) * (sign ? -1n : 1n) };
}

/**
 * An integer as text, with exactly `scale` digits after the point.
 * @param {bigint} value
 * @param {number} scale
 */
export function writeDecimal(value, scale) {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return (value < 0n ? "-" : "") + (scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`);
}

/** An integer in percent: with two digits less after the point, none if it has fewer. */
export function writePercent(value, scale) {
  return scale >= 2 ? writeDecimal(value, scale - 2) : writeDecimal(value * 10n ** BigInt(2 - scale), 0);
}

/**
 * Puts commas between thousands. Text that is not a number comes back as it is.
 * @param {string} text such as `"-1234567.80"`
 * @returns {string} such as `"-1,234,567.80"`
 */
export function formatMoney(text) {
  const number = NUMBER.exec(text);
  if (!number) return text;
  const [, sign, whole, decimals] = number;
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
  return sign + grouped + (decimals === undefined ? "" : `.${decimals}`);
}
