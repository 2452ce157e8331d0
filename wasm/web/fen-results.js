/** The results of a stream as text: of its rows, and of its groups. */

import { isAmount, readWritten, writeCell } from "./fen-values.js";

/**
 * What became of each row, in the order in which they were given.
 * @param {object} schema one with a plan
 * @param {import("./fen-flow.js").Flow} flow at its end
 * @returns {import("./fen-stream.js").RowResult[]}
 */
export function rowResults(schema, flow) {
  const columns = schema.plan.results.find(({ grain }) => grain === 0)?.outputs ?? [];
  const resultOf = (row, sign) => {
    if (flow.rejects[row] !== null) return flow.rejects[row];
    const values = columns.map(({ source }) => flow.output(source.phase, source.output, row));
    const reject = flow.rejectIn(values);
    if (reject) return reject;
    const texts = columns.map(({ column }, at) => [column.name, writeCell(sign(values[at], column), column)]);
    return { settled: true, outputs: Object.fromEntries(texts) };
  };
  const asIs = (value) => value;
  // A row that takes a claim back yields what that did, amounts negated.
  const negated = (value, { type }) => (value !== null && isAmount(type) ? -value : value);
  const ofEarlier = (texts) => {
    const negatedText = ({ column }) => writeCell(negated(readWritten(texts[column.name] ?? "", { ...column, optional: true }).value ?? null, column), column);
    return { settled: true, outputs: Object.fromEntries(columns.map((one) => [one.column.name, negatedText(one)])) };
  };
  return flow.rejects.map((reject, row) => {
    if (reject === null && flow.earlier.has(row)) return ofEarlier(flow.earlier.get(row));
    const target = reject === null ? flow.targets.get(row) : undefined;
    return target === undefined ? resultOf(row, asIs) : resultOf(target, negated);
  });
}

/**
 * The groups of every coarser grain that has outputs: in the order of their keys, claims in that of the stream.
 * @returns {import("./fen-stream.js").GrainResult[]}
 */
export function groupResults(schema, flow) {
  const coarser = schema.plan.results.filter(({ grain }) => grain !== 0);
  return coarser.map(({ grain: place, outputs }) => {
    const groups = flow.groups[place];
    const { grain } = groups;
    const numbers = [...groups.first.keys()];
    if (place !== schema.plan.claim) numbers.sort((one, other) => groups.compare(one, other));
    const rows = numbers.map((number) => {
      const keys = grain.write(groups.values(number)).map((text, at) => [grain.columns[at], text]);
      const values = outputs.map(({ source }) => flow.output(source.phase, source.output, groups.first[number]));
      const texts = outputs.map(({ column }, at) => [column.name, flow.rejectIn([values[at]]) ? "" : writeCell(values[at], column)]);
      return { keys: Object.fromEntries(keys), outputs: Object.fromEntries(texts), reject: flow.rejectIn(values) };
    });
    return { grain: grain.name, label: grain.label, columns: grain.columns, outputs: outputs.map(({ column }) => column.name), rows };
  });
}
