/** Values of a column: as integers in the module's memory, and as text outside. */

import { readDecimal, writeDecimal, writePercent } from "./fen-amounts.js";

/**
 * How each layout lies in memory: its bytes, how one cell is read and written at a byte of a DataView, and the cell of no
 * value. Cells of one and four bytes are Numbers, wider ones BigInts.
 */
export const LAYOUTS = {
  i8: {
    bytes: 1,
    none: -(2 ** 7),
    fits: (value) => Number.isInteger(value) && value >= -(2 ** 7) && value < 2 ** 7,
    read: (view, at) => view.getInt8(at),
    write: (view, at, value) => view.setInt8(at, value),
  },
  i32: {
    bytes: 4,
    none: -(2 ** 31),
    fits: (value) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31,
    read: (view, at) => view.getInt32(at, true),
    write: (view, at, value) => view.setInt32(at, value, true),
  },
  i64: {
    bytes: 8,
    none: -(2n ** 63n),
    fits: (value) => typeof value === "bigint" && BigInt.asIntN(64, value) === value,
    read: (view, at) => view.getBigInt64(at, true),
    write: (view, at, value) => view.setBigInt64(at, value, true),
  },
  i128: {
    bytes: 16,
    none: -(2n ** 127n),
    fits: (value) => typeof value === "bigint" && BigInt.asIntN(128, value) === value,
    read: (view, at) => (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true),
    write: (view, at, value) => {
      view.setBigUint64(at, BigInt.asUintN(64, value), true);
      view.setBigInt64(at + 8, value >> 64n, true);
    },
  },
};

/** The layouts that each type can have. */
export const TYPES = {
  money: ["i64", "i128"],
  rate: ["i64", "i128"],
  pp: ["i64", "i128"],
  number: ["i64", "i128"],
  measure: ["i64", "i128"],
  date: ["i32"],
  bool: ["i8"],
  enum: ["i8"],
  code: ["i32"],
  id: ["i32"],
};

/** Whether values of this type are numbers of something. */
export const isAmount = (type) => TYPES[type].includes("i64");
/** Whether values of this type are texts that are only compared and looked up. */
export const isText = (type) => type === "code" || type === "id";

const DAY = 86_400_000;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const BOOLS = new Map([["true", 1], ["是", 1], ["false", 0], ["否", 0]]);

/**
 * The value of a cell: a BigInt for amounts, the text of a code or id, else a Number; null for a missing value.
 * @typedef {bigint | number | string | null} Value
 */

/**
 * What a cell's text stands for in this column, or the code of what is wrong with it.
 * @param {string} text
 * @param {object} column a column of the schema
 * @returns {{value: Value} | {code: string}}
 */
export function readCell(text, column) {
  const cell = trimBlanks(text);
  if (cell === "") return column.optional ? { value: null } : { code: "missing" };
  switch (column.type) {
    case "code":
    case "id":
      return { value: cell };
    case "date":
      return valueOr(readDate(cell), "not_a_date");
    case "bool":
      return valueOr(BOOLS.get(cell), "unknown_value");
    case "enum":
      return valueOr(placeOf(cell, column.values), "unknown_value");
    default:
      return readAmount(cell, column);
  }
}

/** Reads what {@link writeCell} has written: percents too of a column with less than two decimals. */
export function readWritten(text, column) {
  const { type, scale } = column;
  if (text === "" || (type !== "rate" && type !== "pp") || scale >= 2) return readCell(text, column);
  const { value, code } = readCell(text, { ...column, scale: 2, layout: "i128" });
  const unit = 10n ** BigInt(2 - scale);
  return code !== undefined ? { code } : value % unit === 0n ? { value: value / unit } : { code: "too_many_decimals" };
}

const valueOr = (value, code) => (value === undefined ? { code } : { value });

