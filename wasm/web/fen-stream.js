/**
 * Settles streams: rows in their order, for policies that look beyond the row at hand. The schema's plan says how; see
 * docs/abi.md.
 */

import { rejectClaims, rejectDiffering } from "./fen-admission.js";
import { Numbering } from "./fen-codes.js";
import { FenError } from "./fen-error.js";
import { Flow } from "./fen-flow.js";
import { Grain, Groups } from "./fen-groups.js";
import { takeBackLines } from "./fen-lines.js";
import { machineOf } from "./fen-machine.js";
import { rejectionBy } from "./fen-reasons.js";
import { Records } from "./fen-records.js";
import { claimOutputs, groupResults, rowResults } from "./fen-results.js";
import { Rows } from "./fen-rows.js";
import { Run } from "./fen-run.js";

/**
 * @typedef {import("./fen.js").Settled | import("./fen.js").Rejected} RowResult
 * @typedef {{keys: Record<string, string>, outputs: Record<string, string>, reject: import("./fen.js").Rejected | null}} GroupResult
 *   outputs that could not be computed are empty; `reject` says why
 * @typedef {{grain: string, label: {zh: string, en: string}, columns: string[], outputs: string[], rows: GroupResult[]}} GrainResult
 * @typedef {{phases: {entry: string, tables: object[]}[], claims?: object[]}} State plain, can be written as JSON; `claims` where
 *   a policy takes claims back
 */

/**
 * Settles a stream.
 * @param {object} policy a loaded policy; one without a plan settles each row by itself
 * @param {Record<string, string>[]} rows keyed by a column's name or either label; other keys are ignored
 * @param {Record<string, string>} [parameters] set before; those that are set already stay
 * @param {{state?: State | null, before?: Record<string, string>, sort?: boolean}} [options] `state`: what an earlier stream
 *   ended with; `before`: what the running values of these names begin with where there is none; `sort`: whether rows are
 *   put in the order of the policy's date, instead of being refused if they are not in it
 * @returns {{rows: RowResult[], groups: GrainResult[], state: State | null}} one entry per row, in the order of the rows
 */
export function settleStream(policy, rows, parameters = {}, options = {}) {
  for (const [name, text] of Object.entries(parameters)) policy.setParameter(name, text);
  const missing = policy.missingParameters();
  if (missing.length > 0) throw new FenError("parameters_missing", missing.map(({ name }) => name).join(", "));
  if (!policy.schema.plan) return { rows: policy.settle(rows), groups: [], state: null };
  return new Stream(policy.schema, machineOf(policy), options).settle(rows);
}

/** One stream on its way through the phases. */
class Stream {
  #schema;
  #plan;
  #machine;
  #options;
  #numbering;
  #flow;
  /** Reversal rows by themselves, each with the id of the claim that it takes back. */
  #reversals = new Map();
  /** The rows in the order of the stream. */
  #order = [];
  /** The last row of each claim's id. */
  #owners = new Map();
  /** Claims of earlier streams by their ids; `outputs` is null of a row that took one back. */
  #earlier = new Map();
  #saved = [];

  constructor(schema, machine, options) {
    this.#schema = schema;
    this.#plan = schema.plan;
    this.#machine = machine;
    this.#options = options;
    this.#numbering = new Numbering(machine.codes);
  }

