/** Policies that look beyond the claim at hand: what the form asks for in their place. */

/** Whether one claim can be settled without the others of its period. */
export function settlesSingly({ plan }) {
  return !plan || (plan.claim === 0 && [plan.totals, plan.splits, plan.links].every((list) => list.length === 0));
}

/** The running values of a policy, each once: what they were before the claim, as columns of a form. */
export function runningColumns({ plan }) {
  const cells = (plan?.phases ?? []).flatMap(({ state }) => state?.tables ?? []).flatMap(({ cells: list }) => list);
  const named = new Map(cells.map((cell) => [cell.column.name, cell]));
  return [...named.values()].map(({ function: name, column }) => ({ ...column, optional: !startsWithNothing(name) }));
}

const startsWithNothing = (name) => name === "sum" || name === "count" || name === "linked";

/** What a running value is when there was no earlier claim. */
export function textOfNone({ type, optional }) {
  if (optional) return "";
  return type === "bool" ? "false" : "0";
}

/** The inputs that the form has fields for, by their places: a single claim takes none back. */
export function placesOfFields({ inputs, plan }) {
  return [...inputs.keys()].filter((at) => at !== plan?.reversal?.reverses);
}
