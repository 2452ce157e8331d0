/** Streams: periods, splits, links and groups by themselves, then plans with phases made by hand; no site is needed. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCsv, readTable } from "../../wasm/web/csv.js";
import { compareTexts } from "../../wasm/web/fen-codes.js";
import { keyOf } from "../../wasm/web/fen-groups.js";
import { nextLinks } from "../../wasm/web/fen-links.js";
import { periodOf, readPeriod, writePeriod } from "../../wasm/web/fen-periods.js";
import { divide } from "../../wasm/web/fen-splits.js";
import { settleStream } from "../../wasm/web/fen-stream.js";
import { totals } from "../../wasm/web/fen-totals.js";
import { readWritten, writeCell } from "../../wasm/web/fen-values.js";
import { loadPolicy } from "../../wasm/web/fen.js";
import { column } from "./made-module.mjs";
import { grain, madePlan } from "./made-plan.mjs";

const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe("periods", () => {
  const inPeriod = (text, unit, month = 1, day = 1) => {
    const period = { unit, month, day };
    const number = periodOf(dayOf(text), period);
    const written = writePeriod(number, period);
    assert.equal(readPeriod(written, period), number);
    return written;
  };

  test("calendar years", () => {
    assert.equal(inPeriod("2022-01-01", "year"), "2022");
    assert.equal(inPeriod("2022-12-31", "year"), "2022");
    assert.equal(inPeriod("0001-01-01", "year"), "0001");
  });

  test("insurance years", () => {
    assert.equal(inPeriod("2022-06-30", "year", 7), "2021");
    assert.equal(inPeriod("2022-07-01", "year", 7), "2022");
    assert.equal(inPeriod("2024-02-29", "year", 3, 1), "2023");
    assert.equal(inPeriod("2024-03-14", "year", 3, 15), "2023");
    assert.equal(inPeriod("0001-01-01", "year", 7), "0000");
  });

  test("months", () => {
    assert.equal(inPeriod("2022-03-31", "month"), "2022-03");
    assert.equal(inPeriod("2022-12-01", "month"), "2022-12");
    assert.equal(inPeriod("1969-12-31", "month"), "1969-12");
    assert.equal(periodOf(dayOf("2022-01-05"), { unit: "month", month: 1, day: 1 }), 12 * 2022);
  });

  test("text that names none", () => {
    assert.equal(readPeriod("2022-03", { unit: "year" }), undefined);
    for (const text of ["2022", "2022-13", "2022-3", "22-03", "undefined"]) assert.equal(readPeriod(text, { unit: "month" }), undefined);
  });
});

describe("splits", () => {
  test("by largest remainder", () => {
    assert.deepEqual(divide(100_000_000n, [3_505_000n, 850_000n, 3_188_546n]), [46_463_560n, 11_267_910n, 42_268_530n]);
    assert.deepEqual(divide(10n, [1n, 1n, 1n]), [4n, 3n, 3n]);
    assert.deepEqual(divide(11n, [1n, 1n, 1n]), [4n, 4n, 3n]);
    assert.deepEqual(divide(1n, [1n, 3n, 0n]), [0n, 1n, 0n]);
    const large = 2n ** 126n;
    assert.equal(divide(large, [large, large - 1n, 7n]).reduce((sum, part) => sum + part, 0n), large);
  });

  test("of negative amounts and without weights", () => {
    assert.deepEqual(divide(-10n, [1n, 1n, 1n]), [-4n, -3n, -3n]);
    assert.deepEqual(divide(0n, [0n, 0n]), [0n, 0n]);
    assert.equal(divide(1n, [0n, 0n]), null);
  });
});

test("totals", () => {
  const values = [[0, 5n], [1, null], [0, -7n], [0, null]];
  assert.deepEqual(totals("sum", 2, values), [-2n, 0n]);
  assert.deepEqual(totals("count", 2, values), [2n, 0n]);
  assert.deepEqual(totals("max", 2, values), [5n, null]);
  assert.deepEqual(totals("min", 2, values), [-7n, null]);
});

test("links lead to the next claim that counts", () => {
  const groups = ["a", "b", "a", "a", "b"];
  const links = nextLinks([0, 1, 2, 3, 4], (claim) => groups[claim], (claim) => claim !== 2);
  assert.deepEqual([...links].sort(), [[0, 3], [1, 4], [2, 3], [3, -1], [4, -1]]);
});

test("texts are in the order of their bytes", () => {
  const texts = ["b", "a", "\u{20000}", "\uff21", "ab", "", "中"];
  const bytes = [...texts].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  assert.deepEqual([...texts].sort(compareTexts), bytes);
});

test("what is written can be read", () => {
  for (const scale of [0, 1, 2, 4]) {
    const rate = column("share", "rate", { scale });
    assert.deepEqual(readWritten(writeCell(-11n, rate), rate), { value: -11n });
  }
  assert.deepEqual(readWritten("115%", column("share", "rate", { scale: 1 })), { code: "too_many_decimals" });
});

test("keys that differ have different names", () => {
  assert.notEqual(keyOf(["a1:b", "c"]), keyOf(["a", "b1:c"]));
  assert.notEqual(keyOf(["1:a", ""]), keyOf(["1", ":a"]));
});

describe("files of comma-separated values", () => {
  const cellsOf = (text) => parseCsv(text)?.map(({ cells }) => cells) ?? null;

  test("with quotes, blank lines and any end of line", () => {
    assert.deepEqual(cellsOf('\ufeffa,b\r\n\r\n"1,""2""",\n3,"4\n5"'), [["a", "b"], ['1,"2"', ""], ["3", "4\n5"]]);
    assert.deepEqual(cellsOf("a\n"), [["a"]]);
    assert.deepEqual(cellsOf("a,"), [["a", ""]]);
    assert.deepEqual(cellsOf(""), []);
    assert.equal(cellsOf('a\n"b'), null);
  });

  test("as rows", () => {
    assert.deepEqual(readTable("a, b\n1,2\n"), { rows: [{ a: "1", b: "2" }] });
    assert.deepEqual(readTable('a,b\n"1\n",2\n\n3\n'), { line: 5 });
    assert.deepEqual(readTable('a\n"b'), { line: 0 });
    assert.deepEqual(readTable(""), { rows: [] });
  });
});

const money = (title, more = {}) => column(title, "money", { scale: 2, min: "-1000000", max: "1000000", ...more });
const id = (title, more = {}) => column(title, "id", more);

/** Loads a made policy and settles rows that are written as lists. */
async function settled(parts, rows, options = {}) {
  const policy = await loadPolicy(madePlan(parts));
  const texts = rows.map((row) => Object.fromEntries(parts.inputs.map(({ name }, at) => [name, row[at]])));
  return settleStream(policy, texts, {}, options);
}

