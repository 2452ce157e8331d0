/** One phase over its instances: they are gathered into batches, settled, and their outputs put in place. */

import { FenError } from "./fen-error.js";
import { ANY, isMissing, Missing } from "./fen-missing.js";

const RANGES = ["below_min", "above_max"];

/** One phase on its way over its instances. */
export class Run {
  #machine;
  #numbering;
  #flow;
  #result;
  #capacity;
  #place;
  #missing;
  /** The input that holds the ids of claims, where they can be taken back. */
  #ids;
  #waiting = [];
  #rows = [];
  #values;
  /** Of the instances that wait, by input. */
  #lacking = [];

  constructor(schema, machine, numbering, flow, place, result, records) {
    this.phase = schema.plan.phases[place];
    this.records = records;
    this.#machine = machine;
    this.#numbering = numbering;
    this.#flow = flow;
    this.#result = result;
    this.#capacity = schema.batch.capacity;
    this.#place = place;
    this.#missing = new Missing(schema, this.phase);
    this.#ids = this.phase.grain === schema.plan.claim ? (schema.plan.reversal?.claim ?? null) : null;
    this.#values = this.phase.inputs.map(() => []);
  }

  /** Settles an instance, given its first row; it waits until a batch is full. */
  add(instance, row) {
    const values = this.phase.inputs.map(({ source, column }) => this.#flow.value(source, row, column));
    this.#wait(instance, row, values);
    if (this.#waiting.length === this.#capacity) this.flush();
  }

  /**
   * Settles an instance that is taken back later, given its first row: what is pooled is empty and contributes nothing; what is not
   * counts until then.
   */
  addTaken(instance, row) {
    this.flush();
    const { cells, pooled } = this.#flow;
    const isPooled = (cell) => pooled.cell(this.#place, cell);
    const before = this.records?.cellsOf(cells, row, isPooled);
    const values = this.phase.inputs.map(({ source, column }) => (pooled.source(source) ? ANY : this.#flow.value(source, row, column)));
    this.#wait(instance, row, values, null);
    this.flush();
    before?.restore();
    this.#result.outputs.forEach((values, at) => {
      if (pooled.output(this.#place, at)) values[instance] = null;
    });
    // What is pooled is not to be taken back from the records again.
    if (this.#result.rejects[instance] === null) this.#remember(instance, row, isPooled);
  }

  #wait(instance, row, values, lacking = values.map((value) => (isMissing(value) ? value : null))) {
    values.forEach((value, at) => this.#values[at].push(isMissing(value) ? ANY : value));
    this.#lacking.push(lacking);
    this.#waiting.push(instance);
    this.#rows.push(row);
  }

  #remember(instance, row, isLeftOut = () => false) {
    const { cells } = this.#flow;
    if (this.#ids === null) return;
    const outputs = this.#result.outputs.map((values) => values[instance]);
    this.records?.keep(cells, row, cells[this.#ids][row], outputs, isLeftOut);
  }

  /** Settles what waits. */
  flush() {
    const count = this.#waiting.length;
    if (count === 0) return;
    const { phase } = this;
    const { cells } = this.#flow;
    phase.inputs.forEach(({ column }, at) => this.#machine.write(column, this.#values[at], 0, count, this.#numbering));
    this.records?.writePlaces(cells, this.#rows);
    const statuses = this.#machine.call(phase, count);
    phase.outputs.forEach((column, at) => {
      const values = new Array(count);
      this.#machine.read(column, values, 0, statuses, this.#numbering);
      this.#waiting.forEach((instance, index) => (this.#result.outputs[at][instance] = values[index]));
    });
    statuses.forEach((status, at) => {
      if (status === 0) {
        this.#remember(this.#waiting[at], this.#rows[at]);
        this.#empty(at);
        return;
      }
      const { code, column, reason } = this.#machine.rejectOf(status);
      // What is known only after the first pass rejects no row by its range.
      if (this.#place > 0 && RANGES.includes(code)) throw new FenError("total_out_of_range", column);
      this.#result.rejects[this.#waiting[at]] = { settled: false, code, column, reason };
    });
    this.#waiting = [];
    this.#rows = [];
    this.#lacking = [];
    this.#values = phase.inputs.map(() => []);
  }

  /** Leaves no value where something is missing that it is computed from. */
  #empty(at) {
    if (this.#lacking[at] === null) return;
    const instance = this.#waiting[at];
    const { outputs } = this.#result;
    const values = outputs.map((list) => list[instance]);
    const causes = this.#missing.of(this.#lacking[at], this.#flow.cells, this.#rows[at], values);
    causes?.forEach((cause, output) => {
      if (cause !== null) outputs[output][instance] = cause;
    });
  }

  /** Begins with records that were saved. */
  load(tables) {
    this.records.load(tables, this.#missing);
  }

  /** The records, for {@link Run.load}; null if there are none. */
  save() {
    return this.records?.save(this.#missing) ?? null;
  }

  /** Makes the records as if a claim had not been there. */
  takeBack(id) {
    this.flush();
    this.records?.takeBack(id);
  }
}
