/** Real policies that look beyond the row at hand, with the results that are known for them. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { settleStream } from "../../wasm/web/fen-stream.js";
import { loadPolicy } from "../../wasm/web/fen.js";

/** The policy of this name in compiler/tests/grains, as tests/tests/web.rs has compiled it. */
async function load(policy) {
  const folder = process.env.FEN_EXAMPLES;
  if (!folder) throw new Error("FEN_EXAMPLES must name the folder of the compiled examples");
  return loadPolicy(new Uint8Array(await readFile(join(folder, `${policy}.wasm`))));
}

/** Rows that are written as one line each, the cells in the order of the inputs. */
function rowsOf({ schema }, lines) {
  return lines.map((line) => {
    const cells = line.split(",");
    assert.equal(cells.length, schema.inputs.length, line);
    return Object.fromEntries(schema.inputs.map(({ name }, at) => [name, cells[at].trim()]));
  });
}

const outcome = (result) => (result.settled ? Object.values(result.outputs).join(" ") : `${result.code} ${result.column}`);
const groupOf = ({ keys, outputs }) => [...Object.values(keys), ...Object.values(outputs)].join(" ");

const STAYS = [
  ["A, 2022-09-01, county, , direct, false, 10000.00, 9000.00", "6880.00 3120.00"],
  ["A, 2022-10-01, city, county, up, false, 50000.00, 45000.00", "31290.00 18710.00"],
  ["A, 2022-11-01, county, city, down, false, 3000.00, 2800.00", "2240.00 760.00"],
  ["B, 2022-11-02, city, , irregular, false, 8000.00, 7000.55", "3780.33 4219.67"],
  ["B, 2022-12-01, city, , direct, true, 6000.00, 5001.01", "3255.71 2744.29"],
  ["C, 2022-12-31, township, , direct, false, 1000.00, 900.00", "630.00 370.00"],
  ["C, 2023-01-01, township, , direct, false, 1000.00, 900.00", "644.00 356.00"],
  ["D, 2022-12-05, provincial, , direct, false, 300000.00, 280000.00", "150000.00 150000.00"],
  ["D, 2022-12-06, county, , direct, false, 9000.00, 9000.00", "0.00 9000.00"],
  ["E, 2022-07-31, county, , direct, false, 9000.00, 9000.00", "before_in_force discharged"],
  ["F, 2022-09-01, county, , direct, false, -5.00, 9000.00", "below_min total"],
];

describe("an inpatient stay with a cap over the year", () => {
  const parameters = { irregular_cut: "10pp" };
  const lines = STAYS.map(([line]) => line);
  const wanted = STAYS.map(([, results]) => results);

  test("in one stream", async () => {
    const policy = await load("inpatient");
    assert.throws(() => settleStream(policy, []), { code: "parameters_missing" });
    const { rows, groups, state } = settleStream(policy, rowsOf(policy, lines), parameters);
    assert.deepEqual(rows.map(outcome), wanted);
    assert.deepEqual(groups, []);
    const [{ grain, records }] = state.phases[0].tables;
    assert.equal(grain, "person.year");
    assert.deepEqual(records.map(({ keys, cells }) => [...keys, ...Object.values(cells)].join(" ")), [
      ...["A 2022 40410.00", "B 2022 7036.04", "C 2022 630.00", "C 2023 644.00", "D 2022 150000.00"],
    ]);
  });

  test("in pieces, each with the state of the one before", async () => {
    const policy = await load("inpatient");
    let state = null;
    const outcomes = lines.map((line) => {
      const piece = settleStream(policy, rowsOf(policy, [line]), parameters, { state });
      state = JSON.parse(JSON.stringify(piece.state));
      return outcome(piece.rows[0]);
    });
    assert.deepEqual(outcomes, wanted);
  });

  test("with more persons than fit a batch, in memory that grows", async () => {
    const policy = await load("inpatient");
    const persons = 3 * policy.schema.batch.capacity;
    const many = [1, 2].flatMap((day) =>
      Array.from({ length: persons }, (_, at) => `P${at}, 2022-12-0${day}, provincial, , direct, false, 300000, ${day === 1 ? 201200 : 280000}`),
    );
    const { rows } = settleStream(policy, rowsOf(policy, many), parameters);
    assert.equal(rows.length, 2 * persons);
    assert.ok(rows.slice(0, persons).every((row) => row.outputs.fund_pays === "120000.00"));
    assert.ok(rows.slice(persons).every((row) => row.outputs.fund_pays === "30000.00"));
  });

  test("one claim with what was before it", async () => {
    const policy = await load("inpatient");
    const { rows } = settleStream(policy, rowsOf(policy, [lines[0]]), parameters, { before: { paid_before: "149999.50" } });
    assert.equal(outcome(rows[0]), "0.50 9999.50");
  });
});

