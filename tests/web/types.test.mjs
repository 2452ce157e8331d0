/** Every type of column, codes and parameters, through modules made by hand; no site is needed. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadPolicy } from "../../wasm/web/fen.js";
import { column, madeModule } from "./made-module.mjs";

/** What a module that copies one column makes of texts: the output, or the code of the rejection. */
async function copied(one, texts, codes) {
  const policy = await loadPolicy(madeModule({ inputs: [one], codes }));
  const results = policy.settle(texts.map((text) => ({ [one.name]: text })));
  return results.map((result) => (result.settled ? result.outputs[`${one.name}_out`] : result.code));
}

async function assertCopied(one, pairs, codes) {
  const results = await copied(one, pairs.map(([text]) => text), codes);
  pairs.forEach(([text, wanted], at) => assert.equal(results[at], wanted, JSON.stringify(text)));
}

describe("text", () => {
  test("rates", () =>
    assertCopied(column("a", "rate", { scale: 4 }), [
      ["0.7", "70.00%"],
      ["70%", "70.00%"],
      ["70.25％", "70.25%"],
      [" -5% ", "-5.00%"],
      ["70.250%", "too_many_decimals"],
      ["0.70000", "too_many_decimals"],
      ["70 %", "not_a_number"],
      ["70pp", "not_a_number"],
      ["%", "not_a_number"],
      ["", "missing"],
    ]));

  test("rates of few decimals", async () => {
    await assertCopied(column("a", "rate", { scale: 1 }), [["0.7", "70%"], ["-1", "-100%"], ["0", "0%"], ["70%", "too_many_decimals"]]);
    await assertCopied(column("a", "rate", { scale: 0 }), [["1", "100%"], ["0.5", "too_many_decimals"]]);
  });

  test("percentage points", () =>
    assertCopied(column("a", "pp", { scale: 4 }), [
      ["5pp", "5.00pp"],
      ["-2.5个百分点", "-2.50pp"],
      ["0.05", "not_a_number"],
      ["5%", "not_a_number"],
      ["5PP", "not_a_number"],
      ["5.001pp", "too_many_decimals"],
    ]));

  test("dates", () =>
    assertCopied(column("a", "date"), [
      ["2022-08-01", "2022-08-01"],
      ["0001-01-01", "0001-01-01"],
      ["0099-12-31", "0099-12-31"],
      ["9999-12-31", "9999-12-31"],
      ["2024-02-29", "2024-02-29"],
      ...["2023-02-29", "1900-02-29", "2022-13-01", "2022-8-1", "0000-01-01", "2022/08/01", "２022-08-01"].map((text) => [text, "not_a_date"]),
    ]));

  test("bools and enums", async () => {
    await assertCopied(column("a", "bool"), [["true", "true"], ["是", "true"], ["false", "false"], ["否", "false"], ["TRUE", "unknown_value"], ["1", "unknown_value"]]);
    const level = column("a", "enum");
    level.values.push({ name: "city级", label: { zh: "province级", en: "x" } });
    await assertCopied(level, [
      ["city", "city"],
      ["county级", "county"],
      ["city级", "city级"],
      ["province级", "unknown_value"],
      ["CITY", "unknown_value"],
      ["1", "unknown_value"],
    ]);
  });

  test("optional columns may be empty, and their least number is no amount", async () => {
    for (const type of ["money", "date", "bool", "enum", "id"]) {
      await assertCopied(column("a", type, { optional: true }), [["", ""], [" \t", ""]]);
    }
    await assertCopied(column("a", "number", { optional: true }), [
      [String(-(2n ** 63n)), "below_min"],
      [String(-(2n ** 63n) + 1n), String(-(2n ** 63n) + 1n)],
    ]);
    await assertCopied(column("a", "number"), [[String(-(2n ** 63n)), String(-(2n ** 63n))]]);
  });
});

