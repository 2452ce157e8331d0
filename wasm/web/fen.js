/**
 * A host for compiled Fen policies, written from the module interface, version 2 (docs/abi.md).
 *
 * Amounts are text outside, BigInt inside, and little-endian integers in the module's memory; they are never Numbers.
 */

import { checkData, exportsEntry, readMemory, readSections, SECTION } from "./fen-binary.js";
import { Numbering, readCodes } from "./fen-codes.js";
import { FenError } from "./fen-error.js";
import { Parameters } from "./fen-parameters.js";
import { checkPlaces, readSchema, STATUS_BYTES } from "./fen-schema.js";
import { isText, isValue, LAYOUTS, readCell, reasonOfText, writeCell } from "./fen-values.js";

export { formatMoney } from "./fen-amounts.js";
export { FenError } from "./fen-error.js";

const PARAMETERS_REFUSED = -2;

/**
 * @typedef {import("./fen-values.js").Value} Value
 * @typedef {{settled: true, outputs: Record<string, string>}} Settled
 * @typedef {{settled: false, code: string, column: string | null, reason: {zh: string, en: string}}} Rejected
 */

/** A loaded policy. Made by {@link loadPolicy}. */
class Policy {
  #settle;
  #memory;
  #codes;
  #parameters;
  #keys;
  #rejects;

  constructor(schema, codes, exports) {
    /** The module's schema, as docs/abi.md describes it; frozen. */
    this.schema = schema;
    this.#settle = exports[schema.batch.entry];
    this.#memory = exports.memory;
    this.#codes = codes;
    this.#parameters = new Parameters(schema.parameters, this.#memory);
    this.#keys = keysOfColumns(schema.inputs);
    this.#rejects = new Map(schema.rejects.map((reject) => [reject.status, reject]));
  }

  /**
   * Sets a parameter, or refuses its text with a {@link FenError}; what was set before stays then.
   * @param {string} name its name, such as `annual_cap` or `rate[county]`, or its label in either language
   * @param {string} text read like the cell of an input
   */
  setParameter(name, text) {
    this.#parameters.set(name, text);
  }

  /** Makes a parameter unset again. */
  clearParameter(name) {
    this.#parameters.clear(name);
  }

  /** The parameters that must be set before anything is settled, as the schema describes them. */
  missingParameters() {
    return this.#parameters.missing();
  }

  /** The parameters that are set, by their names, as text. */
  parameters() {
    return this.#parameters.texts();
  }