test("a pool that is divided by points", async () => {
  const policy = await load("drg_points");
  const lines = ["h3, CC3", "h1, AA1", "h1, XX9", "h1, BB2", "h2, AA1", "h9, AA1", "h3, BB2"];
  const { rows, groups, state } = settleStream(policy, rowsOf(policy, lines), { fund: "1000000.00" });
  assert.deepEqual(rows.map(({ settled, outputs, code, column }) => (settled ? outputs.points : `${code} ${column}`)), [
    ...["37.4429", "100.0000", "unknown_code drg", "250.5000", "85.0000", "unknown_code hospital", "281.4117"],
  ]);
  const [hospitals] = groups.filter(({ grain }) => grain === "hospital");
  assert.deepEqual(hospitals.rows.map(groupOf), ["h1 350.5000 464635.60", "h2 85.0000 112679.10", "h3 318.8546 422685.30"]);
  const whole = groups.find(({ grain }) => grain === "pool");
  assert.deepEqual(whole.rows.map(groupOf), ["1325.6365"]);
  assert.equal(state, null);
  const none = settleStream(policy, []);
  assert.deepEqual(none.groups.flatMap((group) => group.rows), []);
});

test("a schedule over the year", async () => {
  const policy = await load("catastrophic");
  const lines = ["2022-03-01, 8000.00", "2022-06-01, 7000.50", "2022-09-01, 30000.00", "2022-12-01, 400000.00", "2023-01-01, 20000.00"];
  const stream = lines.map((line) => line.replace(", ", ", ordinary, "));
  const { rows } = settleStream(policy, rowsOf(policy, stream.map((line) => `P, ${line}`)));
  assert.deepEqual(rows.map(outcome), ["0.00", "3000.30", "19500.05", "177499.65", "6000.00"]);
});

describe("readmissions", () => {
  const lines = [
    ["P, AA1, 2022-03-01, 2022-03-05", "50.0000 1 true"],
    ["P, BB2, 2022-03-06, 2022-03-10", "250.5000 2 false"],
    ["P, AA1, 2022-03-20, 2022-03-25", "100.0000 3 false"],
    ["P, AA1, 2022-04-10, 2022-04-12", "100.0000 4 false"],
    ["Q, AA1, 2022-04-12, 2022-04-13", "100.0000 1 false"],
  ];
  const wanted = lines.map(([, results]) => results);

  for (const name of ["readmission", "再入院"]) {
    test(`are seen from the claim before (${name})`, async () => {
      const policy = await load(name);
      const rows = rowsOf(policy, lines.map(([line]) => line));
      assert.deepEqual(settleStream(policy, rows).rows.map(outcome), wanted);
      rows.reverse();
      assert.throws(() => settleStream(policy, rows), { code: "rows_out_of_order" });
      assert.deepEqual(settleStream(policy, rows, {}, { sort: true }).rows.map(outcome), [...wanted].reverse());
    });
  }
});

test("fee lines of claims", async () => {
  const policy = await load("fee_lines");
  const lines = [
    ["K1, 2022-01-05, county, listed_a, 1000.00", "0.00"],
    ["K2, 2022-01-05, county, listed_a, 1000.00", "differs hospital"],
    ["K1, 2022-01-05, county, listed_b, 10.10", "0.51"],
    ["K3, 2022-01-05, county, listed_b, 10.10", "claim_rejected claim"],
    ["K1, 2022-01-05, county, listed_b, 10.10", "0.51"],
    ["K2, 2022-01-05, city, listed_a, 1000.00", "differs hospital"],
    ["K1, 2022-01-05, county, negotiated, 200.05", "20.01"],
    ["K3, 2022-01-05, county, listed_b, -1", "below_min amount"],
    ["K0, 2022-01-06, township, listed_a, 100.00", "0.00"],
    ["K1, 2022-01-05, county, unlisted, 30.00", "30.00"],
  ];
  const { rows, groups } = settleStream(policy, rowsOf(policy, lines.map(([line]) => line)));
  assert.deepEqual(rows.map(outcome), lines.map(([, results]) => results));
  assert.deepEqual(groups.map(({ grain }) => grain), ["claim"]);
  assert.deepEqual(groups[0].rows.map(groupOf), ["K1 1250.25 1199.22 559.45", "K0 100.00 100.00 0.00"]);
});
