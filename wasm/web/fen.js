/**
 * A host for compiled Fen policies, written from the module interface, version 1 (docs/abi.md).
 *
 * Money is text outside, BigInt inside, and little-endian integers in the module's memory; it is never a Number.
 */

import { exportsEntry, readMemory, readSections, SECTION } from "./fen-binary.js";
import { FenError } from "./fen-error.js";
import { checkPlaces, readSchema, STATUS_BYTES } from "./fen-schema.js";
import { LAYOUTS, readCell, reasonOfText, writeDecimal } from "./fen-values.js";

export { FenError } from "./fen-error.js";
export { formatMoney } from "./fen-values.js";

/**
 * @typedef {{settled: true, outputs: Record<string, string>}} Settled
 * @typedef {{settled: false, code: string, column: string | null, reason: {zh: string, en: string}}} Rejected
 */

/** A loaded policy. Made by {@link loadPolicy}. */
class Policy {
  #settle;
  #memory;
  #keys;
  #rejects;

  constructor(schema, exports) {
    /** The module's schema, as docs/abi.md describes it; frozen. */
    this.schema = schema;
    this.#settle = exports[schema.batch.entry];
    this.#memory = exports.memory;
    this.#keys = keysOfColumns(schema.inputs);
    this.#rejects = new Map(schema.rejects.map((reject) => [reject.status, reject]));
  }

  /**
   * Settles rows of text, any number of them.
   * @param {Record<string, string>[]} rows keyed by a column's name or either label; other keys are ignored
   * @returns {(Settled | Rejected)[]} one entry per row, in the order of the rows
   */
  settle(rows) {
    const { inputs, outputs } = this.schema;
    const results = new Array(rows.length);
    const accepted = [];
    const columns = Object.fromEntries(inputs.map(({ name }) => [name, []]));
    rows.forEach((row, index) => {
      const cells = inputs.map((column, at) => readCell(this.#textOf(row, at), column));
      const wrong = cells.findIndex((cell) => typeof cell === "string");
      if (wrong >= 0) {
        results[index] = this.#rejectText(cells[wrong], inputs[wrong]);
      } else {
        accepted.push(index);
        cells.forEach((value, at) => columns[inputs[at].name].push(value));
      }
    });

    const batch = this.settleColumns(columns, accepted.length);
    accepted.forEach((index, at) => {
      const reject = this.#rejects.get(batch.status[at]);
      const written = ({ name, scale }) => [name, writeDecimal(batch.outputs[name][at], scale)];
      results[index] = reject
        ? rejected(reject.code, reject.column, reject.reason)
        : { settled: true, outputs: Object.fromEntries(outputs.map(written)) };
    });
    return results;
  }

  /**
   * Settles columns of integers: amounts times 10^scale. Any number of rows.
   * @param {Record<string, BigInt64Array | bigint[]>} columns by the names of the inputs
   * @param {number} count how many rows
   * @returns {{status: Uint16Array, outputs: Record<string, BigInt64Array | bigint[]>}} a plain array where it is i128
   */
  settleColumns(columns, count) {
    const { batch, inputs, outputs } = this.schema;
    for (const { name, layout } of inputs) demandValues(columns[name], count, name, LAYOUTS[layout].bits);
    const status = new Uint16Array(count);
    const results = outputs.map(({ layout }) => (layout === "i64" ? new BigInt64Array(count) : new Array(count)));
    for (let first = 0; first < count; first += batch.capacity) {
      const rows = Math.min(batch.capacity, count - first);
      for (const { name, offset, layout } of inputs) {
        const { bits, write } = LAYOUTS[layout];
        const view = new DataView(this.#memory.buffer, offset);
        for (let row = 0; row < rows; row++) write(view, (row * bits) / 8, columns[name][first + row]);
      }
      status.set(this.#runBatch(rows), first);
      outputs.forEach(({ offset, layout }, at) => {
        const { bits, read } = LAYOUTS[layout];
        const view = new DataView(this.#memory.buffer, offset);
        for (let row = 0; row < rows; row++) results[at][first + row] = read(view, (row * bits) / 8);
      });
    }
    return { status, outputs: Object.fromEntries(outputs.map(({ name }, at) => [name, results[at]])) };
  }

  #runBatch(rows) {
    let reported;
    try {
      reported = this.#settle(rows);
    } catch (error) {
      throw new FenError("settle_failed", error.message);
    }
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

function demandValues(values, count, name, bits) {
  if (!values || values.length < count) throw new FenError("bad_column", name);
  for (let row = 0; row < count; row++) {
    const value = values[row];
    // DataView would cut such a value to size without a word.
    if (typeof value !== "bigint" || BigInt.asIntN(bits, value) !== value) throw new FenError("bad_column", name);
  }
}

/**
 * Loads a compiled policy, or refuses it with a {@link FenError}.
 * @param {ArrayBuffer | Uint8Array} bytes the module
 * @returns {Promise<Policy>}
 */
export async function loadPolicy(bytes) {
  // A copy, so that what is inspected and what is compiled cannot differ.
  const binary = new Uint8Array(bytes.slice(0));
  const sections = readSections(binary);
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

  const schema = readSchema(module);
  checkPlaces(schema, memory.byteLength);
  if (!exportsEntry(sections, schema.batch.entry)) throw new FenError("bad_entry", schema.batch.entry);
  const instance = await WebAssembly.instantiate(module).catch((error) => {
    throw new FenError("instantiation_failed", error.message);
  });
  return new Policy(schema, instance.exports);
}
