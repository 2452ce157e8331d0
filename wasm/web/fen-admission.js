/** What rejects a row because of the rows around it, before anything is added up. */

import { Grain, keyOf } from "./fen-groups.js";
import { rejectionBy } from "./fen-reasons.js";

/**
 * Rejects the rows of groups in which an input differs that all rows of a group have in common.
 * @param {object} schema
 * @param {import("./fen-values.js").Value[][]} cells by input and row
 * @param {number[]} rows those whose cells can be read and lie in their ranges
 * @param {(row: number, reject: import("./fen.js").Rejected) => void} reject called once for a row
 */
export function rejectDiffering(schema, cells, rows, reject) {
  const done = new Set();
  for (const { input, grain: place } of [...schema.plan.shared].sort((one, other) => one.input - other.input)) {
    const grain = new Grain(schema, place);
    const groups = new Map();
    for (const row of rows) {
      const key = keyOf(grain.valuesOf(cells, row));
      const value = cells[input][row];
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { value, differs: false, rows: [row] });
      else {
        group.rows.push(row);
        group.differs ||= group.value !== value;
      }
    }
    for (const group of groups.values()) {
      if (!group.differs) continue;
      for (const row of group.rows.filter((one) => !done.has(one))) {
        done.add(row);
        reject(row, rejectionBy(schema, "differs", schema.inputs[input]));
      }
    }
  }
}

/**
 * Rejects the claims that have a rejected row.
 * @param {object} schema of a policy whose rows are lines of claims
 * @param {import("./fen-values.js").Value[][]} cells by input and row; undefined where a text could not be read
 * @param {(import("./fen.js").Rejected | null)[]} rejects by row; changed
 * @param {Map<number, string>} reversals rows that are no lines
 */
export function rejectClaims(schema, cells, rejects, reversals) {
  const grain = new Grain(schema, schema.plan.claim);
  // A row whose claim cannot be told rejects none but itself.
  const claimOf = rejects.map((_, row) =>
    !reversals.has(row) && grain.needed.every((input) => cells[input][row] !== undefined) ? keyOf(grain.valuesOf(cells, row)) : null,
  );
  const wrong = new Set(claimOf.filter((claim, row) => claim !== null && rejects[row] !== null));
  claimOf.forEach((claim, row) => {
    if (wrong.has(claim)) rejects[row] ??= rejectionBy(schema, "claim_rejected", schema.inputs[grain.keys[0]]);
  });
}
