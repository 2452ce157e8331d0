/** What WebAssembly's own interface does not tell of a module: the limits of its memory, the types of its functions. */

import { FenError } from "./fen-error.js";

const PAGE_BYTES = 65536;
/** Numbers of the sections a host looks into. */
export const SECTION = { type: 1, function: 3, memory: 5, export: 7, start: 8, data: 11 };
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const FUNCTION_TYPE = 0x60;
const I32 = 0x7f;
const I32_CONST = 0x41;
const END = 0x0b;
const FIRST_ONE_BYTE_VALUE_TYPE = 0x6f;
const NAME = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads a stretch of a binary and never beyond its end. */
class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get at() {
    return this.#at;
  }

  get done() {
    return this.#at === this.#bytes.length;
  }

  byte() {
    if (this.done) throw new FenError("invalid_module", "it ends too early");
    return this.#bytes[this.#at++];
  }

  /** An unsigned LEB128 integer of at most 32 bits. */
  u32() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80 && value < 2 ** 32) return value;
    }
    throw new FenError("invalid_module", "an integer is too long");
  }

  /** A signed LEB128 integer of at most 32 bits, as the unsigned number with the same bits. */
  i32() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (shift < 25 && byte & 0x40 ? value | (-1 << (shift + 7)) : value) >>> 0;
    }
    throw new FenError("invalid_module", "an integer is too long");
  }

  take(length) {
    if (length > this.#bytes.length - this.#at) throw new FenError("invalid_module", "it ends too early");
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}

/**
 * The contents of a module's sections by number, custom sections left out, and where the last of them ends.
 * @param {Uint8Array} bytes
 * @returns {{sections: Map<number, Uint8Array>, codeEnd: number}}
 */
export function readSections(bytes) {
  const reader = new Reader(bytes);
  for (const expected of HEADER) {
    if (reader.byte() !== expected) throw new FenError("invalid_module", "it does not begin like one");
  }
  const sections = new Map();
  let codeEnd = HEADER.length;
  while (!reader.done) {
    const id = reader.byte();
    const content = reader.take(reader.u32());
    if (id === 0) continue;
    sections.set(id, content);
    codeEnd = reader.at;
  }
  return { sections, codeEnd };
}

/** Refuses data that are not put into the memory at a constant place, or do not fit. */
export function checkData(section, memoryLength) {
  if (!section) return;
  const reader = new Reader(section);
  for (let left = reader.u32(); left > 0; left--) {
    const flags = reader.u32();
    const isPlain = flags === 0 || (flags === 2 && reader.u32() === 0);
    if (!isPlain || reader.byte() !== I32_CONST) throw new FenError("data_misplaced");
    const offset = reader.i32();
    if (reader.byte() !== END) throw new FenError("data_misplaced");
    const length = reader.u32();
    reader.take(length);
    if (offset + length > memoryLength) throw new FenError("data_misplaced");
  }
}

/** What the memory section says: how many memories, and the limits of the first. */
export function readMemory(section) {
  if (!section) return { count: 0 };
  const reader = new Reader(section);
  const count = reader.u32();
  if (count === 0) return { count };
  const flags = reader.byte();
  if (flags > 7) throw new FenError("invalid_module", "unknown kind of memory");
  // Engines without 64-bit memories call such a module invalid; naming the cause here gives all engines one answer.
  if (flags & 4) throw new FenError("memory_64_bit");
  return { count, shared: (flags & 2) !== 0, bounded: (flags & 1) !== 0, byteLength: reader.u32() * PAGE_BYTES };
}

/** Whether `name` is exported and takes one i32 and gives one. Only for modules without imports. */
export function exportsEntry(sections, name) {
  const index = exportedFunction(sections, name);
  if (index === null || !sections.has(SECTION.function) || !sections.has(SECTION.type)) return false;
  const functions = new Reader(sections.get(SECTION.function));
  functions.u32();
  for (let skipped = 0; skipped < index; skipped++) functions.u32();
  const wanted = functions.u32();

  const types = new Reader(sections.get(SECTION.type));
  types.u32();
  for (let type = 0; ; type++) {
    if (types.byte() !== FUNCTION_TYPE) return false;
    const parameters = types.take(types.u32());
    const results = types.take(types.u32());
    // A longer type would put the reader out of step; no Fen module has one.
    if ([...parameters, ...results].some((value) => value < FIRST_ONE_BYTE_VALUE_TYPE)) return false;
    if (type === wanted) return [parameters, results].every((list) => list.length === 1 && list[0] === I32);
  }
}

function exportedFunction(sections, wanted) {
  if (!sections.has(SECTION.export)) return null;
  const reader = new Reader(sections.get(SECTION.export));
  for (let left = reader.u32(); left > 0; left--) {
    const found = NAME.decode(reader.take(reader.u32()));
    const kind = reader.byte();
    const index = reader.u32();
    if (found === wanted) return kind === 0 ? index : null;
  }
  return null;
}
