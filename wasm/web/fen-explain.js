/**
 * Explains one claim: the values behind each result, the alternatives that applied, the clauses. What it gives is the JSON that
 * `fen explain --format json` prints; docs/explain.md describes it.
 */

import { Numbering } from "./fen-codes.js";
import { FenError } from "./fen-error.js";
import { amountOf, Narrator } from "./fen-explain-nodes.js";
import { machineOf } from "./fen-machine.js";
import { Rows } from "./fen-rows.js";
import { openTrace } from "./fen-trace.js";
import { isText, LAYOUTS, readCell, readWritten, writeCell } from "./fen-values.js";

/**
 * @param {object} policy a loaded policy whose parameters are set; one that settles claims singly
 * @param {Record<string, string>} row keyed by a column's name or either label
 * @param {{all?: boolean, before?: Record<string, string>, number?: number}} [options] `all`: also the alternatives that were
 *   not taken; `before`: what running values were before the claim, by name; `number`: of the row
 * @returns {Promise<object>} the explanation
 */
export async function explainClaim(policy, row, options = {}) {
  const { schema } = policy;
  const missing = policy.missingParameters();
  if (missing.length > 0) throw new FenError("parameters_missing", missing.map(({ name }) => name).join(", "));
  const { plan } = schema;
  const isSingle = !plan || (plan.phases.length === 1 && plan.claim === 0 && plan.results.every(({ grain }) => grain === 0));
  if (!isSingle) throw new FenError("needs_stream", schema.policy);
  const trace = await openTrace(policy);
  const { codes } = machineOf(policy);
  const rows = new Rows(schema);
  const cells = rows.cells(row);
  const texts = schema.inputs.map((column, at) => textOf(cells[at], column, row));
  const units = (kinds) => kinds.map((kind) => trace.described.kinds[kind].unit);
  const inputs = givenOf(schema.inputs, texts, units(trace.described.input_kinds));
  const parameters = parametersOf(policy, units(trace.described.parameter_kinds));
  const head = { ...headOf(schema, options.number ?? 1), inputs, parameters };
  const narrator = new Narrator(schema, trace.described, options.all === true);
  const wrong = cells.findIndex(({ code }) => code !== undefined);
  if (wrong >= 0) return rejectedOf(head, rows.reject(cells[wrong].code, wrong), narrator, texts);

  const numbering = new Numbering(codes);
  const integer = (value, { layout, type }) => {
    if (value === null) return LAYOUTS[layout].none;
    return isText(type) ? numbering.number(value) : value;
  };
  const set = policy.parameters();
  trace.writeParameters(schema.parameters.map((column) => readWritten(set[column.name], column).value));
  const [phase] = trace.described.phases;
  const read = plan ? plan.phases[0].inputs.map(({ source }) => source.input) : [...schema.inputs.keys()];
  const records = plan?.phases[0].state?.tables.flatMap((table) => table.cells) ?? [];
  const imports = phase.imports.map(({ source }) => {
    if (source.from === "record") return recordOf(records[source.record], options.before ?? {}, integer);
    const at = read[source.input];
    return integer(cells[at].value, schema.inputs[at]);
  });
  const ran = trace.run(phase, imports);
  if (ran.status !== 0) {
    const { code, column, reason } = schema.rejects.find(({ status }) => status === ran.status);
    return rejectedOf(head, { code, column, reason }, narrator, texts);
  }
  const { outputs, steps } = narrator.tell(phase, ran, imports, (number) => numbering.text(Number(number)));
  return { ...head, status: "settled", outputs, steps };
}

function headOf({ policy, title, source, language }, number) {
  return { explanation: 1, policy, title, source, language, row: number };
}

/** What stands in an input's cell: as it is written in files. */
function textOf({ value }, column, row) {
  if (value === null) return null;
  if (value !== undefined) return writeCell(value, column);
  const raw = [column.name, column.label.zh, column.label.en].map((key) => row[key]).find((text) => text !== undefined);
  return raw?.trim() || null;
}

const givenOf = (columns, texts, units) =>
  columns.map((column, at) => ({ name: column.name, label: column.label, ...amountOf(texts[at], column, units[at]) }));

function parametersOf(policy, units) {
  const set = policy.parameters();
  const columns = policy.schema.parameters;
  return givenOf(columns, columns.map(({ name }) => set[name]), units);
}

/** What a running value was before the claim; nothing came before where nothing is said. */
function recordOf({ function: name, column }, before, integer) {
  const text = before[column.name];
  const { value, code } = text === undefined ? { value: null } : readCell(text, { ...column, optional: true });
  if (code !== undefined) throw new FenError("state_invalid", `${column.name}: ${text}`);
  if (value !== null) return integer(value, column);
  return ["sum", "count", "linked"].includes(name) ? 0 : LAYOUTS[column.layout].none;
}

function rejectedOf(head, { code, column, reason }, narrator, texts) {
  return { ...head, status: "rejected", reject: narrator.refuse(code, column, reason, texts), outputs: [], steps: [] };
}
