/** Streams made up at random, against what the reference interpreter says of them; tests/tests/web_streams.rs makes both. */

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { writePeriod } from "../../wasm/web/fen-periods.js";
import { settleStream } from "../../wasm/web/fen-stream.js";
import { isAmount, isText, writeCell } from "../../wasm/web/fen-values.js";
import { loadPolicy } from "../../wasm/web/fen.js";

const folder = process.env.FEN_STREAMS;
if (!folder) throw new Error("FEN_STREAMS must name the folder of the streams");

/** Rows of a piece. */
const PIECE = 7;

for (const file of (await readdir(folder)).filter((name) => name.endsWith(".json"))) {
  const policy = file.replace(".json", "");
  const bytes = new Uint8Array(await readFile(join(folder, `${policy}.wasm`)));
  const loaded = await loadPolicy(bytes);
  const { inputs, plan } = loaded.schema;
  const [listed] = WebAssembly.Module.customSections(await WebAssembly.compile(bytes), "fen.codes");
  const codes = listed ? JSON.parse(new TextDecoder().decode(listed)) : [];
  const cases = JSON.parse(await readFile(join(folder, file), "utf8"));

  // Where nothing is known only at the end, a stream can be settled in pieces; where all groups are those of a month, as in `monthly`, in months.
  const goesOn = plan.claim === 0 && [plan.totals, plan.splits, plan.links, plan.shared].every((list) => list.length === 0);
  const isMonthly = policy === "monthly";
  const day = isMonthly ? inputs[plan.ordered_by].name : null;
  const piecesOf = (rows) => {
    const pieces = new Map();
    rows.forEach((row, at) => {
      const piece = isMonthly ? row[day].slice(0, 7) : Math.floor(at / PIECE);
      pieces.set(piece, [...(pieces.get(piece) ?? []), row]);
    });
    return [...pieces.values()];
  };

  // Lines of claims that look back only go on from piece to piece, too, as long as no claim is cut.
  const isWithin = ({ grain }) => plan.grains[grain].within_claim === true;
  const looksBack = [plan.splits, plan.links].every((list) => list.length === 0) && [plan.totals, plan.shared].every((list) => list.every(isWithin));
  const linesGoOn = plan.claim !== 0 && Boolean(plan.reversal) && (plan.ordered_by ?? null) === null && looksBack;
  const claimsOf = (rows) => {
    const { claim, reverses } = plan.reversal;
    const [id, of] = [inputs[claim].name, inputs[reverses].name];
    const claims = new Map();
    rows.forEach((row, at) => {
      const key = row[of] === "" && row[id] !== "" ? row[id] : at;
      claims.set(key, [...(claims.get(key) ?? []), row]);
    });
    return [...claims.values()];
  };
  const ofClaims = ({ groups }) => groups.find(({ grain }) => grain === plan.grains[plan.claim].name)?.rows ?? [];

  const write = (cell, column, texts) => {
    if (cell === null) return "";
    if (isText(column.type)) return [...codes, ...texts][Number(cell)];
    return writeCell(isAmount(column.type) ? BigInt(cell) : Number(cell), column);
  };
  const columnsOf = (grain) => plan.results.find((one) => plan.grains[one.grain].name === grain).outputs.map(({ column }) => column);

  cases.forEach((one, at) => {
    test(`${policy} ${at}`, () => {
      const written = (cells, columns) => cells.map((cell, place) => write(cell, columns[place], one.texts));
      const given = one.given.map((cells) => Object.fromEntries(written(cells, inputs).map((text, place) => [inputs[place].name, text])));
      const result = settleStream(loaded, given);
      const outputs = plan.results.find(({ grain }) => grain === 0)?.outputs.map(({ column }) => column) ?? [];
      const wanted = one.rows.map((row) => (row.code ? [row.code, row.column] : written(row.outputs, outputs)));
      const outcome = (row) => (row.settled ? Object.values(row.outputs) : [row.code, row.column]);
      assert.deepEqual(result.rows.map(outcome), wanted);
      if (goesOn || isMonthly) {
        let state = null;
        const pieces = [];
        for (const rows of piecesOf(given)) {
          const piece = settleStream(loaded, rows, {}, { state });
          state = JSON.parse(JSON.stringify(piece.state));
          pieces.push(...piece.rows.map(outcome));
        }
        assert.deepEqual(pieces, wanted);
      }
      if (linesGoOn) {
        const claims = claimsOf(given);
        const whole = settleStream(loaded, claims.flat());
        let state = null;
        const [rows, groups] = [[], []];
        for (let first = 0; first < claims.length; first += PIECE) {
          const piece = settleStream(loaded, claims.slice(first, first + PIECE).flat(), {}, { state });
          state = JSON.parse(JSON.stringify(piece.state));
          rows.push(...piece.rows);
          groups.push(...ofClaims(piece));
        }
        assert.deepEqual(rows, whole.rows);
        assert.deepEqual(groups, ofClaims(whole));
      }

      const groups = one.grains.map(({ name, groups: list }) => {
        const { keys, period } = plan.grains.find((grain) => grain.name === name);
        const columns = keys.map((key) => inputs[key]);
        const rows = list.map(({ keys: cells, period: number, outputs: results, failed }) => [
          ...written(cells, columns),
          ...(number === null ? [] : [writePeriod(number, period)]),
          ...written(results, columnsOf(name)),
          failed,
        ]);
        return [name, rows];
      });
      const found = result.groups.map(({ grain, rows }) => [
        grain,
        rows.map(({ keys, outputs: results, reject }) => [...Object.values(keys), ...Object.values(results), reject?.column ?? null]),
      ]);
      assert.deepEqual(Object.fromEntries(found), Object.fromEntries(groups));
    });
  });
}
