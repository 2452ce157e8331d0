/** The plan in a schema, checked member by member: every place it names must be one. */

import { demand, demandList, isBilingual, isNatural, isObject, isOffset, isText } from "./fen-shapes.js";

const UNITS = ["year", "month"];
const TOTAL_FUNCTIONS = ["sum", "count", "max", "min"];
const STATE_FUNCTIONS = [...TOTAL_FUNCTIONS, "last", "linked"];
const RECORD_ALIGNMENT = 8;

const isPlaceIn = (list, value) => isNatural(value) && value < list.length;
const isAbsent = (value) => value === null || value === undefined;

/**
 * Refuses a plan that is not as described.
 * @param {object} schema whose other members are checked already
 * @param {(column: object, place: string) => void} demandColumn
 */
export function demandPlan(schema, demandColumn) {
  const { plan, inputs, dated_by: datedBy } = schema;
  demand(isObject(plan), "plan");
  demandList(plan.grains, "plan.grains", (grain, place) => {
    demand(isText(grain.name) && isBilingual(grain.label), place);
    const isKey = (at) => isPlaceIn(inputs, at) && !inputs[at].optional;
    demand(Array.isArray(grain.keys) && grain.keys.every(isKey), `${place}.keys`);
    if (isAbsent(grain.period)) return;
    const { unit, month, day } = grain.period;
    const isDay = isNatural(month) && month >= 1 && month <= 12 && isNatural(day) && day >= 1 && day <= 31;
    demand(UNITS.includes(unit) && isDay && datedBy !== null, `${place}.period`);
  });
  const isGrain = (value) => isPlaceIn(plan.grains, value);
  demand(isGrain(0) && plan.grains[0].keys.length === 0, "plan.grains");
  demand(isGrain(plan.claim), "plan.claim");

  demandList(plan.phases, "plan.phases", (phase, place) => {
    demand(isText(phase.entry) && isGrain(phase.grain), place);
    demand(isObject(phase.status) && isOffset(phase.status.offset), `${place}.status`);
    demandList(phase.inputs, `${place}.inputs`, ({ source, column }, at) => {
      demand(isObject(source) && isObject(column), at);
      demandColumn(column, `${at}.column`);
    });
    demandList(phase.outputs, `${place}.outputs`, demandColumn);
    const columns = [...phase.inputs.map(({ column }) => column), ...phase.outputs];
    demand(columns.every(({ offset }) => isOffset(offset)), `${place}.offset`);
    demandUses(phase, `${place}.uses`);
    if (!isAbsent(phase.state)) demandState(phase, `${place}.state`, isGrain, demandColumn);
  });
  demand(plan.phases.length > 0 && plan.phases[0].grain === 0, "plan.phases");
  const isOutput = (phase, output) => isPlaceIn(plan.phases, phase) && isPlaceIn(plan.phases[phase].outputs, output);

  demandList(plan.totals, "plan.totals", ({ function: name, phase, output, grain }, place) =>
    demand(TOTAL_FUNCTIONS.includes(name) && isOutput(phase, output) && isGrain(grain), place),
  );
  demandList(plan.splits, "plan.splits", ({ name, label, amount, phase, weight, pool }, place) => {
    demand(isText(name) && isBilingual(label) && isObject(amount), place);
    demand(isOutput(phase, weight) && isGrain(pool), place);
  });
  demandList(plan.links, "plan.links", ({ name, grain, phase, when, fields }, place) => {
    demand(isText(name) && isGrain(grain) && Array.isArray(fields) && isPlaceIn(plan.phases, phase), place);
    demand([...fields, ...(isAbsent(when) ? [] : [when])].every((output) => isOutput(phase, output)), place);
  });
  demandSources(plan, inputs, isOutput);

  demandList(plan.results, "plan.results", ({ grain, outputs }, place) => {
    demand(isGrain(grain), place);
    demandList(outputs, `${place}.outputs`, ({ source, column }, at) => {
      demand(isObject(source) && isOutput(source.phase, source.output) && isObject(column), at);
      demandColumn(column, at);
    });
  });
  demandList(plan.shared, "plan.shared", ({ input, grain }, place) => demand(isPlaceIn(inputs, input) && isGrain(grain), place));
  demand(isAbsent(plan.ordered_by) || inputs[plan.ordered_by]?.type === "date", "plan.ordered_by");
  const { reversal } = plan;
  if (isAbsent(reversal)) return;
  demand(isObject(reversal) && inputs[reversal.claim]?.type === "id", "plan.reversal");
  demand(inputs[reversal.reverses]?.type === "id" && inputs[reversal.reverses].optional, "plan.reversal");
  if (plan.claim === 0) return;
  const { keys, within_claim: isWithin } = plan.grains[plan.claim];
  demand(isWithin === true && keys.length === 1 && keys[0] === reversal.claim, "plan.reversal");
}

