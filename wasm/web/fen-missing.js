/** What has no value because an amount could not be divided: within a phase, by output, and from row to row by way of records. */

import { Grain, keyOf } from "./fen-groups.js";

/** Stands in a column for a cell that has no value: something that the column admits is written, and nobody reads what comes of it. */
export const ANY = Symbol("any");

/** Whether a value is none, but the rejection of whatever needs it. */
export const isMissing = (value) => value !== null && typeof value === "object";

/**
 * The rejection among values, if there is one: of several that of the first split in the schema.
 * @param {object[]} splits of the plan
 * @param {(import("./fen-values.js").Value | import("./fen.js").Rejected | undefined)[]} values
 */
export function firstMissing(splits, values) {
  const placeOf = ({ column }) => splits.findIndex(({ name }) => name === column);
  return values.filter(isMissing).reduce((first, one) => (first === null || placeOf(one) < placeOf(first) ? one : first), null);
}

/** What the outputs of one phase lack. Records that were changed by something without a value have none either. */
export class Missing {
  #splits;
  #outputs;
  #cells;
  #isBroken = false;

  constructor(schema, phase) {
    this.#splits = schema.plan.splits;
    const reads = phase.state?.reads ?? [];
    const known = reads.length > 0 ? readsOf(schema, phase) : usesOf(schema, phase);
    this.#outputs = known.outputs;
    this.#cells = known.cells;
  }

  /**
   * Which cells of a record have no value, by name, and for want of which split.
   * @param {import("./fen-groups.js").Grain} grain of the record
   * @param {string} key of its group
   */
  ofRecord(grain, key) {
    const named = this.#cells.filter((cell) => cell.name !== undefined && cell.grain.place === grain.place && cell.broken.has(key));
    return Object.fromEntries(named.map((cell) => [cell.name, cell.broken.get(key).column]));
  }

  /**
   * Takes note of that.
   * @param {import("./fen.js").Rejected} cause
   */
  lose(name, key, cause) {
    for (const cell of this.#cells.filter((cell) => cell.name === name)) {
      cell.broken.set(key, cause);
      this.#isBroken = true;
    }
  }

  /**
   * Why the outputs of an instance have no value, by output; null if all have. Called for the instances in their order.
   * @param {(import("./fen.js").Rejected | null)[]} lacking why it lacks its inputs, by input
   * @param {import("./fen-values.js").Value[][]} cells by input and row
   * @param {number} row its first one
   * @param {import("./fen-values.js").Value[]} values its outputs, computed from anything where something is missing
   */
  of(lacking, cells, row, values) {
    if (!this.#isBroken && lacking.every((one) => one === null)) return null;
    const keys = new Map();
    const keyIn = ({ grain }) => {
      if (!keys.has(grain.place)) keys.set(grain.place, keyOf(grain.valuesOf(cells, row)));
      return keys.get(grain.place);
    };
    const known = this.#cells.map((cell) => cell.broken.get(keyIn(cell)) ?? null);
    const why = (reads) => this.#first([...reads.inputs.map((at) => lacking[at]), ...reads.cells.map((at) => known[at])]);
    const causes = this.#outputs.map(why);
    this.#cells.forEach((cell, at) => {
      const cause = cell.link === null ? this.#first([known[at], why(cell)]) : this.#ofLink(cell, why, values, known[at]);
      if (cause !== null) this.#isBroken = true;
      if (cause !== null) cell.broken.set(keyIn(cell), cause);
      else cell.broken.delete(keyIn(cell));
    });
    return causes;
  }

  /** A link leads to the latest claim for which its condition, if it has one, holds; what was before that does not matter. */
  #ofLink(cell, why, values, known) {
    const condition = why(cell.link);
    if (condition !== null) return condition;
    if ((cell.contribution ?? null) === null) return why(cell);
    const contributed = values[cell.contribution];
    const holds = cell.function === "linked" ? contributed === 1 : contributed !== null;
    return holds ? why(cell) : known;
  }

  #first(causes) {
    return firstMissing(this.#splits, causes);
  }
}

/** What outputs and cells of records are computed from directly. */
function readsOf(schema, { state }) {
  const cells = state.tables.flatMap((table) => {
    const grain = new Grain(schema, table.grain);
    return table.cells.map(({ column, function: name, contribution, reads, condition = null }) => {
      return { name: column.name, grain, function: name, contribution, ...reads, link: condition, broken: new Map() };
    });
  });
  return { outputs: state.reads, cells };
}

/** Without that, an input that a row lacks is lacked by all later rows with the same record. */
function usesOf(schema, { inputs, outputs, uses = [], state }) {
  const cells = (state?.tables ?? []).flatMap((table) => {
    const grain = new Grain(schema, table.grain);
    return inputs.map((_, at) => ({ grain, inputs: [at], cells: [], link: null, broken: new Map() }));
  });
  const isOf = (list) => [...cells.keys()].filter((at) => cells[at].inputs.some((input) => list.includes(input)));
  return { outputs: outputs.map((_, at) => ({ inputs: uses[at] ?? [], cells: isOf(uses[at] ?? []) })), cells };
}
