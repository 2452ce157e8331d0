/** Values of a column: as integers in the module's memory, and as text outside. */

/** How each layout lies in memory: its bits, and how one value is read and written at a byte of a DataView. */
export const LAYOUTS = {
  i64: {
    bits: 64,
    read: (view, at) => view.getBigInt64(at, true),
    write: (view, at, value) => view.setBigInt64(at, value, true),
  },
  i128: {
    bits: 128,
    read: (view, at) => (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true),
    write: (view, at, value) => {
      view.setBigUint64(at, BigInt.asUintN(64, value), true);
      view.setBigInt64(at + 8, value >> 64n, true);
    },
  },
};

const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
const DIGITS_OF_128_BITS = 39;

/**
 * The integer a cell stands for in this column, or the code of what is wrong with it.
 * @param {string} text
 * @param {{scale: number, layout: string}} column
 * @returns {bigint | string}
 */
export function readCell(text, { scale, layout }) {
  const cell = trimBlanks(text);
  if (cell === "") return "missing";
  const number = NUMBER.exec(cell);
  if (!number) return "not_a_number";
  const [, sign, whole, decimals = ""] = number;
  if (decimals.length > scale) return "too_many_decimals";
  const outside = sign ? "below_min" : "above_max";
  const digits = (whole + decimals.padEnd(scale, "0")).replace(/^0+/, "");
  if (digits.length > DIGITS_OF_128_BITS) return outside;
  const value = BigInt(`0${digits}`) * (sign ? -1n : 1n);
  return BigInt.asIntN(LAYOUTS[layout].bits, value) === value ? value : outside;
}

function trimBlanks(text) {
  const isBlank = (at) => text[at] === " " || text[at] === "\t";
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(start)) start++;
  while (start < end && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

/**
 * An integer of a column as text, with exactly `scale` digits after the point.
 * @param {bigint} value
 * @param {number} scale
 */
export function writeDecimal(value, scale) {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return (value < 0n ? "-" : "") + (scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`);
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

const TEXT_REASONS = {
  missing: { zh: () => "未填写", en: () => "is empty" },
  not_a_number: { zh: () => "不是数字", en: () => "is not a number" },
  too_many_decimals: {
    zh: ({ scale }) => `的小数超过 ${scale} 位`,
    en: ({ scale }) => `has more than ${scale} decimal places`,
  },
  below_min: { zh: ({ min }) => `低于 ${min}`, en: ({ min }) => `is below ${min}` },
  above_max: { zh: ({ max }) => `高于 ${max}`, en: ({ max }) => `is above ${max}` },
};

/**
 * Why text is rejected, in both languages.
 * @param {string} code what {@link readCell} gave
 * @param {object} column a column of the schema
 * @returns {{zh: string, en: string}}
 */
export function reasonOfText(code, column) {
  const { zh, en } = TEXT_REASONS[code];
  return { zh: column.label.zh + zh(column), en: `${column.label.en} ${en(column)}` };
}
