/** What is computed from several claims of a group at once: claims that are ever taken back are in none of it, and are not given it. */

/** Which outputs and sources of a plan are pooled. */
export class Pooled {
  #plan;
  /** By phase, then by output. */
  #outputs = [];

  constructor(plan) {
    this.#plan = plan;
    // Sources name earlier phases.
    for (const { grain, inputs, outputs, uses = [], state } of plan.phases) {
      const isOfSeveral = grain !== 0 && !this.isWithin(grain);
      const cells = (state?.tables ?? []).flatMap((table) => table.cells);
      const readsLate = (at) => (state?.reads?.[at]?.cells ?? []).some((cell) => cells[cell].late);
      const usesPooled = (at) => (uses?.[at] ?? []).some((input) => this.source(inputs[input].source));
      this.#outputs.push(outputs.map((_, at) => isOfSeveral || usesPooled(at) || readsLate(at)));
    }
  }

  /** Whether rows are lines, and those of a group of this grain are lines of one claim. */
  isWithin(grain) {
    return this.#plan.claim !== 0 && this.#plan.grains[grain].within_claim === true;
  }

  /** Whether an output is known only when it is known which claims of a group are taken back. */
  output(phase, output) {
    return this.#outputs[phase][output];
  }

  /** The same of what a phase reads. */
  source({ from, phase, output, total: place }) {
    if (from === "input") return false;
    if (from === "value") return !this.isWithin(this.#plan.phases[phase].grain) || this.output(phase, output);
    if (from !== "total") return true;
    const total = this.#plan.totals[place];
    return !this.isWithin(total.grain) || this.output(total.phase, total.output);
  }

  /** The same of what a row contributes to a cell of a phase's records. */
  cell(phase, { late = false, contribution }) {
    return late || (this.#outputs[phase][contribution] ?? false);
  }
}
