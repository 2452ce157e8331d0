/** Reasons that only a host can find: what is wrong with a row among the others. */

import { rejected } from "./fen-rows.js";

const REASONS = {
  differs: { zh: (label) => `${label}在同组各行中不一致`, en: (label) => `${label} is not the same in all rows of its group` },
  claim_rejected: { zh: () => "同一单据的其他行被拒收", en: () => "another row of the claim is rejected" },
  no_weights: { zh: (label) => `${label}无法分配：权重全为零`, en: (label) => `${label} cannot be divided: all weights are zero` },
  duplicate_claim: { zh: (label) => `${label}与先前的单据相同`, en: (label) => `${label} is that of an earlier claim` },
  unknown_claim: { zh: (label) => `${label}不是先前结算过的单据`, en: (label) => `${label} names no earlier settled claim` },
  already_reversed: { zh: (label) => `${label}所指的单据已经冲销`, en: (label) => `${label} names a claim that was taken back already` },
  missing: { zh: (label) => `${label}没有数值`, en: (label) => `${label} has no value` },
};

/**
 * A rejection by the host, in the module's words if it has some.
 * @param {object} schema
 * @param {keyof typeof REASONS} code
 * @param {{name: string, label: {zh: string, en: string}}} column what is at fault
 */
export function rejectionBy(schema, code, { name, label }) {
  const known = schema.rejects.find((reject) => reject.code === code && reject.column === name);
  const { zh, en } = REASONS[code];
  return rejected(code, name, known ? known.reason : { zh: zh(label.zh), en: en(label.en) });
}