const outcome = (result) => (result.settled ? Object.values(result.outputs) : `${result.code} ${result.column}`);

describe("totals, splits and values of coarser grains", () => {
  const parts = (weight = "weight") => ({
    inputs: [id("hospital"), money("weight")],
    phases: [
      { grain: 0 },
      { grain: 1, more: [{ source: { from: "total", total: 0 }, column: money("earned") }] },
      { grain: 2, more: [{ source: { from: "total", total: 1 }, column: money("whole") }] },
      {
        grain: 1,
        more: [
          { source: { from: "part", split: 0 }, column: money("payment") },
          { source: { from: "value", phase: 1, output: 0 }, column: money("again") },
        ],
      },
      { grain: 0, more: [{ source: { from: "value", phase: 3, output: 0 }, column: money("payment") }] },
    ],
    plan: {
      grains: [grain("claim"), grain("hospital", [0]), grain("pool")],
      totals: [
        { function: "sum", phase: 0, output: 1, grain: 1 },
        { function: weight === "weight" ? "count" : "sum", phase: 1, output: 0, grain: 2 },
      ],
      splits: [{ name: "payment", label: { zh: "支付", en: "payment" }, amount: { from: "value", phase: 2, output: 0 }, step: "1", phase: 1, weight: 0, pool: 2 }],
      results: [
        { grain: 0, outputs: [[4, "payment_out"]] },
        { grain: 1, outputs: [[3, "again_out"], [3, "payment_out"]] },
        { grain: 2, outputs: [[2, "whole_out"]] },
      ],
    },
  });

  test("more rows than a batch, a rejected one, ties by key", async () => {
    // The pool divides as many steps as there are hospitals: 3.
    const rows = [["h2", "1.00"], ["h1", "0.50"], ["h3", "x"], ["h10", "1.00"], ["h1", "0.50"], ["h2", "0.00"]];
    const { rows: results, groups, state } = await settled(parts(), rows);
    assert.deepEqual(results.map(outcome), [["0.01"], ["0.01"], "not_a_number weight", ["0.01"], ["0.01"], ["0.01"]]);
    assert.deepEqual(groups.map(({ grain: name, columns, outputs }) => [name, columns, outputs]), [
      ["hospital", ["hospital"], ["again_out", "payment_out"]],
      ["pool", [], ["whole_out"]],
    ]);
    assert.deepEqual(groups[0].rows.map(({ keys, outputs }) => [keys.hospital, ...Object.values(outputs)]), [
      ["h1", "1.00", "0.01"],
      ["h10", "1.00", "0.01"],
      ["h2", "1.00", "0.01"],
    ]);
    assert.deepEqual(groups[1].rows, [{ keys: {}, outputs: { whole_out: "0.03" }, reject: null }]);
    assert.equal(state, null);
  });

  test("weights that are all zero", async () => {
    const { rows, groups } = await settled(parts(), [["h1", "0"], ["h2", "0"]]);
    assert.deepEqual(rows.map(outcome), ["no_weights payment", "no_weights payment"]);
    assert.match(rows[0].reason.zh, /权重/);
    assert.deepEqual(groups[0].rows.map(({ outputs, reject }) => [...Object.values(outputs), reject.code]), [
      ["0.00", "", "no_weights"],
      ["0.00", "", "no_weights"],
    ]);
    assert.equal(groups[1].rows[0].outputs.whole_out, "0.02");
    const independent = { ...parts(), plan: { ...parts().plan, results: [{ grain: 0, outputs: [[0, "weight_out"]] }] } };
    assert.deepEqual((await settled(independent, [["h1", "0"], ["h2", "0"]])).rows.map(outcome), [["0.00"], ["0.00"]]);
    const none = await settled(parts("sum"), [["h1", "0"]]);
    assert.deepEqual(none.rows.map(outcome), [["0.00"]]);
  });

  test("a total out of range stops the run", async () => {
    const many = Array.from({ length: 3 }, () => ["h1", "999999.99"]);
    await assert.rejects(settled(parts(), many), { code: "total_out_of_range" });
  });

  test("no rows", async () => {
    const { rows, groups } = await settled(parts(), []);
    assert.deepEqual([rows, groups.map(({ rows: list }) => list)], [[], [[], []]]);
  });
});

