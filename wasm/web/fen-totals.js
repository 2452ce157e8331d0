/** Totals of the values in a group. */

import { compareNumbers } from "./fen-groups.js";

const FUNCTIONS = {
  sum: { none: 0n, step: (before, value) => before + BigInt(value) },
  count: { none: 0n, step: (before) => before + 1n },
  max: { none: null, step: (before, value) => (before === null || compareNumbers(before, value) < 0 ? value : before) },
  min: { none: null, step: (before, value) => (before === null || compareNumbers(before, value) > 0 ? value : before) },
};

/**
 * A total for each group.
 * @param {"sum" | "count" | "max" | "min"} name
 * @param {number} groupCount
 * @param {Iterable<[group: number, value: import("./fen-values.js").Value]>} values an empty one (null) adds nothing
 * @returns {(bigint | number | null)[]} by group; null for the greatest or least of none
 */
export function totals(name, groupCount, values) {
  const { none, step } = FUNCTIONS[name];
  const results = new Array(groupCount).fill(none);
  for (const [group, value] of values) {
    if (value !== null) results[group] = step(results[group], value);
  }
  return results;
}
