/** What became of a whole file of claims. */

import { readTable } from "./csv.js";
import { settleStream } from "./fen-stream.js";
import { element } from "./page.js";
import { rejectionView, shownText } from "./parts.js";
import { TEXTS } from "./texts.js";

const MOST_ROWS = 100;

/**
 * Settles a file and shows its groups and its first rows.
 * @param {object} policy a loaded policy
 * @param {string} file its text
 * @param {"zh" | "en"} language of the page
 * @returns {Node[]}
 */
export function wholeView(policy, file, language) {
  const texts = TEXTS[language];
  const { rows, line } = readTable(file);
  if (!rows) return [element("p", { class: "rejection", testid: "whole-unreadable" }, texts.csvUnreadable(line))];
  const result = settleStream(policy, rows);
  const settled = result.rows.filter((row) => row.settled).length;
  const { inputs, plan } = policy.schema;
  const outputsOf = (grain) => plan?.results.find((one) => one.grain === grain)?.outputs.map(({ column }) => column) ?? [];
  const groups = result.groups.map(({ grain, label, columns, outputs, rows: list }) => {
    const all = outputsOf(plan.grains.findIndex(({ name }) => name === grain));
    const head = [...columns, ...all.map((column) => column.label[language])];
    const body = list.map(({ keys, outputs: texted, reject }) => [
      ...columns.map((name) => keys[name]),
      ...outputs.map((name, at) => (reject && texted[name] === "" ? reject.reason[language] : shownText(texted[name], all[at], language))),
    ]);
    return tableView(label[language], head, body, `whole-${grain}`);
  });
  const own = outputsOf(0);
  const shown = result.rows.slice(0, MOST_ROWS).map((row, at) => [
    String(at + 1),
    ...inputs.map(({ name }) => rows[at][name] ?? ""),
    ...(row.settled ? own.map((column) => shownText(row.outputs[column.name], column, language)) : [rejectionView(row, `whole-${at}`, language)]),
  ]);
  const head = [texts.row, ...inputs.map(({ label }) => label[language]), ...own.map(({ label }) => label[language])];
  return [
    element("p", { class: "summary", testid: "whole-summary" }, texts.casesSummary(settled, rows.length - settled)),
    ...groups,
    tableView(texts.firstRows(shown.length), head, shown, "whole-rows"),
  ];
}

function tableView(caption, head, body, testid) {
  const cells = (tag, list) => list.map((content) => element(tag, {}, content));
  const table = element(
    "table",
    { class: "plain", testid },
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...cells("th", head))),
    element("tbody", {}, ...body.map((list) => element("tr", {}, ...cells("td", list)))),
  );
  return element("div", { class: "scroll" }, table);
}
