/** Shapes of the members of a schema, and the refusal of one that has another. */

import { FenError } from "./fen-error.js";

const OFFSET_ALIGNMENT = 16;

export const isText = (value) => typeof value === "string";
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const isNatural = (value) => Number.isSafeInteger(value) && value >= 0;
export const isOffset = (value) => isNatural(value) && value % OFFSET_ALIGNMENT === 0;
export const isBilingual = (value) => isObject(value) && isText(value.zh) && isText(value.en);

/** Refuses a schema in which this does not hold. */
export function demand(condition, place) {
  if (!condition) throw new FenError("schema_invalid", place);
}

/** Demands a list of objects, and something of each. */
export function demandList(value, place, demandItem) {
  demand(Array.isArray(value), place);
  value.forEach((item, index) => {
    demand(isObject(item), `${place}[${index}]`);
    demandItem(item, `${place}[${index}]`);
  });
}
