/** Parts that several sections of the page show. */

import { element } from "./page.js";
import { TEXTS, unitName } from "./texts.js";

/**
 * A column's label and, set apart, its unit.
 * @returns {Node[]}
 */
export function labelWithUnit(column, language) {
  const unit = unitName(column.unit, language);
  const label = element("span", {}, column.label[language]);
  return unit === "" ? [label] : [label, " ", element("span", { class: "unit" }, unit)];
}

/**
 * Why a row was rejected.
 * @param {import("./fen.js").Rejected} result
 * @param {string} testid the beginning of its parts' test names
 */
export function rejectionView({ code, reason }, testid, language) {
  return element(
    "span",
    {},
    element("strong", {}, TEXTS[language].rejected),
    " ",
    element("span", { testid: `${testid}-reason` }, reason[language]),
    " ",
    element("code", { testid: `${testid}-code` }, code),
  );
}
