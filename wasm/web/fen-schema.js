/** The schema in a module: read, checked against docs/abi.md, and its columns against the memory. */

import { FenError } from "./fen-error.js";
import { demandPlan } from "./fen-plan.js";
import { demand, demandList, isBilingual, isNatural, isObject, isOffset, isText } from "./fen-shapes.js";
import { isAmount, isText as isTextType, LAYOUTS, readBound, TYPES } from "./fen-values.js";

const ABI = 3;
const MOST_DECIMALS = 36;
const MOST_VALUES = 127;
const STATUS_BYTES = 2;
const PLACE_BYTES = 4;

const isTextOrNull = (value) => value === null || isText(value);

function demandColumn(column, place) {
  demand(isText(column.name), `${place}.name`);
  demand(isText(column.type) && Object.hasOwn(TYPES, column.type), `${place}.type`);
  demand(TYPES[column.type].includes(column.layout), `${place}.layout`);
  demand(isBilingual(column.label), `${place}.label`);
  demand(isText(column.unit), `${place}.unit`);
  demand(isNatural(column.scale) && column.scale <= (isAmount(column.type) ? MOST_DECIMALS : 0), `${place}.scale`);
  demand(typeof column.optional === "boolean", `${place}.optional`);
  demandValues(column, `${place}.values`);
  const hasBounds = isAmount(column.type) || column.type === "date" || column.type === "enum";
  for (const bound of ["min", "max"]) {
    demand(isText(column[bound]), `${place}.${bound}`);
    demand(!hasBounds || readBound(column[bound], column) !== undefined, `${place}.${bound}`);
  }
  demand(isNatural(column.offset), `${place}.offset`);
}

function demandValues({ type, values }, place) {
  if (type !== "enum") return demand(values === undefined || (Array.isArray(values) && values.length === 0), place);
  demandList(values, place, ({ name, label }) => demand(isText(name) && isBilingual(label), place));
  demand(values.length > 0 && values.length <= MOST_VALUES, place);
  demandDifferent(values, place);
}

function demandDifferent(named, place) {
  demand(new Set(named.map(({ name }) => name)).size === named.length, place);
}

function demandReject(reject, place) {
  demand(isNatural(reject.status) && reject.status > 0, `${place}.status`);
  demand(isText(reject.code), `${place}.code`);
  demand(isText(reject.column), `${place}.column`);
  demand(isBilingual(reject.reason), `${place}.reason`);
}

function demandSchema(schema) {
  for (const member of ["policy", "compiler", "source_sha256", "code_sha256", "codes_sha256"]) demand(isText(schema[member]), member);
  demand(schema.language === "zh" || schema.language === "en", "language");
  for (const member of ["title", "source"]) demand(isTextOrNull(schema[member]), member);
  const force = schema.in_force;
  demand(force === null || (isObject(force) && isTextOrNull(force.from) && isTextOrNull(force.to)), "in_force");
  const batch = schema.batch;
  demand(isObject(batch) && isText(batch.entry), "batch.entry");
  demand(isNatural(batch.capacity) && batch.capacity > 0 && batch.capacity < 2 ** 31, "batch.capacity");
  demand(isObject(batch.status) && isOffset(batch.status.offset), "batch.status.offset");
  demand(isNatural(schema.codes) && schema.codes < 2 ** 31, "codes");
  for (const list of ["parameters", "inputs", "outputs"]) demandList(schema[list], list, demandColumn);
  const columns = [...schema.inputs, ...schema.outputs];
  demandDifferent(columns, "inputs, outputs");
  demandDifferent(schema.parameters, "parameters");
  demand(columns.every(({ offset }) => isOffset(offset)), "offset");
  for (const { type, optional, offset, layout } of schema.parameters) {
    demand(!optional && !isTextType(type) && offset % LAYOUTS[layout].bytes === 0, "parameters");
  }
  const isDate = ({ name, type }) => name === schema.dated_by && type === "date";
  demand(schema.dated_by === null || schema.inputs.some(isDate), "dated_by");
  demandList(schema.rejects, "rejects", demandReject);
  const names = new Set(schema.inputs.map(({ name }) => name));
  // A plan also rejects for what is no column: a running value, a split.
  demand(schema.plan || schema.rejects.every(({ column }) => names.has(column)), "rejects");
  demand(new Set(schema.rejects.map((reject) => reject.status)).size === schema.rejects.length, "rejects");
  demandList(schema.citations, "citations", (citation, place) =>
    demand(isText(citation.rule) && isText(citation.clause) && isText(citation.text ?? ""), place),
  );
  demand(Array.isArray(schema.invariants) && schema.invariants.every(isText), "invariants");
  if (schema.plan) demandPlan(schema, demandColumn);
}

/**
 * The module's schema, checked member by member and frozen.
 * @param {WebAssembly.Module} module
 */
export function readSchema(module) {
  const sections = WebAssembly.Module.customSections(module, "fen.schema");
  if (sections.length === 0) throw new FenError("schema_missing");
  demand(sections.length === 1, "fen.schema");
  let schema;
  try {
    schema = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(sections[0]));
  } catch (error) {
    throw new FenError("schema_invalid", error.message);
  }
  demand(isObject(schema), "fen.schema");
  // The version comes first: another one may describe everything else differently.
  if (schema.abi !== ABI) throw new FenError("abi_unknown", isNatural(schema.abi) ? String(schema.abi) : undefined);
  demandSchema(schema);
  return freeze(schema);
}

/** Without recursion, since members unknown to this host may nest as deeply as they like. */
function freeze(root) {
  const waiting = [root];
  while (waiting.length > 0) {
    for (const member of Object.values(Object.freeze(waiting.pop()))) {
      if (typeof member === "object" && member !== null) waiting.push(member);
    }
  }
  return root;
}

/** Refuses columns and parameters that overlap or leave the memory. Columns of different phases may share a place. */
export function checkPlaces({ batch, parameters, inputs, outputs, plan }, memoryLength) {
  const { capacity, status } = batch;
  if (!plan) return checkBatch([...inputs, ...outputs], status, [], parameters, capacity, memoryLength);
  for (const phase of plan.phases) {
    const columns = [...phase.inputs.map(({ column }) => column), ...phase.outputs];
    const tables = phase.state?.tables ?? [];
    const limit = Math.min(memoryLength, phase.state?.offset ?? memoryLength);
    checkBatch(columns, phase.status, tables.map(({ places }) => places), parameters, capacity, limit);
  }
}

function checkBatch(columns, status, records, parameters, capacity, memoryLength) {
  const placeOf = ({ name, offset, layout }, rows) => ({
    name,
    start: offset,
    end: offset + LAYOUTS[layout].bytes * rows,
  });
  const numbers = (name, bytes) => ({ offset }) => ({ name, start: offset, end: offset + bytes * capacity });
  const places = columns.map((column) => placeOf(column, capacity));
  places.push(...parameters.map((column) => placeOf(column, 1)));
  places.push(numbers("status", STATUS_BYTES)(status), ...records.map(numbers("places", PLACE_BYTES)));
  places.sort((one, other) => one.start - other.start);
  places.forEach((place, index) => {
    if (place.end > memoryLength) throw new FenError("column_outside_memory", place.name);
    const before = places[index - 1];
    if (before && place.start < before.end) throw new FenError("columns_overlap", `${before.name}, ${place.name}`);
  });
}
