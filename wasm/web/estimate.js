/** The section "try your own numbers". */

import { formatMoney } from "./fen.js";
import { byId, element } from "./page.js";
import { labelWithUnit, rejectionView } from "./parts.js";
import { TEXTS, unitName } from "./texts.js";

let shown = null;
/** What the reader typed, by the place of the input, so that it outlives a change of module or language. */
let typed = null;

/**
 * Shows the form of a policy and the answer to what is in it.
 * @param {object} policy a loaded policy
 * @param {string[]} example what stands in the form until the reader types
 * @param {"zh" | "en"} language of the page
 */
export function showEstimate(policy, example, language) {
  shown = { policy, language };
  typed ??= [...example];
  showFields(policy.schema, language);
  showAnswer();
}

/** Connects the form. */
export function startEstimate() {
  const form = byId("try");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    typed = [...form.querySelectorAll("input")].map((input) => input.value);
    showAnswer();
  });
}

function showFields({ inputs }, language) {
  const texts = TEXTS[language];
  const fields = inputs.map((column, at) => {
    const unit = unitName(column.unit, language);
    const input = element("input", {
      id: `try-${at}`,
      name: column.name,
      testid: `try-input-${at}`,
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-describedby": `try-${at}-range`,
    });
    input.value = typed[at] ?? "";
    const range = texts.range(formatMoney(column.min), formatMoney(column.max), unit);
    return element(
      "div",
      { class: "field" },
      element("label", { for: `try-${at}` }, ...labelWithUnit(column, language)),
      input,
      element("p", { class: "hint", id: `try-${at}-range` }, range),
    );
  });
  byId("try-fields").replaceChildren(...fields);
}

function showAnswer() {
  const { policy, language } = shown;
  const { inputs, outputs } = policy.schema;
  const [result] = policy.settle([Object.fromEntries(inputs.map(({ name }, at) => [name, typed[at] ?? ""]))]);
  inputs.forEach(({ name }, at) => {
    byId(`try-${at}`).setAttribute("aria-invalid", String(!result.settled && result.column === name));
  });
  const answer = byId("try-result");
  if (!result.settled) {
    const why = rejectionView(result, "try", language);
    answer.replaceChildren(element("p", { class: "rejection", testid: "try-rejected" }, why));
    return;
  }
  const amounts = outputs.map((column, at) => {
    const amount = element("dd", { testid: `try-output-${at}` }, formatMoney(result.outputs[column.name]));
    return element("div", {}, element("dt", {}, ...labelWithUnit(column, language)), amount);
  });
  answer.replaceChildren(element("dl", { class: "amounts" }, ...amounts));
}