  /**
   * Settles rows of text, any number of them.
   * @param {Record<string, string>[]} rows keyed by a column's name or either label; other keys are ignored
   * @returns {(Settled | Rejected)[]} one entry per row, in the order of the rows
   */
  settle(rows) {
    this.#demandParameters();
    const { inputs, outputs } = this.schema;
    const results = new Array(rows.length);
    const accepted = [];
    const columns = Object.fromEntries(inputs.map(({ name }) => [name, []]));
    rows.forEach((row, index) => {
      const cells = inputs.map((column, at) => readCell(this.#textOf(row, at), column));
      const wrong = cells.findIndex(({ code }) => code !== undefined);
      if (wrong >= 0) {
        results[index] = this.#rejectText(cells[wrong].code, inputs[wrong]);
      } else {
        accepted.push(index);
        cells.forEach(({ value }, at) => columns[inputs[at].name].push(value));
      }
    });

    const batch = this.settleColumns(columns, accepted.length);
    accepted.forEach((index, at) => {
      const reject = this.#rejects.get(batch.status[at]);
      const written = (column) => [column.name, writeCell(batch.outputs[column.name][at], column)];
      results[index] = reject
        ? rejected(reject.code, reject.column, reject.reason)
        : { settled: true, outputs: Object.fromEntries(outputs.map(written)) };
    });
    return results;
  }

  /**
   * Settles columns of values: BigInts for amounts (times 10^scale), texts for codes and ids, else Numbers: 0 or 1, the place
   * of an enum value, days since 1970-01-01. Null is a missing value, in optional columns only. Any number of rows.
   * @param {Record<string, ArrayLike<Value>>} columns by the names of the inputs
   * @param {number} count how many rows
   * @returns {{status: Uint16Array, outputs: Record<string, ArrayLike<Value>>}} a BigInt64Array for an output of 64 bits that is
   *   never empty, else an Array; in rows that were not settled, values mean nothing
   */
  settleColumns(columns, count) {
    this.#demandParameters();
    const { batch, inputs, outputs } = this.schema;
    for (const column of inputs) demandValues(columns[column.name], count, column);
    const status = new Uint16Array(count);
    const isPlain = ({ layout, optional }) => layout === "i64" && !optional;
    const results = outputs.map((column) => (isPlain(column) ? new BigInt64Array(count) : new Array(count)));
    for (let first = 0; first < count; first += batch.capacity) {
      const rows = Math.min(batch.capacity, count - first);
      const numbering = new Numbering(this.#codes);
      for (const column of inputs) this.#write(column, columns[column.name], first, rows, numbering);
      const statuses = this.#runBatch(rows);
      status.set(statuses, first);
      outputs.forEach((column, at) => this.#read(column, results[at], first, statuses, numbering));
    }
    return { status, outputs: Object.fromEntries(outputs.map(({ name }, at) => [name, results[at]])) };
  }

  #demandParameters() {
    const missing = this.missingParameters();
    if (missing.length > 0) throw new FenError("parameters_missing", missing.map(({ name }) => name).join(", "));
  }

  #write({ type, layout, offset }, values, first, rows, numbering) {
    const { bytes, none, write } = LAYOUTS[layout];
    const cell = isText(type) ? (text) => numbering.number(text) : (value) => value;
    const view = new DataView(this.#memory.buffer, offset);
    for (let row = 0; row < rows; row++) {
      const value = values[first + row];
      write(view, row * bytes, value === null ? none : cell(value));
    }
  }

  #read(column, values, first, statuses, numbering) {
    const { bytes, none, read } = LAYOUTS[column.layout];
    const texts = isText(column.type) ? numbering.texts() : null;
    const view = new DataView(this.#memory.buffer, column.offset);
    statuses.forEach((status, row) => {
      const cell = read(view, row * bytes);
      const isEmpty = column.optional && cell === none;
      const value = isEmpty ? null : texts ? texts[cell] : cell;
      if (status === 0 && !isEmpty && (value === undefined || !isValue(cell, column))) {
        throw new FenError("settle_failed", `${column.name}: ${cell}`);
      }
      values[first + row] = value;
    });
  }

  #runBatch(rows) {
    let reported;
    try {
      reported = this.#settle(rows);
    } catch (error) {
      throw new FenError("settle_failed", error.message);
    }
    if (reported === PARAMETERS_REFUSED) throw new FenError("settle_failed", "parameters");
    const view = new DataView(this.#memory.buffer, this.schema.batch.status.offset);
    const status = Uint16Array.from({ length: rows }, (_, row) => view.getUint16(row * STATUS_BYTES, true));
    const nonzero = status.filter((value) => value !== 0);
    const unknown = nonzero.find((value) => !this.#rejects.has(value));
    if (unknown !== undefined) throw new FenError("settle_failed", `status ${unknown}`);
    if (reported !== nonzero.length) throw new FenError("settle_failed", `${reported}, ${nonzero.length}`);
    return status;
  }

  #textOf(row, at) {
    const given = this.#keys[at].filter((key) => Object.hasOwn(row, key));
    const { name } = this.schema.inputs[at];
    if (given.length > 1) throw new FenError("column_given_twice", given.join(", "));
    const text = given.length === 1 ? row[given[0]] : "";
    if (typeof text !== "string") throw new FenError("not_text", name);
    return text;
  }

  #rejectText(code, column) {
    // Where the module has its own words for this, a value too wide for its layout gets the same ones.
    const known = this.schema.rejects.find((reject) => reject.code === code && reject.column === column.name);
    return rejected(code, column.name, known ? known.reason : reasonOfText(code, column));
  }
}

function rejected(code, column, reason) {
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

function demandValues(values, count, column) {
  if (!values || values.length < count) throw new FenError("bad_column", column.name);
  const { none } = LAYOUTS[column.layout];
  for (let row = 0; row < count; row++) {
    const value = values[row];
    if (value === null && column.optional) continue;
    // DataView would cut a value that is too wide to size without a word.
    const fits = isText(column.type) ? typeof value === "string" : isValue(value, column) && !(column.optional && value === none);
    if (!fits) throw new FenError("bad_column", column.name);
  }
}

/** Refuses bytes that do not have these SHA-256. Where pages cannot compute it, nothing is refused. */
async function checkHash(bytes, expected) {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  const hexadecimal = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hexadecimal !== expected) throw new FenError("altered");
}

/**
 * Loads a compiled policy, or refuses it with a {@link FenError}.
 * @param {ArrayBuffer | Uint8Array} bytes the module
 * @returns {Promise<Policy>}
 */
export async function loadPolicy(bytes) {
  // A copy, so that what is inspected and what is compiled cannot differ.
  const binary = new Uint8Array(bytes.slice(0));
  const { sections, codeEnd } = readSections(binary);
  const memory = readMemory(sections.get(SECTION.memory));
  const module = await WebAssembly.compile(binary).catch((error) => {
    throw new FenError("invalid_module", error.message);
  });
  if (WebAssembly.Module.imports(module).length > 0) throw new FenError("has_imports");
  if (sections.has(SECTION.start)) throw new FenError("has_start");
  const exported = WebAssembly.Module.exports(module);
  const memoryIsExported = exported.some(({ name, kind }) => name === "memory" && kind === "memory");
  if (memory.count !== 1 || !memoryIsExported) throw new FenError("memory_missing");
  if (memory.shared) throw new FenError("memory_shared");
  if (!memory.bounded) throw new FenError("memory_unbounded");
  checkData(sections.get(SECTION.data), memory.byteLength);

  const schema = readSchema(module);
  checkPlaces(schema, memory.byteLength);
  if (!exportsEntry(sections, schema.batch.entry)) throw new FenError("bad_entry", schema.batch.entry);
  await checkHash(binary.subarray(0, codeEnd), schema.code_sha256);
  const [codesSection = new ArrayBuffer(0)] = WebAssembly.Module.customSections(module, "fen.codes");
  await checkHash(codesSection, schema.codes_sha256);
  const codes = readCodes(module, schema);
  const instance = await WebAssembly.instantiate(module).catch((error) => {
    throw new FenError("instantiation_failed", error.message);
  });
  return new Policy(schema, codes, instance.exports);
}
