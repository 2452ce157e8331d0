/** A module at work: columns are written, an entry is called, and what it answers is checked and read. */

import { FenError } from "./fen-error.js";
import { ANY } from "./fen-missing.js";
import { isText, isValue, LAYOUTS, readBound } from "./fen-values.js";

const PARAMETERS_REFUSED = -2;
const STATUS_BYTES = 2;

/** One instance of a module. */
export class Machine {
  #exports;
  #rejects;

  constructor(schema, codes, exports) {
    /** Texts that the policy knows, with their numbers. */
    this.codes = codes;
    this.#exports = exports;
    this.#rejects = new Map(schema.rejects.map((reject) => [reject.status, reject]));
  }

  /** Its buffer changes whenever it grows. */
  get memory() {
    return this.#exports.memory;
  }

  /** What a status above 0 means. */
  rejectOf(status) {
    return this.#rejects.get(status);
  }

  /** Writes the values `first` … `first + rows − 1` of a column into its rows from 0. */
  write(column, values, first, rows, numbering) {
    const { type, layout, offset, optional } = column;
    const { bytes, none, write } = LAYOUTS[layout];
    const cell = isText(type) ? (text) => numbering.number(text) : (value) => value;
    const zero = typeof none === "bigint" ? 0n : 0;
    const any = () => (optional ? none : isText(type) ? zero : (readBound(column.min, column) ?? zero));
    const view = new DataView(this.memory.buffer, offset);
    for (let row = 0; row < rows; row++) {
      const value = values[first + row];
      write(view, row * bytes, value === null ? none : value === ANY ? any() : cell(value));
    }
  }

  /** Reads rows from 0 of an output into `values` from `first`; in rows of another status than 0 values mean nothing. */
  read(column, values, first, statuses, numbering) {
    const { bytes, none, read } = LAYOUTS[column.layout];
    const isTextual = isText(column.type);
    const view = new DataView(this.memory.buffer, column.offset);
    statuses.forEach((status, row) => {
      const cell = read(view, row * bytes);
      const isEmpty = column.optional && cell === none;
      const value = isEmpty ? null : isTextual ? numbering.text(cell) : cell;
      if (status === 0 && !isEmpty && (value === undefined || !isValue(cell, column))) {
        throw new FenError("settle_failed", `${column.name}: ${cell}`);
      }
      values[first + row] = value;
    });
  }

  /**
   * Calls an entry.
   * @param {{entry: string, status: {offset: number}}} phase
   * @param {number} rows how many, at most the capacity of a batch
   * @returns {Uint16Array} the status of each row
   */
  call({ entry, status: place }, rows) {
    let reported;
    try {
      reported = this.#exports[entry](rows);
    } catch (error) {
      throw new FenError("settle_failed", error.message);
    }
    if (reported === PARAMETERS_REFUSED) throw new FenError("settle_failed", "parameters");
    const view = new DataView(this.memory.buffer, place.offset);
    const status = Uint16Array.from({ length: rows }, (_, row) => view.getUint16(row * STATUS_BYTES, true));
    const nonzero = status.filter((value) => value !== 0);
    const unknown = nonzero.find((value) => !this.#rejects.has(value));
    if (unknown !== undefined) throw new FenError("settle_failed", `status ${unknown}`);
    if (reported !== nonzero.length) throw new FenError("settle_failed", `${reported}, ${nonzero.length}`);
    return status;
  }
}

/** The machines of loaded policies: not for those who use a policy. */
const machines = new WeakMap();

/** Keeps a policy's machine for the other files of this host. */
export function keepMachine(policy, machine) {
  machines.set(policy, machine);
}

/** The machine of a loaded policy. */
export function machineOf(policy) {
  return machines.get(policy);
}