describe("lines of claims", () => {
  const parts = {
    inputs: [id("claim"), column("discharged", "date"), column("hospital", "enum"), money("amount")],
    dated_by: "discharged",
    phases: [
      { grain: 0 },
      {
        grain: 1,
        more: [
          { source: { from: "total", total: 0 }, column: money("total") },
          { source: { from: "input", input: 2 }, column: column("level", "enum") },
        ],
      },
      { grain: 2, more: [{ source: { from: "total", total: 1 }, column: column("claims", "number", { min: "0", max: "100" }) }] },
    ],
    plan: {
      claim: 1,
      grains: [grain("line"), grain("claim", [0]), grain("month", [], { unit: "month", month: 1, day: 1 })],
      totals: [{ function: "sum", phase: 0, output: 3, grain: 1 }, { function: "count", phase: 1, output: 0, grain: 2 }],
      shared: [{ input: 1, grain: 1 }, { input: 2, grain: 1 }],
      results: [
        { grain: 0, outputs: [[0, "amount_out"], [1, "total_out"]] },
        { grain: 1, outputs: [[1, "total_out"], [1, "level_out"]] },
        { grain: 2, outputs: [[2, "claims_out"]] },
      ],
    },
  };

  test("are settled together and rejected together", async () => {
    const { rows, groups } = await settled(parts, [
      ["K9", "2022-05-01", "city", "1"],
      ["K1", "2022-03-01", "county", "2"],
      ["K9", "2022-05-01", "city", "10"],
      ["K2", "2022-03-01", "county", "1"],
      ["K2", "2022-03-02", "city", "1"],
      ["K3", "2022-03-01", "county", "1"],
      ["K3", "2022-03-01", "county", "one"],
      ["K4", "2022-03-31", "county", "1"],
      ["", "2022-03-31", "county", "1"],
    ]);
    assert.deepEqual(rows.map(outcome), [
      ["1.00", "11.00"],
      ["2.00", "2.00"],
      ["10.00", "11.00"],
      ...["differs discharged", "differs discharged", "claim_rejected claim", "not_a_number amount"],
      ["1.00", "1.00"],
      "missing claim",
    ]);
    const listed = groups.map(({ rows: list }) => list.map(({ keys, outputs }) => [...Object.values(keys), ...Object.values(outputs)]));
    assert.deepEqual(listed, [
      [["K9", "11.00", "city"], ["K1", "2.00", "county"], ["K4", "1.00", "county"]],
      [["2022-03", "2"], ["2022-05", "1"]],
    ]);
    assert.deepEqual(groups[1].columns, ["month"]);
  });
});

