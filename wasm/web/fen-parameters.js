/** Parameters: what a policy leaves open, one cell each in the module's memory. */

import { FenError } from "./fen-error.js";
import { LAYOUTS, readBound, readCell, writeBound, writeCell } from "./fen-values.js";

/** The parameters of one instance of a module. */
export class Parameters {
  #columns;
  #memory;
  /** By name; only those that are set. */
  #values = new Map();

  constructor(columns, memory) {
    this.#columns = columns;
    this.#memory = memory;
  }

  /** Reads, checks and writes one value. Nothing changes if it is refused. */
  set(name, text) {
    const column = this.#find(name);
    if (!column) throw new FenError("parameter_unknown", name);
    if (typeof text !== "string") throw new FenError("not_text", name);
    const { value, code } = readCell(text, column);
    if (code) throw new FenError("parameter_invalid", `${column.name}: ${text}`);
    const [least, greatest] = [readBound(column.min, column), readBound(column.max, column)];
    if (least !== undefined && (value < least || value > greatest)) {
      const range = `${writeBound(column.min, column)} … ${writeBound(column.max, column)}`;
      throw new FenError("parameter_out_of_range", `${column.name}: ${text} (${range})`);
    }
    LAYOUTS[column.layout].write(new DataView(this.#memory.buffer), column.offset, value);
    this.#values.set(column.name, value);
  }

  /** Makes a parameter unset again, so that nothing is settled with it. */
  clear(name) {
    const column = this.#find(name);
    if (!column) throw new FenError("parameter_unknown", name);
    const { none, write } = LAYOUTS[column.layout];
    write(new DataView(this.#memory.buffer), column.offset, none);
    this.#values.delete(column.name);
  }

  missing() {
    return this.#columns.filter(({ name }) => !this.#values.has(name));
  }

  texts() {
    const set = this.#columns.filter(({ name }) => this.#values.has(name));
    return Object.fromEntries(set.map((column) => [column.name, writeCell(this.#values.get(column.name), column)]));
  }

  /** By its name, blanks aside, or else by a label that only it has. */
  #find(name) {
    const plain = (text) => text.replace(/[ \t]/g, "");
    const named = this.#columns.find((column) => plain(column.name) === plain(name));
    const labelled = this.#columns.filter(({ label }) => [plain(label.zh), plain(label.en)].includes(plain(name)));
    return named ?? (labelled.length === 1 ? labelled[0] : undefined);
  }
}
