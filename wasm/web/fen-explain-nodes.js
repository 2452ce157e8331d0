/** From the cells of a trace to an explanation: outputs first, then every definition that something needs. */

import { decimalsOf, fraction, readFraction, times, writeFraction } from "./fen-fractions.js";
import { LAYOUTS, writeCell } from "./fen-values.js";

const HUNDRED = fraction(100n);
const NO_DATE = -(2n ** 31n);
const DAY = 86_400_000;

const isTrue = (value) => value !== null && value.n === value.d;
const present = (entries) => Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
const dayOf = (days) => new Date(Number(days) * DAY).toISOString().slice(0, 10);

/** Tells of one claim. */
export class Narrator {
  #schema;
  #trace;
  #all;
  #phase;
  #ran;
  #imports;
  #textOf;
  /** The definitions that are needed, in the order in which they are met. */
  #wanted = [];

  constructor(schema, trace, all) {
    this.#schema = schema;
    this.#trace = trace;
    this.#all = all;
  }

  /** Outputs and steps of a claim that is settled. */
  tell(phase, ran, imports, textOf) {
    this.#phase = phase;
    this.#ran = ran;
    this.#imports = imports;
    this.#textOf = textOf;
    const { plan, outputs: columns } = this.#schema;
    const sources = plan
      ? plan.results.flatMap(({ outputs: results }) => results.map(({ source, column }) => ({ column, at: source.output })))
      : columns.map((column, at) => ({ column, at }));
    const outputs = sources.map(({ column, at }) => {
      const cell = ran.results[at];
      const { none } = LAYOUTS[column.layout];
      const isEmpty = column.optional && cell === BigInt(none);
      const { definition, present: shown } = phase.outputs[at];
      const { unit } = this.#trace.kinds[phase.definitions[definition].kind];
      // Why there is no value: then the definition was not needed.
      const isNeeded = !isEmpty || shown === undefined;
      const step = isNeeded ? this.#step(definition) : undefined;
      const given = isEmpty && shown !== undefined ? this.#step(shown) : undefined;
      const value = isEmpty ? null : writeCell(typeof none === "bigint" ? cell : Number(cell), column);
      return present({ name: column.name, label: column.label, ...amountOf(value, column, unit), step, present: given });
    });
    const steps = [];
    while (steps.length < this.#wanted.length) steps.push(this.#definition(this.#wanted[steps.length]));
    return { outputs, steps };
  }

  /** Why a claim is rejected. */
  refuse(code, name, reason, texts) {
    const at = this.#schema.inputs.findIndex((column) => column.name === name);
    const column = this.#schema.inputs[at];
    return present({
      code,
      column: name,
      label: column?.label ?? { zh: name, en: name },
      reason,
      value: texts[at] ?? null,
      admitted: column && this.#admitted(code, column),
      rule: code === "unknown_code" ? this.#lookingUp(name) : undefined,
    });
  }

  #admitted(code, { min, max, values }) {
    if (code === "below_min" || code === "above_max") return { min, max };
    const force = this.#schema.in_force;
    if ((code === "before_in_force" || code === "after_in_force") && force) {
      return present({ min: force.from, max: force.to ?? undefined });
    }
    return code === "unknown_value" && values?.length > 0 ? { values: values.map(({ name }) => name) } : undefined;
  }

  #lookingUp(name) {
    const [phase] = this.#trace.phases;
    const isIt = (node) =>
      node.is === "lookup" && node.keys.some((key) => key.is === "import" && phase.imports[key.import].name === name);
    const found = phase.definitions.find(({ how }) => contains(how, isIt));
    return found && { name: found.name, text: found.text, citations: this.#clauses(found.citations) };
  }

