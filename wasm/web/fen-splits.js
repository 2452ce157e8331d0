/** Division of an amount that loses nothing. */

import { compareNumbers } from "./fen-groups.js";

/**
 * What each weight receives of an amount: the whole part of its share, and, as long as steps are left, one more for the
 * greatest remainders, the first of equal ones. A negative amount is divided like its size.
 * @param {bigint} amount in steps
 * @param {bigint[]} weights none below 0; in the order in which they go before each other
 * @returns {bigint[] | null} null if all weights are zero and the amount is not
 */
export function divide(amount, weights) {
  const sum = weights.reduce((before, weight) => before + weight, 0n);
  if (sum === 0n) return amount === 0n ? weights.map(() => 0n) : null;
  const size = amount < 0n ? -amount : amount;
  const parts = weights.map((weight) => (size * weight) / sum);
  const remainders = weights.map((weight) => (size * weight) % sum);
  const left = size - parts.reduce((before, part) => before + part, 0n);
  const order = [...weights.keys()].sort((one, other) => compareNumbers(remainders[other], remainders[one]) || one - other);
  // Fewer steps are left than there are remainders above zero.
  for (const at of order.slice(0, Number(left))) parts[at] += 1n;
  return amount < 0n ? parts.map((part) => -part) : parts;
}
