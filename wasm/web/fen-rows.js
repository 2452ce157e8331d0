/** Rows of text: which cell belongs to which input, and why a text is rejected. */

import { FenError } from "./fen-error.js";
import { readCell, reasonOfText } from "./fen-values.js";

/** Reads rows that are keyed by the name of a column or either of its labels. */
export class Rows {
  #schema;
  #keys;

  constructor(schema) {
    this.#schema = schema;
    this.#keys = keysOfColumns(schema.inputs);
  }

  /**
   * The cells of a row, one for each input in their order.
   * @param {Record<string, string>} row other keys are ignored
   * @returns {({value: import("./fen-values.js").Value} | {code: string})[]}
   */
  cells(row) {
    return this.#schema.inputs.map((column, at) => readCell(this.#textOf(row, at), column));
  }

  /** The rejection of a row by a text of this input. */
  reject(code, at) {
    const column = this.#schema.inputs[at];
    // Where the module has its own words for this, a value too wide for its layout gets the same ones.
    const known = this.#schema.rejects.find((reject) => reject.code === code && reject.column === column.name);
    return rejected(code, column.name, known ? known.reason : reasonOfText(code, column));
  }

  #textOf(row, at) {
    const given = this.#keys[at].filter((key) => Object.hasOwn(row, key));
    const { name } = this.#schema.inputs[at];
    if (given.length > 1) throw new FenError("column_given_twice", given.join(", "));
    const text = given.length === 1 ? row[given[0]] : "";
    if (typeof text !== "string") throw new FenError("not_text", name);
    return text;
  }
}

/** @returns {import("./fen.js").Rejected} */
export function rejected(code, column, reason) {
  return { settled: false, code, column, reason };
}

/** For each column its name and those labels that can mean no other column. */
function keysOfColumns(columns) {
  return columns.map((column) => {
    const others = columns.filter((other) => other !== column);
    const taken = new Set(others.flatMap(({ name, label }) => [name, label.zh, label.en]));
    const labels = [column.label.zh, column.label.en].filter((label) => !taken.has(label));
    return [...new Set([column.name, ...labels])];
  });
}
