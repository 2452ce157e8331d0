/** Whole modules made by hand, whose plans have phases that copy what they are given and add up what came before. */

import { constant, LAYOUT_BYTES, sha256 } from "./made-module.mjs";
import { join, leb, name, SECTION } from "./module-bytes.mjs";

const CAPACITY = 4;
/** So near the end of the memory that it must grow. */
const STATE_OFFSET = 65_536 - 16;
const MOST_PAGES = 4;

const I = { get: 0x20, set: 0x21, load32: 0x28, load64: 0x29, store64: 0x37, add: 0x6a, multiply: 0x6c, add64: 0x7c };

/** The place of a cell in a column, for the row in local 1. */
const cellAt = (offset, bytes) => [...constant(offset), I.get, 1, ...constant(bytes), I.multiply, I.add];

/** For each row: gives what its record holds, then adds to the record. */
function running(places, addend, before) {
  return [
    ...[0x02, 0x40, 0x03, 0x40, I.get, 1, I.get, 0, 0x4e, 0x0d, 1],
    ...[...cellAt(places, 4), I.load32, 2, 0, ...constant(8), I.multiply, ...constant(STATE_OFFSET), I.add, I.set, 2],
    ...[...cellAt(before, 8), I.get, 2, I.load64, 3, 0, I.store64, 3, 0],
    ...[I.get, 2, I.get, 2, I.load64, 3, 0, ...cellAt(addend, 8), I.load64, 3, 0, I.add64, I.store64, 3, 0],
    ...[I.get, 1, ...constant(1), I.add, I.set, 1, 0x0c, 0, 0x0b, 0x0b],
  ];
}

/**
 * A module with a plan. Each phase gives every input of its own as an output with `_out` behind its name.
 * @param {{inputs: object[], phases: {grain: number, more?: {source: object, column: object}[], sum?: {name: string, of: number,
 *   grain: number}}[], plan: object, dated_by?: string}} parts the first phase has all `inputs` of the policy; other phases only
 *   `more`; `sum` adds a running sum of an own input, given as an output of its name
 */
export function madePlan({ inputs, phases, plan, ...members }) {
  let next = 16;
  const place = (bytes) => {
    const offset = next;
    next += Math.ceil(bytes / 16) * 16;
    return offset;
  };
  const placed = (one) => ({ ...one, offset: place(LAYOUT_BYTES[one.layout] * CAPACITY) });
  const bodies = [];
  const made = phases.map(({ grain, more = [], sum }, at) => {
    const own = at === 0 ? inputs.map((column, input) => ({ source: { from: "input", input }, column })) : [];
    const given = [...own, ...more].map(({ source, column }) => ({ source, column: placed(column) }));
    const code = [];
    const uses = given.map(({ source }, input) => (source.from === "input" ? [] : [input]));
    const outputs = given.map(({ column }) => {
      const output = { ...placed(column), name: `${column.name}_out` };
      code.push(...constant(output.offset), ...constant(column.offset), 0x20, 0, ...constant(LAYOUT_BYTES[column.layout]));
      code.push(0x6c, 0xfc, 10, 0, 0);
      return output;
    });
    let state = null;
    if (sum) {
      const { column } = given[sum.of];
      const before = { ...placed(column), name: sum.name };
      const places = { offset: place(4 * CAPACITY) };
      code.push(...running(places.offset, column.offset, before.offset));
      const cells = [{ function: "sum", column: { ...column, name: sum.name, offset: 0 }, contribution: sum.of }];
      state = { offset: STATE_OFFSET, tables: [{ grain: sum.grain, bytes: 8, places, cells }] };
      outputs.push(before);
      uses.push(uses[sum.of]);
    }
    bodies.push([1, 2, 0x7f, ...code, ...constant(0), 0x0b]);
    return { entry: `phase${at}`, grain, status: { offset: 0 }, inputs: given, outputs, uses, state };
  });
  const exports = made.flatMap(({ entry }, at) => [...name(entry), 0, at]);
  const sections = [
    { id: SECTION.type, content: [1, 0x60, 1, 0x7f, 1, 0x7f] },
    { id: SECTION.function, content: [made.length, ...made.map(() => 0)] },
    { id: SECTION.memory, content: [1, 1, 1, MOST_PAGES] },
    { id: SECTION.export, content: [made.length + 1, ...name("memory"), 2, 0, ...exports] },
    { id: SECTION.code, content: [made.length, ...bodies.flatMap((body) => [...leb(body.length), ...body])] },
  ];
  const whole = { claim: 0, totals: [], splits: [], links: [], shared: [], ordered_by: null, reversal: null, ...plan };
  const results = whole.results.map(({ grain, outputs }) => ({
    grain,
    outputs: outputs.map(([phase, title]) => {
      const output = made[phase].outputs.findIndex((one) => one.name === title);
      return { source: { phase, output }, column: made[phase].outputs[output] };
    }),
  }));
  const schema = {
    ...{ abi: 3, policy: "test.plan", language: "en", title: null, source: null, in_force: null, dated_by: null },
    ...{ compiler: "none", source_sha256: "", code_sha256: sha256(join(sections)) },
    batch: { entry: made[0].entry, capacity: CAPACITY, status: { offset: 0 } },
    ...{ codes: 0, codes_sha256: sha256([]), parameters: [], rejects: [], citations: [], invariants: [] },
    inputs: made[0].inputs.map(({ column }) => column),
    outputs: made[0].outputs,
    ...members,
    plan: { ...whole, phases: made, results },
  };
  const content = [...name("fen.schema"), ...new TextEncoder().encode(JSON.stringify(schema))];
  return join([...sections, { id: SECTION.custom, content }]);
}

/** A grain of a plan. */
export function grain(title, keys = [], period = null) {
  return { name: title, label: { zh: title, en: title }, keys, period };
}