  #step(definition) {
    const known = this.#wanted.indexOf(definition);
    return known >= 0 ? known : this.#wanted.push(definition) - 1;
  }

  #value(point) {
    if (typeof point === "string") return point === "" ? null : readFraction(point);
    const [at, step, under] = point;
    const cell = fraction(this.#ran.cells[at]);
    if (under === undefined) return times(readFraction(step), cell);
    const divisor = this.#ran.cells[under];
    return divisor === 0n ? null : times(times(readFraction(step), cell), fraction(1n, divisor));
  }

  #integer(point) {
    const value = this.#value(point);
    return value === null ? null : value.n / value.d;
  }

  #amount(point, kindAt, least = 0) {
    const kind = this.#trace.kinds[kindAt];
    const value = this.#value(point);
    const text = value === null ? null : kind.type === "code" || kind.type === "id" ? this.#textOf(value.n) : write(value, kind, least);
    return amountOf(text ?? null, kind, kind.unit);
  }

  #clauses(places = []) {
    return places.map((at) => this.#trace.clauses[at]);
  }

  #rounding({ mode, step }, kindAt) {
    return { mode, step: write(readFraction(step), this.#trace.kinds[kindAt], 0) };
  }

  #definition(at) {
    const { name, label, kind, exact, rounding, value, text, citations, how } = this.#phase.definitions[at];
    const least = rounding ? (decimalsOf(readFraction(rounding.step)) ?? 0) : 0;
    const step = present({
      name,
      label,
      ...this.#amount(value, kind, least),
      exact: rounding ? (this.#amount(exact, kind).value ?? undefined) : undefined,
      rounding: rounding ? this.#rounding(rounding, kind) : undefined,
      text,
      citations: this.#clauses(citations),
      how: this.#node(how),
    });
    // A definition that is nothing but a rounding is a rounded one.
    if (!rounding && step.how.is === "operation" && step.how.operator === "round") {
      const [inner] = step.how.parts;
      return { ...step, ...present({ exact: inner.value ?? undefined }), rounding: step.how.rounding, how: inner };
    }
    // What stands with the alternative that was taken need not be said twice.
    const taken = step.how.is === "choice" ? step.how.citations : [];
    return { ...step, citations: step.citations.filter((one) => !taken.some((other) => isSame(one, other))) };
  }

  #node(node) {
    const amount = this.#amount(node.at, node.kind);
    const told = (is, members) => ({ text: node.text, ...amount, is, ...present(members) });
    const all = (nodes) => nodes.map((one) => this.#node(one));
    switch (node.is) {
      case "constant":
        return told("constant", { citations: this.#clauses(node.citations) });
      case "import":
        return this.#import(node, amount);
      case "parameter": {
        const { name, label } = this.#schema.parameters[node.parameter];
        return told("parameter", { name, label, citations: this.#clauses(node.citations) });
      }
      case "definition": {
        const step = this.#step(node.definition);
        return { ...told("step", { step }), value: this.#rounded(node.definition) ?? amount.value };
      }
      case "known": {
        const { name, label } = this.#phase.imports[node.import];
        return told("known", { name, label });
      }
      case "operation": {
        const parts = this.#operands(node.operator, node.parts);
        const isExtreme = ["max", "min", "clamp"].includes(node.operator);
        const at = isExtreme ? parts.findIndex(({ value }) => value === amount.value) : -1;
        const rounding = node.rounding ? this.#rounding(node.rounding, node.kind) : undefined;
        const shifted = node.later === undefined ? undefined : shiftedOf(node.later, parts[0].value, amount.value);
        return told("operation", { operator: node.operator, parts, taken: at < 0 ? undefined : at, rounding, shifted });
      }
      case "choice":
        return told("choice", this.#choice(node));
      case "lookup":
        return told("lookup", this.#lookup(node));
      case "has_row":
        return told("has_row", { table: this.#trace.tables[node.table].name, keys: all(node.keys) });
      case "tiers":
        return told("tiers", this.#tiers(node));
      default:
        return this.#remainder(node, told);
    }
  }

  /** The values that an operation needed: of conditions only until it is decided. */
  #operands(operator, parts) {
    const needed = [];
    for (const part of parts) {
      needed.push(this.#node(part));
      const isSo = isTrue(this.#value(part.at));
      if ((operator === "and" && !isSo) || (operator === "or" && isSo)) break;
    }
    return needed;
  }

  #import({ text, import: at }, amount) {
    const { name, label, optional, cell, origin } = this.#phase.imports[at];
    const isMissing = optional && BigInt(this.#imports[at]) === BigInt(LAYOUTS[cell.layout].none);
    return { text, ...amount, ...(isMissing ? { value: null } : {}), is: "input", ...present({ name, label, origin }) };
  }

  #remainder({ parts, tiers }, told) {
    const given = tiers && this.#node(tiers);
    return told("remainder", { parts: parts.map((part) => this.#node(part)), tiers: given });
  }

  #choice({ taken: point, subject, base, branches }) {
    const taken = Number(this.#integer(point));
    const branch = branches[taken];
    // Rows of other versions have nothing to do with the claim.
    const isTold = ({ role, from }) => role !== "value" && (role !== "row" || from === branch.from);
    const others = branches.filter((other) => this.#all && other !== branch && isTold(other));
    const passed = others.map((other) => this.#passed(other, branch, branches.indexOf(other) < taken));
    const target = branch.role === "missed" ? branches.find(({ role }) => role === "met")?.when : undefined;
    const when = branch.when ?? target;
    const [lying, of, reason] = [subject, base, when].map((one) => one && this.#node(one));
    return {
      role: branch.role,
      label: branch.label,
      from: branch.from,
      citations: this.#clauses(branch.citations),
      subject: lying,
      base: of,
      when: reason,
      then: this.#node(branch.then),
      passed: passed.length > 0 ? passed : undefined,
    };
  }

  /** Of cases, what stands behind the one that was taken was not asked for; exceptions have no order. */
  #passed({ role, label, from, citations, when, then }, taken, isBefore) {
    const asked = isBefore || role === "exception" ? when : undefined;
    const isSo = asked && isTrue(this.#value(asked.at));
    // A verdict is its own value.
    const isVerdict = ["met", "missed", "not_applicable"].includes(role);
    return present({
      role,
      label,
      from,
      citations: this.#clauses(citations),
      condition: when?.text ?? "",
      text: isVerdict ? "" : then.text,
      state: stateOf(role, isSo, taken),
      when: asked ? this.#node(asked) : undefined,
    });
  }

  #lookup({ table: at, keys, row, from: date }) {
    const { name, rows = [], kind, ranges: known = [], citations } = this.#trace.tables[at];
    const told = keys.map((key) => this.#node(key));
    const place = row === undefined ? -1 : Number(this.#integer(row));
    const found = rows[place];
    const sameKeys = (other) => JSON.stringify(other.keys) === JSON.stringify(found.keys);
    const passed = [];
    if (this.#all && found) {
      rows.forEach((other, index) => {
        if (index === place || other.from === undefined || !sameKeys(other)) return;
        const value = write(readFraction(other.value), this.#trace.kinds[kind], 0);
        passed.push({ from: other.from, value, state: index > place ? "later" : "superseded" });
      });
    }
    const days = date === undefined ? null : this.#integer(date);
    const day = days === null || days === NO_DATE ? undefined : dayOf(days);
    const ranges = found && known.length > 0 ? known.map((key) => ({ key, range: found.keys[key] })) : undefined;
    const clauses = this.#clauses(citations);
    const others = passed.length > 0 ? passed : undefined;
    return { table: name, keys: told, ranges, from: found?.from ?? day, citations: clauses, passed: others };
  }

  #tiers({ kind, ladder: at, column, amount, base, citations: own, version: point, slices }) {
    const { versions, kinds } = this.#trace.ladders[at];
    const version = Number(this.#integer(point));
    const { from, rows } = versions[version];
    const tiers = rows.flatMap(({ range, shares, citations }, row) => {
      const [slice, yields] = slices[version][row];
      if (!this.#all && (this.#value(slice)?.n ?? 0n) === 0n) return [];
      const share = this.#trace.kinds[kinds[column]];
      const written = { type: share.type, unit: share.unit, value: write(readFraction(shares[column]), share, 0) };
      const tier = { range, share: written, slice: this.#amount(slice, amount.kind), yields: this.#amount(yields, kind) };
      return [citations ? { ...tier, citations: this.#clauses(citations) } : tier];
    });
    const bounds = base ? this.#node(base) : undefined;
    return { amount: this.#node(amount), base: bounds, from, citations: own && this.#clauses(own), tiers };
  }

  /** The value of a definition with the decimals that it is rounded to. */
  #rounded(at) {
    const { rounding, value, kind } = this.#phase.definitions[at];
    const least = rounding ? decimalsOf(readFraction(rounding.step)) : undefined;
    return least === undefined ? undefined : this.#amount(value, kind, least).value;
  }
}

/** A value as text, with at least so many decimals (of a rate: in percent). */
function write(value, { type, values }, least) {
  switch (type) {
    case "money":
      return writeFraction(value, Math.max(least, 2));
    case "rate":
    case "pp":
      return writeFraction(times(value, HUNDRED), Math.max(least - 2, 0)) + (type === "rate" ? "%" : "pp");
    case "date":
      return dayOf(value.n / value.d);
    case "bool":
      return value.n === 0n ? "false" : "true";
    case "enum":
      return values[Number(value.n / value.d)]?.name;
    default:
      return writeFraction(value, least);
  }
}

/** A value with what people call it, if that is not its name. */
export function amountOf(value, { type, values }, unit) {
  const label = values?.find(({ name }) => name === value)?.label;
  const isNamed = label && (label.zh !== value || label.en !== value);
  return present({ type, unit, value, value_label: isNamed ? label : undefined });
}

/** Why an alternative was not taken. */
function stateOf(role, isSo, taken) {
  if (role === "row") return "elsewhere";
  if (isSo === false) return "false";
  if (role === "exception") return "overridden";
  return role === "rule" && taken.role === "exception" ? "replaced" : "not_reached";
}

/** What became of a day that the month lacks which some months lead to. */
function shiftedOf(isLater, from, to) {
  const day = (date) => date?.split("-").at(-1);
  if (day(from) === undefined || day(from) === day(to)) return undefined;
  return isLater ? "later" : "earlier";
}

const isSame = (one, other) => one.clause === other.clause && one.text === other.text;

/** Whether a part of a computation is of a kind. */
function contains(node, isIt) {
  if (isIt(node)) return true;
  const branches = (node.branches ?? []).flatMap(({ when, then }) => (when ? [then, when] : [then]));
  const parts = [...(node.parts ?? []), ...(node.keys ?? []), ...branches, node.amount, node.base];
  return parts.some((part) => part && contains(part, isIt));
}
