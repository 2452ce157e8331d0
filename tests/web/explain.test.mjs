/** Explanations of single claims, against what the Rust host says of them; tests/tests/web_explain.rs makes both. */

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { explainClaim } from "../../wasm/web/fen-explain.js";
import { loadPolicy } from "../../wasm/web/fen.js";

const folder = process.env.FEN_EXPLAINED;
if (!folder) throw new Error("FEN_EXPLAINED must name the folder of the explained claims");

for (const file of (await readdir(folder)).filter((name) => name.endsWith(".json"))) {
  const name = file.replace(".json", "");
  test(name, async () => {
    const policy = await loadPolicy(new Uint8Array(await readFile(join(folder, `${name}.wasm`))));
    for (const { row, parameters, all, explanation } of JSON.parse(await readFile(join(folder, file), "utf8"))) {
      for (const [parameter, text] of Object.entries(parameters)) policy.setParameter(parameter, text);
      assert.deepEqual(await explainClaim(policy, row, { all }), explanation);
    }
  });
}
