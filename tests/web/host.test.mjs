/** The host in plain Node: every case of the expectations, the rules of text, and batches of any length. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { FenError, formatMoney, loadPolicy } from "../../wasm/web/fen.js";
import { column, madeModule } from "./made-module.mjs";
import { expectations, readSiteFile, rowsOf } from "./site.mjs";

/** Asserts one result against one case of the expectations. */
function assertCase(result, expected, { inputs, outputs }, place) {
  if (expected.rejected) {
    assert.equal(result.settled, false, place);
    assert.equal(result.code, expected.rejected.code, place);
    assert.equal(result.column, inputs[expected.rejected.column], place);
    assert.match(result.reason.zh, /\p{Script=Han}/u, place);
    assert.match(result.reason.en, /[a-z]/, place);
  } else {
    const amounts = Object.fromEntries(outputs.map((output, at) => [output, expected.outputs[at]]));
    assert.deepEqual(result, { settled: true, outputs: amounts }, place);
  }
}

for (const policy of expectations.policies) {
  describe(policy.module, () => {
    let loaded;
    before(async () => {
      loaded = await loadPolicy(await readSiteFile(policy.module));
    });

    test("settles every case, cell by cell", () => {
      const results = loaded.settle(rowsOf(policy));
      assert.equal(results.length, expectations.cases.length);
      results.forEach((result, at) => assertCase(result, expectations.cases[at], policy, `case ${at}`));
    });

    test("settles more rows than fit a batch, in their order", () => {
      const { capacity } = loaded.schema.batch;
      const rows = rowsOf(policy);
      const many = Array.from({ length: 2 * capacity + 3 }, (_, at) => rows[at % rows.length]);
      const results = loaded.settle(many);
      assert.equal(results.length, many.length);
      results.forEach((result, at) => assertCase(result, expectations.cases[at % rows.length], policy, `row ${at}`));
    });

    test("accepts either label as the name of a column", () => {
      for (const language of ["zh", "en"]) {
        const rows = expectations.cases.map(({ inputs }) =>
          Object.fromEntries(loaded.schema.inputs.map(({ label }, at) => [label[language], inputs[at]])),
        );
        loaded.settle(rows).forEach((result, at) => assertCase(result, expectations.cases[at], policy, `case ${at}`));
      }
    });

    test("settles no rows as no rows", () => {
      assert.deepEqual(loaded.settle([]), []);
    });

    test("settles columns of integers", () => {
      const { capacity } = loaded.schema.batch;
      const count = capacity + 1;
      const [budget, spent] = policy.inputs;
      const columns = {
        [budget]: new BigInt64Array(count).fill(10_000_000_000n),
        [spent]: new BigInt64Array(count).fill(9_200_000_000n),
      };
      columns[budget][capacity] = -1n;
      const { status, outputs } = loaded.settleColumns(columns, count);
      const [retained, carried] = policy.outputs;
      assert.equal(status[0], 0);
      assert.equal(outputs[retained][capacity - 1], 710_000_000n);
      assert.equal(outputs[carried][capacity - 1], 90_000_000n);
      const reject = loaded.schema.rejects.find((one) => one.status === status[capacity]);
      assert.deepEqual([reject.code, reject.column], ["below_min", budget]);
    });

    test("refuses columns that are missing, short, or too wide", () => {
      const [budget, spent] = policy.inputs;
      const refuses = (columns) => assert.throws(() => loaded.settleColumns(columns, 1), { code: "bad_column" });
      refuses({ [budget]: [1n] });
      refuses({ [budget]: [1n], [spent]: [] });
      refuses({ [budget]: [1n], [spent]: [2n ** 63n] });
      refuses({ [budget]: [1n], [spent]: [1] });
    });

    test("leaves the schema as it is read", () => {
      assert.throws(() => {
        loaded.schema.inputs[0].offset = 0;
      }, TypeError);
    });
  });
}