  settle(rows) {
    this.#read(rows);
    const { plan } = this.#schema;
    if (plan.claim !== 0 || plan.shared.length > 0 || plan.reversal) this.#admit();
    plan.phases.forEach((phase, place) => {
      if (phase.grain === 0) this.#runRows(place);
      else this.#runGroups(place);
      if (place === 0) this.#form();
      this.#flow.close(place);
    });
    const results = rowResults(this.#schema, this.#flow);
    return { rows: results, groups: groupResults(this.#schema, this.#flow, this.#order), state: this.#save(results) };
  }

  #save(results) {
    if (this.#saved.length === 0 && !this.#plan.reversal) return null;
    if (!this.#plan.reversal) return { phases: this.#saved };
    const { cells, taken } = this.#flow;
    const hasLines = this.#plan.claim !== 0;
    const firsts = new Set(hasLines ? this.#flow.groups[this.#plan.claim].first : []);
    const isKept = (row) => (hasLines ? this.#flow.rejects[row] === null && (firsts.has(row) || this.#reversals.has(row)) : results[row].settled);
    const claims = this.#order.filter(isKept).map((row) => {
      const given = () => (hasLines ? claimOutputs(this.#schema, this.#flow, row).outputs : results[row].outputs);
      const outputs = this.#reversals.has(row) ? null : given();
      return { id: cells[this.#plan.reversal.claim][row], outputs, taken: taken.has(row) };
    });
    return { phases: this.#saved, claims: [...this.#earlier.values(), ...claims] };
  }

  #read(rows) {
    const { inputs } = this.#schema;
    const { reversal } = this.#plan;
    if (reversal && this.#options.state) {
      const { claims } = this.#options.state;
      if (!Array.isArray(claims)) throw new FenError("state_invalid", "claims");
      for (const claim of claims) this.#earlier.set(claim.id, { ...claim });
    }
    const reader = new Rows(this.#schema);
    const cells = inputs.map(() => new Array(rows.length));
    const rejects = new Array(rows.length).fill(null);
    rows.forEach((texts, row) => {
      const read = reader.cells(texts);
      read.forEach(({ value }, at) => (cells[at][row] = value));
      const reverses = reversal ? (read[reversal.reverses].value ?? null) : null;
      if (reverses !== null) this.#reversals.set(row, reverses);
      const wrong = read.findIndex(({ code }, at) => code !== undefined && (reverses === null || at === reversal.claim));
      if (wrong >= 0) rejects[row] = reader.reject(read[wrong].code, wrong);
    });
    this.#order = this.#ordered(cells, rows.length);
    this.#flow = new Flow(this.#schema, cells, rejects, this.#order, this.#reversals);
  }

  /** Rows without a date of their own stay behind the row before them. */
  #ordered(cells, count) {
    const order = Array.from({ length: count }, (_, row) => row);
    const by = this.#plan.ordered_by ?? null;
    if (by === null || !this.#options.sort) return order;
    let latest = -Infinity;
    const dates = order.map((row) => (latest = this.#reversals.has(row) ? latest : (cells[by][row] ?? latest)));
    return order.sort((one, other) => (dates[one] === dates[other] ? one - other : dates[one] - dates[other]));
  }

  /** Decides what is rejected, whatever the claims before it are. */
  #admit() {
    const { cells, rejects } = this.#flow;
    const waiting = this.#order.filter((row) => rejects[row] === null && !this.#reversals.has(row));
    const phase = this.#plan.phases[0];
    const records = phase.state ? new Records(this.#machine, this.#schema, phase, this.#numbering, {}) : null;
    const lookups = new Map();
    const { capacity } = this.#schema.batch;
    for (let first = 0; first < waiting.length; first += capacity) {
      const batch = waiting.slice(first, first + capacity);
      phase.inputs.forEach(({ source, column }) => {
        const values = batch.map((row) => cells[source.input][row]);
        this.#machine.write(column, values, 0, batch.length, this.#numbering);
      });
      records?.writeFreshPlaces(batch.length);
      this.#machine.call(phase, batch.length).forEach((status, at) => {
        if (status === 0) return;
        const reject = this.#rejectOf(status);
        if (reject.code === "unknown_code") lookups.set(batch[at], reject);
        else rejects[batch[at]] = reject;
      });
    }
    const readable = waiting.filter((row) => rejects[row] === null);
    rejectDiffering(this.#schema, cells, readable, (row, reject) => (rejects[row] = reject));
    // Where rows are claims, ids and running values come before look-ups; the next pass finds those again.
    if (this.#plan.claim === 0) return;
    for (const [row, reject] of lookups) rejects[row] ??= reject;
    rejectClaims(this.#schema, cells, rejects, this.#reversals);
    if (this.#plan.reversal) takeBackLines(this.#schema, this.#flow, this.#order, this.#reversals, this.#earlier);
  }

  #rejectOf(status) {
    const { code, column, reason } = this.#machine.rejectOf(status);
    return { settled: false, code, column, reason };
  }

  /** Puts the settled rows into groups, once they are known, but for those that were taken back. */
  #form() {
    const { cells, rejects, taken } = this.#flow;
    const settled = this.#order.filter((row) => rejects[row] === null && !this.#reversals.has(row));
    const by = this.#plan.ordered_by ?? null;
    settled.forEach((row, at) => {
      if (by === null || at === 0 || cells[by][settled[at - 1]] <= cells[by][row]) return;
      throw new FenError("rows_out_of_order", `${this.#schema.inputs[by].name}, ${row + 1}`);
    });
    this.#plan.grains.forEach((_, grain) => {
      if (grain === 0) return;
      const groups = new Groups(new Grain(this.#schema, grain), cells, rejects.length);
      const isWithin = this.#flow.pooled.isWithin(grain);
      for (const row of settled) if (isWithin || !taken.has(row)) groups.add(row);
      this.#flow.groups[grain] = groups;
    });
  }

  #runRows(place) {
    const { rejects, taken } = this.#flow;
    const run = this.#begin(place, rejects.length);
    const hasLines = this.#plan.claim !== 0;
    for (const row of this.#order) {
      if (rejects[row] !== null) continue;
      if (hasLines) {
        if (this.#reversals.has(row)) continue;
        if (taken.has(row)) run.addTaken(row, row);
        else run.add(row, row);
      } else if (this.#reversals.has(row)) {
        if (place === 0) this.#reverse(row, run);
        else run.takeBack(this.#reversals.get(row));
      } else if (place > 0 && taken.has(row)) run.addTaken(row, row);
      else if (place > 0 || this.#isNew(row, run)) run.add(row, row);
    }
    this.#end(run);
  }

  #runGroups(place) {
    const { grain } = this.#plan.phases[place];
    const groups = this.#flow.groups[grain];
    const { rejects, taken } = this.#flow;
    const run = this.#begin(place, groups.first.length);
    for (const row of this.#order) {
      if (rejects[row] !== null) continue;
      if (this.#reversals.has(row)) {
        if (grain === this.#plan.claim) run.takeBack(this.#reversals.get(row));
        continue;
      }
      const group = groups.of(row);
      if (groups.first[group] !== row) continue;
      if (taken.has(row)) run.addTaken(group, row);
      else run.add(group, row);
    }
    this.#end(run);
  }

  /** Whether a claim's id is that of no settled claim before it; else the row is rejected. */
  #isNew(row, run) {
    const { reversal } = this.#plan;
    if (!reversal) return true;
    const { cells, rejects } = this.#flow;
    const id = cells[reversal.claim][row];
    // What became of an earlier row may not be known yet.
    if (this.#owners.has(id)) run.flush();
    const owner = this.#owners.get(id);
    if (this.#earlier.has(id) || (owner !== undefined && rejects[owner] === null)) {
      rejects[row] = rejectionBy(this.#schema, "duplicate_claim", this.#schema.inputs[reversal.claim]);
      return false;
    }
    this.#owners.set(id, row);
    return true;
  }

  /** Takes a claim back. */
  #reverse(row, run) {
    const { rejects, targets, taken } = this.#flow;
    run.flush();
    const id = this.#reversals.get(row);
    const target = this.#owners.get(id);
    const earlier = this.#earlier.get(id);
    if (!this.#isNew(row, run)) return;
    const { reverses } = this.#plan.reversal;
    const reject = (code) => (rejects[row] = rejectionBy(this.#schema, code, this.#schema.inputs[reverses]));
    if (earlier?.outputs) {
      if (earlier.taken) return reject("already_reversed");
      earlier.taken = true;
      this.#flow.earlier.set(row, earlier.outputs);
      return run.takeBack(id);
    }
    if (target === undefined || rejects[target] !== null || this.#reversals.has(target)) reject("unknown_claim");
    else if (taken.has(target)) reject("already_reversed");
    else {
      taken.add(target);
      targets.set(row, target);
      run.takeBack(id);
    }
  }

  #begin(place, count) {
    const phase = this.#plan.phases[place];
    const result = this.#flow.open(place, count);
    if (phase.state) {
      const { state, before = {} } = this.#options;
      const records = new Records(this.#machine, this.#schema, phase, this.#numbering, before);
      const run = this.#runOf(place, result, records);
      if (state) run.load(state.phases?.find?.(({ entry }) => entry === phase.entry)?.tables);
      return run;
    }
    return this.#runOf(place, result, null);
  }

  #runOf(place, result, records) {
    return new Run(this.#schema, this.#machine, this.#numbering, this.#flow, place, result, records);
  }

  #end(run) {
    run.flush();
    const tables = run.save();
    if (tables) this.#saved.push({ entry: run.phase.entry, tables });
  }
}
