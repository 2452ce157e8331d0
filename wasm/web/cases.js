/** The section of worked cases: one table, settled by the module in this browser. */

import { byId, element } from "./page.js";
import { labelWithUnit, rejectionView, shownText, unitsOf } from "./parts.js";
import { TEXTS } from "./texts.js";

/**
 * Settles the expectations' cases with a policy and shows what went in and what came out.
 * @param {object} policy a loaded policy
 * @param {string} file its module
 * @param {{policies: object[], cases: object[]}} expectations
 * @param {"zh" | "en"} language of the page
 */
export function showCases(policy, file, { policies, cases }, language) {
  const texts = TEXTS[language];
  const { inputs, outputs } = policy.schema;
  const names = policies.find(({ module }) => module === file).inputs;
  const rows = cases.map((one) => Object.fromEntries(names.map((name, at) => [name, one.inputs[at]])));
  const results = policy.settle(rows);

  const head = [...inputs, ...outputs].map((column) =>
    element("th", { role: "columnheader", scope: "col" }, ...labelWithUnit(column, language)),
  );
  const corner = element("th", { role: "columnheader", scope: "col", class: "ordinal" }, texts.row);
  const table = byId("settlement");
  table.tHead.replaceChildren(element("tr", { role: "row" }, corner, ...head));
  table.tBodies[0].replaceChildren(...results.map((result, at) => caseView(at, rows[at], result, policy.schema, language)));
  const units = unitsOf([...inputs, ...outputs], language);
  byId("cases-caption").textContent = texts.casesCaption(file, units.join(", "));
  const settled = results.filter((result) => result.settled).length;
  byId("cases-summary").textContent = texts.casesSummary(settled, results.length - settled);
}

function caseView(at, row, result, { inputs, outputs }, language) {
  const texts = TEXTS[language];
  const cell = (column, kind, place, content) =>
    element(
      "td",
      { role: "cell", class: kind, "data-label": column.label[language], testid: `case-${at}-${kind}-${place}` },
      element("span", {}, content),
    );
  const given = inputs.map((column, place) => {
    const text = row[column.name];
    const shown = cell(column, "input", place, text === "" ? texts.empty : shownText(text, column, language));
    if (text === "") shown.classList.add("empty");
    if (!result.settled && result.column === column.name) shown.classList.add("wrong");
    return shown;
  });
  const computed = result.settled
    ? outputs.map((column, place) => {
        const text = result.outputs[column.name];
        return cell(column, "output", place, text === "" ? texts.empty : shownText(text, column, language));
      })
    : [
        element(
          "td",
          { role: "cell", class: "rejection", colspan: String(outputs.length), testid: `case-${at}-rejected` },
          rejectionView(result, `case-${at}`, language),
        ),
      ];
  const ordinal = element("th", { role: "rowheader", scope: "row", class: "ordinal" }, String(at + 1));
  return element("tr", { role: "row", testid: `case-${at}` }, ordinal, ...given, ...computed);
}
