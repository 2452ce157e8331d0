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
  const ordered = texts.every((text, at) => typeof text === "string" && (at === 0 || compareTexts(texts[at - 1], text) < 0));
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

/**
 * The order of two texts by their UTF-8 bytes, which is that of their characters' numbers.
 * @returns {number} below 0 if the first stands before the second, 0 if they are the same
 */
export function compareTexts(one, other) {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; ) {
    const [left, right] = [one.codePointAt(at), other.codePointAt(at)];
    if (left !== right) return left - right;
    at += left > 0xffff ? 2 : 1;
  }
  return one.length - other.length;
}

/** Gives texts their numbers: known codes their places, others the numbers above. */
export class Numbering {
  #codes;
  #numbers = new Map();
  #texts = [];

  constructor(codes) {
    this.#codes = codes;
  }

  number(text) {
    const known = this.#codes.get(text) ?? this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#texts.length === 0) this.#texts = [...this.#codes.keys()];
    const number = this.#texts.length;
    if (number >= MOST_TEXTS) throw new FenError("bad_column", text);
    this.#texts.push(text);
    this.#numbers.set(text, number);
    return number;
  }

  /** The text of a number, if one has it. */
  text(number) {
    if (this.#texts.length === 0) this.#texts = [...this.#codes.keys()];
    return this.#texts[number];
  }
}