describe("text", () => {
  const [policy] = expectations.policies;
  let settle;
  before(async () => {
    const loaded = await loadPolicy(await readSiteFile(policy.module));
    const [budget, spent] = policy.inputs;
    settle = (one, other) => loaded.settle([{ [budget]: one, [spent]: other }])[0];
  });

  test("blanks around a cell, leading zeros and fewer decimals are allowed", () => {
    const retained = (text) => settle(text, "0").outputs[policy.outputs[0]];
    const full = retained("1000.00");
    for (const text of [" 1000.00", "1000.00\t", " \t1000\t ", "0001000.0"]) assert.equal(retained(text), full, text);
    assert.equal(settle("-0", "-0.00").settled, true);
  });

  test("everything else is not a number", () => {
    const wrong = [
      ...["+5", ".5", "5.", "-", "--1", "- 1", "1,000", "1 000", "1_000", "1e6", "0x10", "1.0.0", "NaN", "Infinity"],
      ...["１０", "十", "\u00a05", "5\n", "5\r", "¥5", "5元", "1.a", "-.5"],
    ];
    for (const text of wrong) {
      const { code, column } = settle(text, "0");
      assert.deepEqual([code, column], ["not_a_number", policy.inputs[0]], JSON.stringify(text));
    }
  });

  test("nothing but blanks is missing, and so is an absent column", () => {
    for (const text of ["", " ", "\t \t"]) assert.equal(settle("0", text).code, "missing");
  });

  test("a third decimal is refused even if it is a zero", () => {
    assert.equal(settle("1.000", "0").code, "too_many_decimals");
    assert.equal(settle("-1.001", "0").code, "too_many_decimals");
  });

  test("a number too wide for its column is outside the range on its side, however long", () => {
    assert.equal(settle("-99999999999999999999", "0").code, "below_min");
    assert.equal(settle("9".repeat(100_000), "0").code, "above_max");
    assert.deepEqual(settle("99999999999999999999", "0"), settle("100000000000.01", "0"));
    assert.equal(settle(`${"0".repeat(1000)}1`, "0").settled, true);
  });

  test("of several wrong cells the first column is named", () => {
    const { code, column } = settle("1.005", "");
    assert.deepEqual([code, column], ["too_many_decimals", policy.inputs[0]]);
  });
});

describe("rows", () => {
  const [{ module, inputs }] = expectations.policies;
  const [budget, spent] = inputs;
  let loaded;
  before(async () => {
    loaded = await loadPolicy(await readSiteFile(module));
  });

  test("an absent column is missing and unknown ones are ignored", () => {
    const [result] = loaded.settle([{ [budget]: "1.00", remark: "" }]);
    assert.deepEqual([result.code, result.column], ["missing", spent]);
  });

  test("numbers are refused: they may have lost their fen already", () => {
    assert.throws(() => loaded.settle([{ [budget]: 0.1, [spent]: "0" }]), { name: "FenError", code: "not_text" });
  });

  test("a column given by its name and by its label is refused", () => {
    const { zh } = loaded.schema.inputs[0].label;
    const row = { [budget]: "1.00", [zh]: "2.00", [spent]: "0" };
    assert.throws(() => loaded.settle([row]), { name: "FenError", code: "column_given_twice" });
  });
});

/** A module that copies one amount of 128 bits. */
function copyingModule(scale, rejected = 0) {
  return madeModule({ inputs: [column("given", "money", { layout: "i128", scale })], rejected });
}

describe("128-bit columns", () => {
  test("go in and come out unchanged up to their bounds", async () => {
    const policy = await loadPolicy(copyingModule(0));
    const texts = [0n, 1n, -1n, 2n ** 64n, -(2n ** 64n), 2n ** 127n - 1n, -(2n ** 127n)].map(String);
    const results = policy.settle(texts.map((given) => ({ given })));
    assert.deepEqual(results.map(({ outputs }) => outputs.given_out), texts);
    const outside = policy.settle([{ given: String(2n ** 127n) }, { given: String(-(2n ** 127n) - 1n) }]);
    assert.deepEqual(outside.map(({ code }) => code), ["above_max", "below_min"]);
  });

  test("are written with exactly their decimals", async () => {
    const policy = await loadPolicy(copyingModule(4));
    const results = policy.settle(["-0.0001", "12345678901234567890.5", "7"].map((given) => ({ given })));
    assert.deepEqual(results.map(({ outputs }) => outputs.given_out), ["-0.0001", "12345678901234567890.5000", "7.0000"]);
  });

  test("a module that miscounts its rejects is not believed", async () => {
    const policy = await loadPolicy(copyingModule(2, 1));
    assert.throws(() => policy.settle([{ given: "1.00" }]), { name: "FenError", code: "settle_failed" });
  });
});

test("formatMoney groups thousands of any length and leaves other text alone", () => {
  const pairs = [
    ["0.00", "0.00"],
    ["999", "999"],
    ["1000", "1,000"],
    ["-1234567.80", "-1,234,567.80"],
    ["123456789012345678901234.5678", "123,456,789,012,345,678,901,234.5678"],
    ["1e6", "1e6"],
    ["", ""],
  ];
  for (const [text, grouped] of pairs) assert.equal(formatMoney(text), grouped);
});

test("an error says in both languages what is wrong", () => {
  const error = new FenError("schema_missing");
  assert.equal(error.code, "schema_missing");
  assert.equal(error.message, error.messages.en);
  assert.match(error.messages.zh, /\p{Script=Han}/u);
});