function readAmount(cell, { type, scale, layout, optional }) {
  const suffix = { rate: /[%％]$/, pp: /(?:pp|个百分点)$/ }[type]?.exec(cell)?.[0];
  if (type === "pp" && suffix === undefined) return { code: "not_a_number" };
  const number = suffix === undefined ? cell : cell.slice(0, -suffix.length);
  const read = readDecimal(number, scale, suffix === undefined ? 0 : 2);
  if (read.code) return read;
  const { fits, none } = LAYOUTS[layout];
  if (fits(read.value) && !(optional && read.value === none)) return read;
  return { code: read.value < 0n ? "below_min" : "above_max" };
}

/** Days since 1970-01-01, if there is such a day. */
function readDate(text) {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (!year) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() / DAY : undefined;
}

/** The place of the value of this name, or else of the only one of this label. */
function placeOf(text, values) {
  const named = values.findIndex(({ name }) => name === text);
  if (named >= 0) return named;
  const labelled = [...values.keys()].filter((at) => [values[at].label.zh, values[at].label.en].includes(text));
  return labelled.length === 1 ? labelled[0] : undefined;
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
 * A value as text; empty for no value.
 * @param {Value} value
 * @param {object} column a column of the schema
 */
export function writeCell(value, { type, scale, values }) {
  if (value === null) return "";
  switch (type) {
    case "rate":
      return `${writePercent(value, scale)}%`;
    case "pp":
      return `${writePercent(value, scale)}pp`;
    case "date":
      return new Date(value * DAY).toISOString().slice(0, 10);
    case "bool":
      return value === 1 ? "true" : "false";
    case "enum":
      return values[value].name;
    case "code":
    case "id":
      return value;
    default:
      return writeDecimal(value, scale);
  }
}

/** Whether a cell's integer is a value of a column; for codes and ids any number will do here. */
export function isValue(value, { type, layout, values }) {
  if (!LAYOUTS[layout].fits(value)) return false;
  if (type === "bool") return value === 0 || value === 1;
  if (type === "enum") return value >= 0 && value < values.length;
  if (type === "date") return Math.abs(value) < 100_000_000;
  return true;
}

/** The integer of one of a column's bounds as the schema writes it; nothing where the type has no bounds. */
export function readBound(text, column) {
  if (column.type === "date") return readDate(text);
  if (column.type === "enum") return placeOfName(text, column.values);
  if (!isAmount(column.type)) return undefined;
  const { value } = readDecimal(text, column.scale);
  const { fits, none } = LAYOUTS[column.layout];
  return value !== undefined && fits(value) && !(column.optional && value === none) ? value : undefined;
}

function placeOfName(text, values) {
  const place = values.findIndex(({ name }) => name === text);
  return place < 0 ? undefined : place;
}

/** A bound as people write it: rates in percent. */
export function writeBound(text, column) {
  const isPercent = column.type === "rate" || column.type === "pp";
  return isPercent ? writeCell(readBound(text, column), column) : text;
}

const namesOf = ({ values = [] }, separator) => values.map(({ name }) => name).join(separator);

const TEXT_REASONS = {
  missing: { zh: () => "未填写", en: () => "is empty" },
  not_a_number: {
    zh: ({ type }) => (type === "pp" ? "不是百分点数，例如 5pp 或 5个百分点" : "不是数字"),
    en: ({ type }) => (type === "pp" ? "is not a number of percentage points such as 5pp" : "is not a number"),
  },
  not_a_date: { zh: () => "不是日期，例如 2022-08-01", en: () => "is not a date such as 2022-08-01" },
  unknown_value: {
    zh: (column) => (column.type === "bool" ? "不是 true/是 或 false/否" : `不是下列取值之一：${namesOf(column, "、")}`),
    en: (column) => (column.type === "bool" ? "is neither true nor false" : `is none of ${namesOf(column, ", ")}`),
  },
  too_many_decimals: {
    zh: ({ scale }) => `的小数超过 ${scale} 位`,
    en: ({ scale }) => `has more than ${scale} decimal places`,
  },
  below_min: { zh: (column) => `低于 ${writeBound(column.min, column)}`, en: (column) => `is below ${writeBound(column.min, column)}` },
  above_max: { zh: (column) => `高于 ${writeBound(column.max, column)}`, en: (column) => `is above ${writeBound(column.max, column)}` },
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
