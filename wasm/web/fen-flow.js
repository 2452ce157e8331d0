/** What flows from phase to phase: outputs, totals, parts of splits, links. */

import { FenError } from "./fen-error.js";
import { nextLinks } from "./fen-links.js";
import { firstMissing, isMissing } from "./fen-missing.js";
import { Pooled } from "./fen-pooled.js";
import { rejectionBy } from "./fen-reasons.js";
import { divide } from "./fen-splits.js";
import { totals } from "./fen-totals.js";
import { LAYOUTS, readBound } from "./fen-values.js";

const isNone = (value) => value === null || value === undefined;

/** The values of one stream. An instance is a row, by its number among all rows, or a group. */
export class Flow {
  #schema;
  #plan;
  #order;
  #reversals;
  #results = [];
  #counted = [];
  #totals = new Map();
  #parts = new Map();
  #links = new Map();

  /**
   * @param {object} schema one with a plan
   * @param {import("./fen-values.js").Value[][]} cells by input and row
   * @param {(import("./fen.js").Rejected | null)[]} rejects by row
   * @param {number[]} order of the rows in the stream
   * @param {Map<number, string>} reversals the rows that are no claims
   */
  constructor(schema, cells, rejects, order, reversals) {
    this.#schema = schema;
    this.#plan = schema.plan;
    this.#order = order;
    this.#reversals = reversals;
    this.pooled = new Pooled(schema.plan);
    this.cells = cells;
    this.rejects = rejects;
    /** By grain, once the settled rows are known. */
    this.groups = [];
    /** Rows that are taken back, and for each row that takes a claim back the first row of that. */
    this.taken = new Set();
    this.targets = new Map();
    /** For rows that take back a claim of an earlier stream its outputs as texts. */
    this.earlier = new Map();
  }

  /** Makes room for what a phase computes. */
  open(place, count) {
    const { grain, outputs } = this.#plan.phases[place];
    // A row that a later phase cannot compute still counts in what does not need it.
    const rejects = place === 0 ? this.rejects : new Array(count).fill(null);
    return (this.#results[place] = { outputs: outputs.map(() => new Array(count)), rejects });
  }

  /**
   * The rejection among values, if there is one: of several that of the first split in the schema.
   * @param {(import("./fen-values.js").Value | import("./fen.js").Rejected)[]} values
   */
  rejectIn(values) {
    return firstMissing(this.#plan.splits, values);
  }

  /** The instance of a grain that a settled row belongs to. */
  instance(grain, row) {
    return grain === 0 ? row : this.groups[grain].of(row);
  }

  /** An output for the instance that a row belongs to, or the rejection of what needs it. */
  output(phase, output, row) {
    return this.#cell(phase, output, this.instance(this.#plan.phases[phase].grain, row));
  }

  #cell(phase, output, instance) {
    const { outputs, rejects } = this.#results[phase];
    return rejects[instance] ?? outputs[output][instance];
  }

  /**
   * What a phase is given.
   * @param {object} source as in the plan
   * @param {number} row the first one of the instance
   * @param {object} [column] that it is written to
   * @returns {import("./fen-values.js").Value | import("./fen.js").Rejected}
   */
  value(source, row, column) {
    switch (source.from) {
      case "input":
        return this.cells[source.input][row];
      case "value":
        return this.output(source.phase, source.output, row);
      case "total":
        return this.#total(source.total, row, column);
      case "part":
        return this.#part(source.split, row);
      case "linked": {
        const linked = this.#linked(source.link, row);
        const { phase, when } = this.#plan.links[source.link];
        return linked < 0 ? 0 : isNone(when) ? 1 : this.#cell(phase, when, linked);
      }
      default: {
        const linked = this.#linked(source.link, row);
        if (linked < 0) return null;
        const { phase, when, fields } = this.#plan.links[source.link];
        const condition = isNone(when) ? 1 : this.#cell(phase, when, linked);
        return isMissing(condition) ? condition : this.#cell(phase, fields[source.field], linked);
      }
    }
  }

  /** Takes down which instances of a phase count, now that it is run. */
  close(place) {
    const { grain } = this.#plan.phases[place];
    // Groups have no rows that were rejected.
    const counts = (row) => this.rejects[row] === null && !this.#reversals.has(row);
    this.#counted[place] = grain === 0 ? this.#order.filter(counts).map((row) => [row, row]) : [...this.groups[grain].first.entries()];
  }

  /** The instances that count in groups of several claims; or in those of one, which may be taken back. */
  #countedIn(phase, isWithin) {
    const counted = this.#counted[phase];
    return isWithin || this.taken.size === 0 ? counted : counted.filter(([, row]) => !this.taken.has(row));
  }

