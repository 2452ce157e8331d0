/** Claims of several lines that are taken back: which, by which row, and what became of their ids. */

import { rejectionBy } from "./fen-reasons.js";

/**
 * Goes through claims, where their first lines stand, and through rows that take one back. Lines whose claim has the id of an earlier
 * one, and rows that take back what they cannot, are rejected.
 * @param {object} schema of a policy whose rows are lines
 * @param {import("./fen-flow.js").Flow} flow with the rows that are rejected for other reasons; it is told what is taken back
 * @param {number[]} order of the rows in the stream
 * @param {Map<number, string>} reversals rows that take a claim back, each with its id
 * @param {Map<string, {outputs: object | null, taken: boolean}>} earlier claims of earlier streams; those taken back now are marked
 */
export function takeBackLines(schema, flow, order, reversals, earlier) {
  const { claim, reverses } = schema.plan.reversal;
  const { cells, rejects, taken, targets } = flow;
  const reject = (row, code, input) => (rejects[row] = rejectionBy(schema, code, schema.inputs[input]));
  /** Settled claims by their ids, with their lines; none for rows that take one back. */
  const known = new Map();
  const lines = new Map();
  const isLine = (row) => rejects[row] === null && !reversals.has(row);
  for (const row of order.filter(isLine)) {
    const id = cells[claim][row];
    if (!lines.has(id)) lines.set(id, []);
    lines.get(id).push(row);
  }
  for (const row of order) {
    if (rejects[row] !== null) continue;
    const id = cells[claim][row];
    if (!reversals.has(row)) {
      const own = lines.get(id);
      if (own[0] !== row) continue;
      if (!known.has(id) && !earlier.has(id)) known.set(id, own);
      else own.forEach((line) => reject(line, "duplicate_claim", claim));
      continue;
    }
    const of = reversals.get(row);
    const before = earlier.get(of);
    const target = known.get(of) ?? null;
    if (known.has(id) || earlier.has(id)) reject(row, "duplicate_claim", claim);
    else if (target === null && !before?.outputs) reject(row, "unknown_claim", reverses);
    else if (target === null ? before.taken : taken.has(target[0])) reject(row, "already_reversed", reverses);
    else {
      known.set(id, null);
      if (target === null) {
        before.taken = true;
        flow.earlier.set(row, before.outputs);
      } else {
        targets.set(row, target[0]);
        target.forEach((line) => taken.add(line));
      }
    }
  }
}
