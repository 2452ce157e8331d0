/** Groups: rows that have the same keys in the same period. */

import { compareTexts } from "./fen-codes.js";
import { periodName, periodOf, writePeriod } from "./fen-periods.js";
import { isText, writeCell } from "./fen-values.js";

/** What tells the groups of one grain apart. */
export class Grain {
  #inputs;
  #date;
  #language;

  /**
   * @param {object} schema
   * @param {number} place of the grain in the schema's plan
   */
  constructor(schema, place) {
    const { name, label, keys, period } = schema.plan.grains[place];
    this.place = place;
    this.name = name;
    this.label = label;
    this.keys = keys;
    this.period = period ?? null;
    this.#inputs = schema.inputs;
    this.#language = schema.language;
    this.#date = schema.inputs.findIndex((input) => input.name === schema.dated_by);
  }

  /** The inputs that a row must have for {@link Grain.valuesOf}. */
  get needed() {
    return this.period ? [...this.keys, this.#date] : this.keys;
  }

  /** Names of the columns that hold the keys. */
  get columns() {
    const names = this.keys.map((key) => this.#inputs[key].name);
    return this.period ? [...names, periodName(this.period, this.#language)] : names;
  }

  /**
   * The values of a row's keys, then the number of its period.
   * @param {import("./fen-values.js").Value[][]} cells by input, then by row
   */
  valuesOf(cells, row) {
    const values = this.keys.map((key) => cells[key][row]);
    if (this.period) values.push(periodOf(cells[this.#date][row], this.period));
    return values;
  }

  /** Those values as texts. */
  write(values) {
    return values.map((value, at) =>
      at < this.keys.length ? writeCell(value, this.#inputs[this.keys[at]]) : writePeriod(value, this.period),
    );
  }

  /** The order of two groups: by their keys in the order written, then by period. */
  compare(one, other) {
    for (const [at, value] of one.entries()) {
      const isTextual = at < this.keys.length && isText(this.#inputs[this.keys[at]].type);
      const order = isTextual ? compareTexts(value, other[at]) : compareNumbers(value, other[at]);
      if (order !== 0) return order;
    }
    return 0;
  }
}

/** The order of two Numbers, or of two BigInts. */
export function compareNumbers(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A text that is the same for the same keys and for no others. */
export function keyOf(values) {
  return values.map((value) => `${String(value).length}:${value}`).join("");
}

/** The instances of one grain in a stream: numbered in the order of their first rows. */
export class Groups {
  /** First row of each. */
  first = [];
  #values = [];
  #numbers = new Map();
  #ofRow;

  constructor(grain, cells, rowCount) {
    this.grain = grain;
    this.cells = cells;
    this.#ofRow = new Int32Array(rowCount).fill(-1);
  }

  /** Puts a row into its group. */
  add(row) {
    const values = this.grain.place === 0 ? [row] : this.grain.valuesOf(this.cells, row);
    const key = keyOf(values);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.first.push(row) - 1;
      this.#values.push(values);
      this.#numbers.set(key, number);
    }
    this.#ofRow[row] = number;
  }

  /** The group of a row that was put into one. */
  of(row) {
    return this.#ofRow[row];
  }

  values(number) {
    return this.#values[number];
  }

  /** By keys; rows by their place in the stream. */
  compare(one, other) {
    return this.grain.place === 0 ? one - other : this.grain.compare(this.#values[one], this.#values[other]);
  }
}