  #total(place, row, column) {
    const total = this.#plan.totals[place];
    if (!this.#totals.has(place)) this.#totals.set(place, this.#addUp(total));
    const value = this.#totals.get(place)[total.grain === 0 ? row : this.groups[total.grain].of(row)];
    if (!column || isMissing(value)) return value;
    if (value === null) return column.optional ? null : rejectionBy(this.#schema, "missing", column);
    const [least, greatest] = [readBound(column.min, column), readBound(column.max, column)];
    const isInRange = least === undefined || typeof value !== typeof least || (value >= least && value <= greatest);
    if (!LAYOUTS[column.layout].fits(value) || !isInRange) throw new FenError("total_out_of_range", `${column.name}: ${value}`);
    return value;
  }

  #addUp({ function: name, phase, output, grain }) {
    const values = this.#countedIn(phase, this.pooled.isWithin(grain)).map(([instance, row]) => [this.instance(grain, row), this.#cell(phase, output, instance)]);
    const count = grain === 0 ? this.rejects.length : this.groups[grain].first.length;
    const results = totals(name, count, values.filter(([, value]) => !isMissing(value)));
    for (const [group, value] of values) {
      if (isMissing(value)) results[group] = this.rejectIn([results[group], value]);
    }
    return results;
  }

  #part(place, row) {
    const { phase } = this.#plan.splits[place];
    if (!this.#parts.has(place)) this.#parts.set(place, this.#divide(this.#plan.splits[place]));
    return this.#parts.get(place).get(this.instance(this.#plan.phases[phase].grain, row));
  }

  #divide({ name, label, amount, step, phase, weight, pool }) {
    const unit = BigInt(step);
    const { grain } = this.#plan.phases[phase];
    const pools = new Map();
    for (const one of this.#countedIn(phase, false)) {
      const number = this.instance(pool, one[1]);
      if (!pools.has(number)) pools.set(number, []);
      pools.get(number).push(one);
    }
    const parts = new Map();
    for (const members of pools.values()) {
      // Rows have no keys; they are in the order of the stream.
      if (grain !== 0) members.sort(([one], [other]) => this.groups[grain].compare(one, other));
      const whole = this.value(amount, members[0][1]);
      const weights = members.map(([instance]) => this.#cell(phase, weight, instance));
      const broken = this.rejectIn([...weights, whole]);
      const divided = broken ? null : divide(BigInt(whole ?? 0) / unit, weights.map((one) => BigInt(one ?? 0)));
      const reject = broken ?? rejectionBy(this.#schema, "no_weights", { name, label });
      members.forEach(([instance], at) => parts.set(instance, divided === null ? reject : divided[at] * unit));
    }
    return parts;
  }

  #linked(place, row) {
    const { grain, phase, when } = this.#plan.links[place];
    if (!this.#links.has(place)) {
      const first = new Map(this.#countedIn(phase, false));
      // One of which it is not known whether the condition holds leaves open where the link leads.
      const counts = (claim) => isNone(when) || isMissing(this.#cell(phase, when, claim)) || this.#cell(phase, when, claim) === 1;
      this.#links.set(place, nextLinks([...first.keys()], (claim) => this.instance(grain, first.get(claim)), counts));
    }
    return this.#links.get(place).get(this.instance(this.#plan.phases[phase].grain, row)) ?? -1;
  }
}
