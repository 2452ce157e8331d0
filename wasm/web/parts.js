/** Parts that several sections of the page show. */

import { formatMoney } from "./fen.js";
import { writeBound } from "./fen-values.js";
import { element } from "./page.js";
import { TEXTS, unitName } from "./texts.js";

/** The unit of a column; none where its values bring their own sign. */
function unitOf({ type, unit }, language) {
  return type === "rate" || type === "pp" ? "" : unitName(unit, language);
}

/**
 * A column's label and, set apart, its unit.
 * @returns {Node[]}
 */
export function labelWithUnit(column, language) {
  const unit = unitOf(column, language);
  const label = element("span", {}, column.label[language]);
  return unit === "" ? [label] : [label, " ", element("span", { class: "unit" }, unit)];
}

/** The text of a cell as the reader wants to see it; text that is no value of its column stays as it is. */
export function shownText(text, column, language) {
  if (column.type === "enum") return column.values.find(({ name }) => name === text)?.label[language] ?? text;
  if (column.type === "bool") return { true: TEXTS[language].yes, false: TEXTS[language].no }[text] ?? text;
  return ["money", "number", "measure"].includes(column.type) ? formatMoney(text) : text;
}

/** What a column admits, in words; empty where there is nothing to say. */
export function rangeText(column, language) {
  const texts = TEXTS[language];
  if (["bool", "enum", "code", "id"].includes(column.type)) return "";
  const bound = (text) => shownText(writeBound(text, column), column, language);
  return texts.range(bound(column.min), bound(column.max), unitOf(column, language)).trimEnd();
}

/** The units of columns, each once. */
export function unitsOf(columns, language) {
  return [...new Set(columns.map((column) => unitOf(column, language)))].filter((unit) => unit !== "");
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
