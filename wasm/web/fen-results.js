/** The results of a stream as text: of its rows, and of its groups. */

import { isAmount, readWritten, writeCell } from "./fen-values.js";

/**
 * What became of each row, in the order in which they were given.
 * @param {object} schema one with a plan
 * @param {import("./fen-flow.js").Flow} flow at its end
 * @returns {import("./fen-stream.js").RowResult[]}
 */
export function rowResults(schema, flow) {
  const columns = columnsOf(schema, 0);
  const hasLines = schema.plan.claim !== 0;
  const nothing = Object.fromEntries(columns.map(({ column }) => [column.name, ""]));
  return flow.rejects.map((reject, row) => {
    if (reject !== null) return reject;
    const isReversal = flow.earlier.has(row) || flow.targets.has(row);
    // It is no line.
    if (isReversal && hasLines) return { settled: true, outputs: nothing };
    if (isReversal) return { settled: true, outputs: takenBack(columns, flow, row) };
    const { outputs, reject: lacking } = outputsOf(columns, flow, row);
    return lacking ?? { settled: true, outputs };
  });
}

/** What a claim of several lines is given, by its first row, if its policy takes claims back: as texts, and why some is missing. */
export function claimOutputs(schema, flow, row) {
  return outputsOf(columnsOf(schema, schema.plan.claim), flow, row);
}

function columnsOf({ plan }, place) {
  return plan.results.find(({ grain }) => grain === place)?.outputs ?? [];
}

/** What is pooled is not given to claims that are taken back. */
function outputsOf(columns, flow, row) {
  const isTaken = flow.taken.has(row);
  const values = columns.map(({ source: { phase, output } }) => {
    return isTaken && flow.pooled.output(phase, output) ? null : (flow.output(phase, output, row) ?? null);
  });
  const texts = columns.map(({ column }, at) => [column.name, flow.rejectIn([values[at]]) ? "" : writeCell(values[at], column)]);
  return { outputs: Object.fromEntries(texts), reject: flow.rejectIn(values) };
}

/** A row that takes a claim back yields what that did, amounts negated. */
function takenBack(columns, flow, row) {
  const earlier = flow.earlier.get(row);
  const texts = columns.map(({ column, source: { phase, output } }) => {
    if (flow.pooled.output(phase, output)) return [column.name, ""];
    const read = () => readWritten(earlier[column.name] ?? "", { ...column, optional: true }).value ?? null;
    const value = earlier === undefined ? flow.output(phase, output, flow.targets.get(row)) : read();
    return [column.name, writeCell(value !== null && isAmount(column.type) ? -value : value, column)];
  });
  return Object.fromEntries(texts);
}

/**
 * The groups of every coarser grain that has outputs: in the order of their keys, claims in that of the stream. Where claims of
 * several lines can be taken back, they are all among claims, and what takes them back.
 * @param {number[]} order of the rows in the stream
 * @returns {import("./fen-stream.js").GrainResult[]}
 */
export function groupResults(schema, flow, order) {
  const coarser = schema.plan.results.filter(({ grain }) => grain !== 0);
  return coarser.map(({ grain: place, outputs }) => {
    const groups = flow.groups[place];
    const { grain } = groups;
    const result = (rows) => ({ grain: grain.name, label: grain.label, columns: grain.columns, outputs: outputs.map(({ column }) => column.name), rows });
    if (place === schema.plan.claim && schema.plan.reversal) return result(claimResults(schema, flow, outputs, order));
    const numbers = [...groups.first.keys()];
    if (place !== schema.plan.claim) numbers.sort((one, other) => groups.compare(one, other));
    const rows = numbers.map((number) => {
      const keys = grain.write(groups.values(number)).map((text, at) => [grain.columns[at], text]);
      const values = outputs.map(({ source }) => flow.output(source.phase, source.output, groups.first[number]));
      const texts = outputs.map(({ column }, at) => [column.name, flow.rejectIn([values[at]]) ? "" : writeCell(values[at], column)]);
      return { keys: Object.fromEntries(keys), outputs: Object.fromEntries(texts), reject: flow.rejectIn(values) };
    });
    return result(rows);
  });
}

function claimResults(schema, flow, columns, order) {
  const groups = flow.groups[schema.plan.claim];
  const { claim } = schema.plan.reversal;
  const isReversal = (row) => flow.earlier.has(row) || flow.targets.has(row);
  const isOne = (row) => flow.rejects[row] === null && (isReversal(row) || groups.first[groups.of(row)] === row);
  return order.filter(isOne).map((row) => {
    const keys = { [schema.inputs[claim].name]: flow.cells[claim][row] };
    return isReversal(row) ? { keys, outputs: takenBack(columns, flow, row), reject: null } : { keys, ...outputsOf(columns, flow, row) };
  });
}