describe("next links", () => {
  const date = (title) => column(title, "date", { optional: true });
  const parts = {
    inputs: [id("person"), column("admitted", "date"), column("counts", "bool")],
    phases: [
      { grain: 0 },
      {
        grain: 0,
        more: [
          { source: { from: "linked", link: 0 }, column: column("next known", "bool") },
          { source: { from: "field", link: 0, field: 0 }, column: date("next") },
        ],
      },
    ],
    plan: {
      grains: [grain("claim"), grain("person", [0])],
      links: [{ name: "next", grain: 1, phase: 0, when: 2, fields: [1] }],
      results: [{ grain: 0, outputs: [[1, "next known_out"], [1, "next_out"]] }],
      ordered_by: 1,
    },
  };
  const rows = [
    ["P", "2022-03-01", "true"],
    ["Q", "2022-03-02", "true"],
    ["P", "2022-03-03", "false"],
    ["P", "2022-03-04", "maybe"],
    ["P", "2022-03-05", "true"],
  ];

  test("pass over claims for which the condition does not hold, and rejected ones", async () => {
    const { rows: results } = await settled(parts, rows);
    assert.deepEqual(results.map(outcome), [
      ["true", "2022-03-05"],
      ["false", ""],
      ["true", "2022-03-05"],
      "unknown_value counts",
      ["false", ""],
    ]);
  });

  test("rows out of order are refused, or put in order", async () => {
    const mixed = [rows[4], rows[0], rows[3], rows[2]];
    await assert.rejects(settled(parts, mixed), { code: "rows_out_of_order" });
    const { rows: results } = await settled(parts, mixed, { sort: true });
    assert.deepEqual(results.map(outcome), [["false", ""], ["true", "2022-03-05"], "unknown_value counts", ["true", "2022-03-05"]]);
  });
});

