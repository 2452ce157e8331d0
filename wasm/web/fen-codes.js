/** Codes and ids: texts outside, numbers in the module. */

import { FenError } from "./fen-error.js";

const MOST_TEXTS = 2 ** 31;

/**
 * The texts of the section `fen.codes`, with their numbers.
 * @param {WebAssembly.Module} module
 * @param {object} schema
 * @returns {Map<string, number>}
 */
export function readCodes(module, schema) {
  const sections = WebAssembly.Module.customSections(module, "fen.codes");
  if (sections.length > 1) throw new FenError("codes_invalid", "fen.codes");
  const texts = sections.length === 0 ? [] : parse(sections[0]);
  const ordered = texts.every((text, at) => typeof text === "string" && (at === 0 || isBefore(texts[at - 1], text)));
  if (!ordered || texts.length !== schema.codes) throw new FenError("codes_invalid", "fen.codes");
  return new Map(texts.map((text, at) => [text, at]));
}

function parse(bytes) {
  try {
    const texts = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    if (Array.isArray(texts)) return texts;
  } catch (error) {
    throw new FenError("codes_invalid", error.message);
  }
  throw new FenError("codes_invalid", "fen.codes");
}

/** Whether one text stands before another by its UTF-8 bytes, which is the order of its characters' numbers. */
function isBefore(one, other) {
  const [left, right] = [Array.from(one), Array.from(other)];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length < right.length;
  return right[at] !== undefined && left[at].codePointAt(0) < right[at].codePointAt(0);
}

/** Gives the texts of one batch their numbers: known codes their places, others the numbers above. */
export class Numbering {
  #codes;
  #others = new Map();

  constructor(codes) {
    this.#codes = codes;
  }

  number(text) {
    const known = this.#codes.get(text) ?? this.#others.get(text);
    if (known !== undefined) return known;
    const number = this.#codes.size + this.#others.size;
    if (number >= MOST_TEXTS) throw new FenError("bad_column", text);
    this.#others.set(text, number);
    return number;
  }

  /** Texts by their numbers, for as many as have one. */
  texts() {
    return [...this.#codes.keys(), ...this.#others.keys()];
  }
}