describe("codes and ids", () => {
  test("come back as the texts they were, known or not", async () => {
    const texts = ["B", "x", "肺炎", " A 1 ", "y", "x", "A", "B", "z"];
    const wanted = texts.map((text) => text.trim());
    assert.deepEqual(await copied(column("a", "code"), texts, ["A", "B", "肺炎"]), wanted);
    assert.deepEqual(await copied(column("a", "id"), texts), wanted);
  });

  test("share their numbers in a batch", async () => {
    const bytes = madeModule({ inputs: [column("a", "code"), column("b", "id")], codes: ["A"] });
    const policy = await loadPolicy(bytes);
    const [one, other, third] = policy.settle([{ a: "x", b: "A" }, { a: "A", b: "x" }, { a: "y", b: "y" }]);
    assert.deepEqual(one.outputs, { a_out: "x", b_out: "A" });
    assert.deepEqual(other.outputs, { a_out: "A", b_out: "x" });
    assert.deepEqual(third.outputs, { a_out: "y", b_out: "y" });
  });
});

describe("columns of values", () => {
  test("of every type", async () => {
    const inputs = [column("day", "date"), column("is", "bool"), column("level", "enum", { optional: true }), column("drug", "code")];
    const policy = await loadPolicy(madeModule({ inputs }));
    const columns = { day: Int32Array.of(0, 19_205), is: [1, 0], level: [null, 2], drug: ["x", "y"] };
    const { status, outputs } = policy.settleColumns(columns, 2);
    assert.deepEqual([...status], [0, 0]);
    assert.deepEqual(outputs, { day_out: [0, 19_205], is_out: [1, 0], level_out: [null, 2], drug_out: ["x", "y"] });
    for (const wrong of [{ is: [2, 0] }, { level: [3, 0] }, { drug: [null, "x"] }, { day: [0.5, 1] }, { is: [true, false] }]) {
      assert.throws(() => policy.settleColumns({ ...columns, ...wrong }, 2), { code: "bad_column" });
    }
  });
});

describe("parameters", () => {
  const parameters = [
    column("cut", "pp", { scale: 4 }),
    column("rate[county]", "rate", { scale: 4 }),
    column("from", "date"),
    column("strict", "bool"),
    column("level", "enum"),
    column("fund", "money", { scale: 2, layout: "i128", min: "0.00", max: "100000000000000000000.00" }),
  ];
  const load = () => loadPolicy(madeModule({ parameters }));

  test("must all be set, and arrive", async () => {
    const policy = await load();
    assert.equal(policy.missingParameters().length, parameters.length);
    assert.throws(() => policy.settle([{}]), { code: "parameters_missing", message: /cut, rate\[county\]/ });
    assert.throws(() => policy.settleColumns({}, 1), { code: "parameters_missing" });
    policy.setParameter("cut", "10pp");
    policy.setParameter("rate[ county ]", "80%");
    policy.setParameter("from", "2022-08-01");
    policy.setParameter("strict", "是");
    policy.setParameter("level（中）", "city级");
    policy.setParameter("fund", "99999999999999999999.99");
    const [{ outputs }] = policy.settle([{}]);
    const wanted = ["10.00pp", "80.00%", "2022-08-01", "true", "city", "99999999999999999999.99"];
    assert.deepEqual(Object.values(outputs), wanted);
    assert.deepEqual(Object.values(policy.parameters()), wanted);
    policy.clearParameter("cut");
    assert.throws(() => policy.settle([{}]), { code: "parameters_missing" });
  });

  test("refuse what they cannot be, and stay as they were", async () => {
    const policy = await load();
    policy.setParameter("cut", "10pp");
    const refused = [
      ["cutt", "10pp", "parameter_unknown"],
      ["cut", "0.1", "parameter_invalid"],
      ["cut", "", "parameter_invalid"],
      ["cut", "100.01pp", "parameter_out_of_range"],
      ["fund", "-0.01", "parameter_out_of_range"],
      ["from", "2022-8-1", "parameter_invalid"],
      ["fund", 1, "not_text"],
    ];
    for (const [name, text, code] of refused) {
      assert.throws(() => policy.setParameter(name, text), { name: "FenError", code }, `${name} ${text}`);
    }
    assert.deepEqual(policy.parameters(), { cut: "10.00pp" });
  });
});

describe("senseless answers", () => {
  test("are not believed", async () => {
    // The output says it is an enum of fewer values, or a bool, where the input is another type.
    const edit = (schema) => Object.assign(schema.outputs[0], { type: "bool", values: undefined });
    const policy = await loadPolicy(madeModule({ inputs: [column("a", "enum")], edit }));
    assert.equal(policy.settle([{ a: "city" }])[0].outputs.a_out, "true");
    assert.throws(() => policy.settle([{ a: "province" }]), { code: "settle_failed" });
  });
});