describe("running values", () => {
  const parts = (reversal = null) => ({
    inputs: [id("claim"), id("person"), column("settled", "date"), money("burden"), id("reverses", { optional: true })],
    dated_by: "settled",
    phases: [{ grain: 0, sum: { name: "before", of: 3, grain: 1 } }],
    plan: {
      grains: [grain("claim"), grain("person.year", [1], { unit: "year", month: 7, day: 1 })],
      reversal,
      results: [{ grain: 0, outputs: [[0, "before"]] }],
    },
  });
  const claim = (name, person, day, burden, reverses = "") => [name, person, day, burden, reverses];

  test("by person and year, in memory that grows", async () => {
    const { rows, state } = await settled(parts(), [
      claim("1", "A", "2022-07-01", "1.00"),
      claim("2", "B", "2022-07-01", "5.00"),
      claim("3", "A", "2023-06-30", "2.50"),
      claim("4", "A", "2023-06-30", "x"),
      claim("5", "A", "2023-07-01", "9.00"),
      claim("6", "A", "2023-06-30", "1.00"),
    ]);
    assert.deepEqual(rows.map(outcome), [["0.00"], ["0.00"], ["1.00"], "not_a_number burden", ["0.00"], ["3.50"]]);
    assert.deepEqual(state.phases[0].tables, [
      {
        grain: "person.year",
        records: [
          { keys: ["A", "2022"], cells: { before: "4.50" } },
          { keys: ["B", "2022"], cells: { before: "5.00" } },
          { keys: ["A", "2023"], cells: { before: "9.00" } },
        ],
      },
    ]);
  });

  test("go on where an earlier stream ended", async () => {
    const first = await settled(parts(), [claim("1", "A", "2022-07-01", "1.00"), claim("2", "B", "2022-07-01", "5.00")]);
    const state = JSON.parse(JSON.stringify(first.state));
    const { rows } = await settled(parts(), [claim("3", "A", "2022-07-02", "1"), claim("4", "C", "2022-07-02", "1")], { state });
    assert.deepEqual(rows.map(outcome), [["1.00"], ["0.00"]]);
    const refused = { state: { phases: [] } };
    await assert.rejects(settled(parts(), [], refused), { code: "state_invalid" });
  });

  test("begin with what is given", async () => {
    const { rows } = await settled(parts(), [claim("3", "A", "2022-07-02", "1")], { before: { before: "12.34" } });
    assert.deepEqual(rows.map(outcome), [["12.34"]]);
    await assert.rejects(settled(parts(), [claim("3", "A", "2022-07-02", "1")], { before: { before: "1.2.3" } }), { code: "state_invalid" });
  });

  test("are as if a reversed claim had not been there", async () => {
    const { rows, state } = await settled(parts({ claim: 0, reverses: 4 }), [
      claim("1", "A", "2022-07-01", "1.00"),
      claim("2", "A", "2022-07-01", "2.00"),
      claim("3", "A", "2022-07-01", "4.00"),
      claim("4", "", "-", "?", "2"),
      claim("5", "A", "2022-07-01", "8.00"),
      claim("6", "", "", "", "2"),
      claim("7", "", "", "", "9"),
      claim("5", "A", "2022-07-01", "8.00"),
      claim("8", "", "", "", "4"),
      claim("5", "", "", "", "1"),
      claim("", "", "", "", "1"),
      claim("9", "A", "2022-07-01", "", ""),
      claim("9", "A", "2022-07-01", "1.00"),
    ]);
    assert.deepEqual(rows.map(outcome), [
      ["0.00"],
      ["1.00"],
      ["3.00"],
      ["-1.00"],
      ["5.00"],
      ...["already_reversed reverses", "unknown_claim reverses", "duplicate_claim claim", "unknown_claim reverses"],
      ...["duplicate_claim claim", "missing claim", "missing burden"],
      ["13.00"],
    ]);
    assert.equal(state.phases[0].tables[0].records[0].cells.before, "14.00");
  });

  test("of earlier streams are as if a reversed claim had not been there", async () => {
    const first = await settled(parts({ claim: 0, reverses: 4 }), [
      claim("1", "A", "2022-07-01", "1.00"),
      claim("2", "A", "2022-07-01", "2.00"),
      claim("3", "A", "2022-07-01", "4.00"),
      claim("4", "", "", "", "2"),
    ]);
    const state = JSON.parse(JSON.stringify(first.state));
    const second = await settled(parts({ claim: 0, reverses: 4 }), [
      claim("5", "", "", "", "3"),
      claim("6", "A", "2022-07-02", "8.00"),
      claim("7", "", "", "", "2"),
      claim("8", "", "", "", "4"),
      claim("1", "A", "2022-07-02", "8.00"),
      claim("9", "", "", "", "1"),
    ], { state });
    assert.deepEqual(second.rows.map(outcome), [
      ...[["-3.00"], ["1.00"], "already_reversed reverses", "unknown_claim reverses", "duplicate_claim claim", ["0.00"]],
    ]);
    assert.equal(second.state.phases[0].tables[0].records[0].cells.before, "8.00");
    assert.equal(second.state.claims.length, 7);
  });
});

describe("a policy with a plan", () => {
  test("settles no rows one by one", async () => {
    const policy = await loadPolicy(madePlan({ inputs: [money("a")], phases: [{ grain: 0 }], plan: { grains: [grain("claim")], results: [] } }));
    assert.throws(() => policy.settle([]), { code: "needs_stream" });
  });

  test("that is not as described is refused", async () => {
    const broken = (plan) => loadPolicy(madePlan({ inputs: [money("a")], phases: [{ grain: 0 }], plan: { grains: [grain("claim")], results: [], ...plan } }));
    await broken({});
    const faults = {
      "no grains": { grains: [] },
      "keys of rows": { grains: [grain("claim", [0])] },
      "a key that is no input": { grains: [grain("claim"), grain("b", [1])] },
      "a period without a date": { grains: [grain("claim"), grain("b", [], { unit: "year", month: 1, day: 1 })] },
      "a claim that is no grain": { claim: 1 },
      "a total of no output": { totals: [{ function: "sum", phase: 0, output: 1, grain: 0 }] },
      "an unknown function": { totals: [{ function: "mean", phase: 0, output: 0, grain: 0 }] },
      "a link to no phase": { links: [{ name: "a", grain: 0, phase: 1, when: null, fields: [] }] },
      "an order by no date": { ordered_by: 0 },
      "a reversal without ids": { reversal: { claim: 0, reverses: 0 } },
      "a shared input that is none": { shared: [{ input: 3, grain: 0 }] },
    };
    for (const [fault, plan] of Object.entries(faults)) await assert.rejects(broken(plan), { code: "schema_invalid" }, fault);
  });
});