function demandUses({ uses, inputs, outputs }, place) {
  if (isAbsent(uses)) return;
  demand(Array.isArray(uses) && uses.length <= outputs.length, place);
  demand(uses.every((list) => Array.isArray(list) && list.every((input) => isPlaceIn(inputs, input))), place);
}

function demandState({ state, inputs, outputs }, place, isGrain, demandColumn) {
  demand(isObject(state) && isOffset(state.offset), place);
  const { reads = [] } = state;
  demand(Array.isArray(reads) && (reads.length === 0 || reads.length === outputs.length), `${place}.reads`);
  demandList(state.tables, `${place}.tables`, ({ grain, bytes, places, cells }, at) => {
    demand(isGrain(grain) && isNatural(bytes) && bytes > 0 && bytes % RECORD_ALIGNMENT === 0, at);
    demand(isObject(places) && isOffset(places.offset), `${at}.places`);
    demandList(cells, `${at}.cells`, (cell, cellAt) => {
      demand(STATE_FUNCTIONS.includes(cell.function) && isObject(cell.column), cellAt);
      demandColumn(cell.column, cellAt);
      demand(cell.column.offset < bytes, cellAt);
      demand(isAbsent(cell.contribution) || isPlaceIn(outputs, cell.contribution), cellAt);
    });
  });
  if (reads.length === 0) return;
  const cells = state.tables.flatMap((table) => table.cells);
  const isPlacesIn = (list, places) => Array.isArray(places) && places.every((at) => isPlaceIn(list, at));
  const isReads = (one) => isObject(one) && isPlacesIn(inputs, one.inputs) && isPlacesIn(cells, one.cells);
  demand(reads.every(isReads), `${place}.reads`);
  demand(cells.every((cell) => isReads(cell.reads) && (isAbsent(cell.condition) || isReads(cell.condition))), `${place}.tables`);
}

/** Sources name earlier phases only, so that everything can be computed in the order of the phases. */
function demandSources(plan, inputs, isOutput) {
  const demandSource = (source, before, place) => {
    const isEarlier = (phase) => phase < before;
    const { from } = source;
    if (from === "input") return demand(isPlaceIn(inputs, source.input), place);
    if (from === "value") return demand(isOutput(source.phase, source.output) && isEarlier(source.phase), place);
    if (from === "total") return demand(isPlaceIn(plan.totals, source.total) && isEarlier(plan.totals[source.total].phase), place);
    if (from === "part") {
      demand(isPlaceIn(plan.splits, source.split), place);
      const { phase, amount } = plan.splits[source.split];
      demand(isEarlier(phase) && amount.from !== "part", place);
      return demandSource(amount, before, place);
    }
    demand((from === "linked" || from === "field") && isPlaceIn(plan.links, source.link), place);
    const { phase, fields } = plan.links[source.link];
    demand(isEarlier(phase) && (from === "linked" || isPlaceIn(fields, source.field)), place);
  };
  plan.phases.forEach(({ inputs: columns }, phase) =>
    columns.forEach(({ source }, at) => demandSource(source, phase, `plan.phases[${phase}].inputs[${at}]`)),
  );
}
