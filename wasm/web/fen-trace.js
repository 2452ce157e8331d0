/** The second entries of a module: one claim is settled once more, and tells how its results come about. */

import { FenError } from "./fen-error.js";
import { LAYOUTS } from "./fen-values.js";

const STATUS_BYTES = 2;

/** The sections of the traces of loaded policies: not for those who use a policy. */
const sections = new WeakMap();

/** The bytes that the schema's `trace_sha256` is the hash of; nothing if the module has no trace. */
export function traceBytes(module, schema) {
  if (!schema.trace_sha256) return null;
  const [json, code] = ["fen.trace", "fen.trace.code"].map((name) => WebAssembly.Module.customSections(module, name));
  if (json.length !== 1 || code.length !== 1) throw new FenError("altered", "fen.trace");
  const [described, entries] = [new Uint8Array(json[0]), new Uint8Array(code[0])];
  const both = new Uint8Array(described.length + entries.length);
  both.set(described);
  both.set(entries, described.length);
  return { json: both.subarray(0, described.length), code: both.subarray(described.length), both };
}

/** Keeps a policy's trace for the other files of this host. */
export function keepTrace(policy, bytes) {
  sections.set(policy, bytes);
}

/** A policy's trace, ready to run. */
export async function openTrace(policy) {
  const bytes = sections.get(policy);
  if (!bytes) throw new FenError("trace_missing", policy.schema.policy);
  try {
    const described = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.json));
    const { instance } = await WebAssembly.instantiate(bytes.code, {});
    return new Trace(described, instance.exports);
  } catch (error) {
    throw new FenError("trace_missing", error.message);
  }
}

/** An instance of the second entries. */
class Trace {
  #exports;

  constructor(described, exports) {
    /** What stands in the section `fen.trace`. */
    this.described = described;
    this.#exports = exports;
  }

  /** Writes the integers of all parameters. */
  writeParameters(values) {
    this.described.parameters.forEach((cell, at) => this.#write(cell, values[at]));
  }

  /**
   * Runs a phase for one claim.
   * @param {object} phase of the trace
   * @param {(bigint | number)[]} imports the integer of each import
   */
  run({ entry, status: place, imports: cells, results, cells: told }, imports) {
    cells.forEach(({ cell }, at) => this.#write(cell, imports[at]));
    const rejected = this.#exports[entry](1);
    const status = new DataView(this.#exports.memory.buffer, place, STATUS_BYTES).getUint16(0, true);
    if (rejected !== (status === 0 ? 0 : 1)) throw new FenError("settle_failed", entry);
    const read = ({ layout, offset }) => BigInt(LAYOUTS[layout].read(new DataView(this.#exports.memory.buffer), offset));
    return { status, results: results.map(read), cells: told.map(read) };
  }

  #write({ layout, offset }, value) {
    const cell = layout === "i64" || layout === "i128" ? BigInt(value) : Number(value);
    LAYOUTS[layout].write(new DataView(this.#exports.memory.buffer), offset, cell);
  }
}
