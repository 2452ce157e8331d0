/** Running values: the records that a phase keeps in the module's memory, one for every group of each of its tables. */

import { FenError } from "./fen-error.js";
import { Grain, compareNumbers, keyOf } from "./fen-groups.js";
import { readPeriod } from "./fen-periods.js";
import { rejectionBy } from "./fen-reasons.js";
import { isText, LAYOUTS, readCell, readWritten, writeCell } from "./fen-values.js";

const PLACE_BYTES = 4;
/** Records begin at multiples of this, in which their places are counted. */
const UNIT = 8;
const PAGE = 65_536;
const PAGES_AT_ONCE = 16;

/**
 * What a new record holds of a cell, unless the stream begins with something else.
 * @param {object} cell of a state table
 */
function noneOf({ function: name, column }) {
  if (!["sum", "count", "linked"].includes(name)) return null;
  return typeof LAYOUTS[column.layout].none === "bigint" ? 0n : 0;
}

/** The records of one phase. */
export class Records {
  #machine;
  #schema;
  #phase;
  #numbering;
  #next;
  #tables;

  /**
   * @param {import("./fen-machine.js").Machine} machine
   * @param {object} schema
   * @param {object} phase one with state
   * @param {import("./fen-codes.js").Numbering} numbering of the stream
   * @param {Record<string, string>} before what new records begin with, by the names of cells, where it is not nothing
   */
  constructor(machine, schema, phase, numbering, before) {
    this.#machine = machine;
    this.#schema = schema;
    this.#phase = phase;
    this.#numbering = numbering;
    this.#next = phase.state.offset;
    this.#tables = phase.state.tables.map((table) => ({
      ...table,
      group: new Grain(schema, table.grain),
      records: new Map(),
      /** The record of each claim that can be taken back, by its id. */
      claims: new Map(),
      initial: table.cells.map((cell) => this.#readText(cell, before[cell.column.name] ?? "")),
    }));
  }

  /** Says for the rows of the next batch where their records are. */
  writePlaces(cells, rows) {
    for (const table of this.#tables) {
      const places = rows.map((row) => this.#recordOf(table, table.group.valuesOf(cells, row)).address);
      this.#write(table, places);
    }
  }

  /** Gives every row of the next batch records of its own that hold nothing, so that none sees another. */
  writeFreshPlaces(count) {
    this.#next = this.#phase.state.offset;
    for (const table of this.#tables) {
      const places = Array.from({ length: count }, () => this.#allocate(table, table.cells.map(noneOf)));
      this.#write(table, places);
    }
  }

  /**
   * Remembers what a settled claim has contributed, so that it can be taken back.
   * @param {string} id of the claim
   * @param {import("./fen-values.js").Value[]} outputs of the phase for it
   * @param {(cell: object) => boolean} isLeftOut whether it has contributed nothing to a cell
   */
  keep(cells, row, id, outputs, isLeftOut) {
    for (const table of this.#tables) {
      const contributed = table.cells.map((cell) => (isLeftOut(cell) ? null : (outputs[cell.contribution] ?? null)));
      this.#keep(table, this.#recordOf(table, table.group.valuesOf(cells, row)), id, contributed);
    }
  }

  /** Makes the records as if a claim had not been there; nothing if it was not settled. */
  takeBack(id) {
    for (const table of this.#tables) {
      const record = table.claims.get(id);
      if (record === undefined) continue;
      const taken = record.claims.get(id);
      record.claims.delete(id);
      table.claims.delete(id);
      table.cells.forEach((cell, at) => {
        const others = [...record.claims.values()].map((contributed) => contributed[at]).filter((value) => value !== null);
        const now = this.#readCell(record.address, cell);
        this.#writeCell(record.address, cell, valueWithout(cell, now, taken[at], others, record.base[at]));
      });
    }
  }

  /** What some cells of a row's records hold, so that they can be put back. */
  cellsOf(cells, row, isWanted) {
    const held = this.#tables.flatMap((table) => {
      const { address } = this.#recordOf(table, table.group.valuesOf(cells, row));
      return table.cells.filter(isWanted).map((cell) => ({ address, cell, value: this.#readCell(address, cell) }));
    });
    return { restore: () => held.forEach(({ address, cell, value }) => this.#writeCell(address, cell, value)) };
  }

  #keep(table, record, id, contributed) {
    record.claims.set(id, contributed);
    table.claims.set(id, record);
  }

  /**
   * The records as texts, for {@link Records.load}.
   * @param {import("./fen-missing.js").Missing} missing what they lack
   */
  save(missing) {
    const canReverse = Boolean(this.#schema.plan.reversal);
    return this.#tables.map(({ group, cells, records }) => {
      const saved = [];
      for (const { values, address, claims } of records.values()) {
        const lacks = missing.ofRecord(group, keyOf(values));
        const lacksAny = Object.keys(lacks).length > 0;
        // A rejected row leaves a record that is as if new.
        if (claims.size === 0 && !lacksAny && cells.every((cell) => this.#readCell(address, cell) === noneOf(cell))) continue;
        const texts = cells.map((cell) => [cell.column.name, writeCell(this.#readCell(address, cell), cell.column)]);
        const record = { keys: group.write(values), cells: Object.fromEntries(texts) };
        if (lacksAny) record.missing = lacks;
        const contributed = (list) => list.map((value, at) => writeCell(value, this.#contribution(cells[at])));
        if (canReverse) record.claims = [...claims].map(([id, list]) => [id, contributed(list)]);
        saved.push(record);
      }
      return { grain: group.name, records: saved };
    });
  }

  /**
   * Begins with records that were saved.
   * @param {import("./fen-missing.js").Missing} missing what they lack
   */
  load(tables, missing) {
    if (!Array.isArray(tables)) throw new FenError("state_invalid", this.#phase.entry);
    for (const table of this.#tables) {
      const saved = tables.find((one) => one?.grain === table.group.name);
      if (!Array.isArray(saved?.records)) throw new FenError("state_invalid", table.group.name);
      for (const { keys, cells, claims, missing: lacks = {} } of saved.records) {
        const values = this.#readKeys(table.group, keys);
        for (const [name, split] of Object.entries(lacks)) missing.lose(name, keyOf(values), this.#noWeights(split));
        const given = table.cells.map((cell) => this.#readText(cell, cells?.[cell.column.name] ?? ""));
        const record = this.#recordOf(table, values, given);
        if (!this.#schema.plan.reversal) continue;
        if (!Array.isArray(claims)) throw new FenError("state_invalid", table.group.name);
        // What the claims of the record have contributed is listed, so that without them it is as if new.
        record.base = table.cells.map(noneOf);
        for (const [id, texts] of claims) this.#keep(table, record, id, table.cells.map((cell, at) => this.#readContribution(cell, texts[at])));
      }
    }
  }

  #noWeights(name) {
    const split = this.#schema.plan.splits.find((one) => one.name === name);
    if (split === undefined) throw new FenError("state_invalid", `missing: ${name}`);
    return rejectionBy(this.#schema, "no_weights", split);
  }

  /** The output that says what a row contributes to a cell. */
  #contribution({ contribution }) {
    return this.#phase.outputs[contribution] ?? { type: "id" };
  }

  #readContribution(cell, text) {
    const { value, code } = readWritten(text ?? "", { ...this.#contribution(cell), optional: true });
    if (code !== undefined) throw new FenError("state_invalid", `${cell.column.name}: ${text}`);
    return value;
  }

  #readKeys({ name, keys: places, period }, texts) {
    if (!Array.isArray(texts)) throw new FenError("state_invalid", name);
    const values = places.map((place, at) => readCell(String(texts[at] ?? ""), this.#schema.inputs[place]).value);
    if (period) values.push(readPeriod(String(texts[places.length]), period));
    if (values.includes(undefined)) throw new FenError("state_invalid", `${name}: ${texts.join(", ")}`);
    return values;
  }

  #readText(cell, text) {
    const { value, code } = readWritten(text, { ...cell.column, optional: true });
    if (code !== undefined) throw new FenError("state_invalid", `${cell.column.name}: ${text}`);
    return value ?? noneOf(cell);
  }

  #recordOf(table, values, initial = table.initial) {
    const key = keyOf(values);
    let record = table.records.get(key);
    if (record === undefined) {
      record = { values, address: this.#allocate(table, initial), base: initial, claims: new Map() };
      table.records.set(key, record);
    }
    return record;
  }

  #allocate(table, values) {
    const address = this.#next;
    this.#next += table.bytes;
    const { memory } = this.#machine;
    if (this.#next > memory.buffer.byteLength) {
      const wanted = Math.ceil((this.#next - memory.buffer.byteLength) / PAGE);
      if (!hasGrown(memory, Math.max(wanted, PAGES_AT_ONCE)) && !hasGrown(memory, wanted)) throw new FenError("memory_full");
    }
    new Uint8Array(memory.buffer, address, table.bytes).fill(0);
    table.cells.forEach((cell, at) => this.#writeCell(address, cell, values[at]));
    return address;
  }

  #write({ places }, addresses) {
    const view = new DataView(this.#machine.memory.buffer, places.offset);
    const { offset } = this.#phase.state;
    addresses.forEach((address, row) => view.setInt32(row * PLACE_BYTES, (address - offset) / UNIT, true));
  }

  #readCell(address, { function: name, column }) {
    const { none, read } = LAYOUTS[column.layout];
    const cell = read(new DataView(this.#machine.memory.buffer), address + column.offset);
    if (cell === none && !["sum", "count", "linked"].includes(name)) return null;
    return isText(column.type) ? this.#numbering.text(cell) : cell;
  }

  #writeCell(address, { column }, value) {
    const { none, write } = LAYOUTS[column.layout];
    const cell = value === null ? none : isText(column.type) ? this.#numbering.number(value) : value;
    write(new DataView(this.#machine.memory.buffer), address + column.offset, cell);
  }
}

/**
 * A cell without one of its contributions.
 * @param {object} cell of a state table
 * @param now what it holds
 * @param taken the contribution
 * @param {import("./fen-values.js").Value[]} others the contributions that stay, in their order
 * @param base what the record held at first
 */
function valueWithout({ function: name }, now, taken, others, base) {
  if (taken === null) return now;
  const greatest = (one, other) => (one === null || compareNumbers(one, other) < 0 ? other : one);
  const least = (one, other) => (one === null || compareNumbers(one, other) > 0 ? other : one);
  switch (name) {
    case "sum":
    case "count":
      return now - (typeof now === "bigint" ? BigInt(taken) : Number(taken));
    case "max":
      return others.reduce(greatest, base);
    case "min":
      return others.reduce(least, base);
    case "last":
      return others.at(-1) ?? base;
    default:
      return others.some((value) => BigInt(value) !== 0n) ? 1 : base;
  }
}

function hasGrown(memory, pages) {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}
