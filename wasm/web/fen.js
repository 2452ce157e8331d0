/**
 * A host for compiled Fen policies, written from the module interface, version 3 (docs/abi.md).
 *
 * Amounts are text outside, BigInt inside, and little-endian integers in the module's memory; they are never Numbers.
 */

import { checkData, exportsEntry, readMemory, readSections, SECTION } from "./fen-binary.js";
import { Numbering, readCodes } from "./fen-codes.js";
import { FenError } from "./fen-error.js";
import { keepMachine, Machine } from "./fen-machine.js";
import { Parameters } from "./fen-parameters.js";
import { checkPlaces, readSchema } from "./fen-schema.js";
import { Rows, rejected } from "./fen-rows.js";
import { keepTrace, traceBytes } from "./fen-trace.js";
import { isText, isValue, LAYOUTS, writeCell } from "./fen-values.js";

export { formatMoney } from "./fen-amounts.js";
export { FenError } from "./fen-error.js";

/**
 * @typedef {import("./fen-values.js").Value} Value
 * @typedef {{settled: true, outputs: Record<string, string>}} Settled
 * @typedef {{settled: false, code: string, column: string | null, reason: {zh: string, en: string}}} Rejected
 */

/** A loaded policy. Made by {@link loadPolicy}. */
class Policy {
  #machine;
  #parameters;
  #rows;

  constructor(schema, codes, exports) {
    /** The module's schema, as docs/abi.md describes it; frozen. */
    this.schema = schema;
    this.#machine = new Machine(schema, codes, exports);
    keepMachine(this, this.#machine);
    this.#parameters = new Parameters(schema.parameters, exports.memory);
    this.#rows = new Rows(schema);
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
   * Settles rows of text, any number of them, each by itself; a policy that has a plan settles with `settleStream`.
   * @param {Record<string, string>[]} rows keyed by a column's name or either label; other keys are ignored
   * @returns {(Settled | Rejected)[]} one entry per row, in the order of the rows
   */
  settle(rows) {
    this.#demandReady();
    const { inputs, outputs } = this.schema;
    const results = new Array(rows.length);
    const accepted = [];
    const columns = Object.fromEntries(inputs.map(({ name }) => [name, []]));
    rows.forEach((row, index) => {
      const cells = this.#rows.cells(row);
      const wrong = cells.findIndex(({ code }) => code !== undefined);
      if (wrong >= 0) {
        results[index] = this.#rows.reject(cells[wrong].code, wrong);
      } else {
        accepted.push(index);
        cells.forEach(({ value }, at) => columns[inputs[at].name].push(value));
      }
    });

    const batch = this.settleColumns(columns, accepted.length);
    accepted.forEach((index, at) => {
      const reject = this.#machine.rejectOf(batch.status[at]);
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
    this.#demandReady();
    const { batch, inputs, outputs } = this.schema;
    for (const column of inputs) demandValues(columns[column.name], count, column);
    const status = new Uint16Array(count);
    const isPlain = ({ layout, optional }) => layout === "i64" && !optional;
    const results = outputs.map((column) => (isPlain(column) ? new BigInt64Array(count) : new Array(count)));
    const machine = this.#machine;
    for (let first = 0; first < count; first += batch.capacity) {
      const rows = Math.min(batch.capacity, count - first);
      const numbering = new Numbering(machine.codes);
      for (const column of inputs) machine.write(column, columns[column.name], first, rows, numbering);
      const statuses = machine.call(batch, rows);
      status.set(statuses, first);
      outputs.forEach((column, at) => machine.read(column, results[at], first, statuses, numbering));
    }
    return { status, outputs: Object.fromEntries(outputs.map(({ name }, at) => [name, results[at]])) };
  }

  #demandReady() {
    if (this.schema.plan) throw new FenError("needs_stream", this.schema.policy);
    const missing = this.missingParameters();
    if (missing.length > 0) throw new FenError("parameters_missing", missing.map(({ name }) => name).join(", "));
  }
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
  for (const { entry } of [schema.batch, ...(schema.plan?.phases ?? [])]) {
    if (!exportsEntry(sections, entry)) throw new FenError("bad_entry", entry);
  }
  await checkHash(binary.subarray(0, codeEnd), schema.code_sha256);
  const [codesSection = new ArrayBuffer(0)] = WebAssembly.Module.customSections(module, "fen.codes");
  await checkHash(codesSection, schema.codes_sha256);
  const trace = traceBytes(module, schema);
  if (trace) await checkHash(trace.both, schema.trace_sha256);
  const codes = readCodes(module, schema);
  const instance = await WebAssembly.instantiate(module).catch((error) => {
    throw new FenError("instantiation_failed", error.message);
  });
  const policy = new Policy(schema, codes, instance.exports);
  if (trace) keepTrace(policy, trace);
  return policy;
}
