/** The section "try your own numbers". */

import { FenError } from "./fen.js";
import { fieldView, givenFor, givenIn, textFor } from "./fields.js";
import { byId, element } from "./page.js";
import { labelWithUnit, rejectionView, shownText } from "./parts.js";
import { TEXTS } from "./texts.js";

let shown = null;
/**
 * What the reader gave, by the place of the input or parameter, so that it outlives a change of language, or of module if the
 * other one takes the same.
 */
let given = null;

/**
 * Shows the form of a policy and the answer to what is in it.
 * @param {object} policy a loaded policy
 * @param {string[]} example what stands in the form until the reader types
 * @param {"zh" | "en"} language of the page
 */
export function showEstimate(policy, example, language) {
  const { inputs, parameters } = policy.schema;
  shown = { policy, language };
  const shape = [inputs, parameters].map((columns) => columns.map(({ type, optional }) => `${type} ${optional}`)).join();
  if (given?.shape !== shape) {
    given = {
      shape,
      inputs: inputs.map((column, at) => givenFor(column, example[at])),
      parameters: parameters.map((column) => givenFor(column)),
    };
  }
  const fields = (columns, list, prefix) =>
    columns.map((column, at) => fieldView(column, given[list][at] ?? "", `${prefix}-${at}`, `${prefix}-${at}`, language));
  byId("try-fields").replaceChildren(...fields(inputs, "inputs", "try-input"));
  byId("try-parameter-fields").replaceChildren(...fields(parameters, "parameters", "try-parameter"));
  byId("try-parameters").hidden = parameters.length === 0;
  showAnswer();
}

/** Connects the form. */
export function startEstimate() {
  const form = byId("try");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const all = (folder) => [...byId(folder).querySelectorAll("input, select")].map(givenIn);
    given = { ...given, inputs: all("try-fields"), parameters: all("try-parameter-fields") };
    showAnswer();
  });
}

function showAnswer() {
  const { policy, language } = shown;
  const { inputs, outputs } = policy.schema;
  const answer = byId("try-result");
  const problem = setParameters();
  if (problem) {
    answer.replaceChildren(element("p", { class: "rejection", testid: "try-parameters-wanted" }, problem));
    return;
  }
  const texts = inputs.map((column, at) => [column.name, textFor(column, given.inputs[at])]);
  const [result] = policy.settle([Object.fromEntries(texts)]);
  inputs.forEach(({ name }, at) => mark(`try-input-${at}`, !result.settled && result.column === name));
  if (!result.settled) {
    const why = rejectionView(result, "try", language);
    answer.replaceChildren(element("p", { class: "rejection", testid: "try-rejected" }, why));
    return;
  }
  const values = outputs.map((column, at) => {
    const text = result.outputs[column.name];
    const value = text === "" ? TEXTS[language].empty : shownText(text, column, language);
    const shownValue = element("dd", { testid: `try-output-${at}` }, value);
    return element("div", {}, element("dt", {}, ...labelWithUnit(column, language)), shownValue);
  });
  answer.replaceChildren(element("dl", { class: "amounts" }, ...values));
}

/** Gives the policy what stands in the fields of its parameters; what keeps it from settling, if anything does. */
function setParameters() {
  const { policy, language } = shown;
  let problem = null;
  policy.schema.parameters.forEach((column, at) => {
    const text = textFor(column, given.parameters[at]);
    let error = null;
    try {
      if (text === "") policy.clearParameter(column.name);
      else policy.setParameter(column.name, text);
    } catch (refusal) {
      if (!(refusal instanceof FenError)) throw refusal;
      policy.clearParameter(column.name);
      error = refusal;
    }
    mark(`try-parameter-${at}`, error !== null);
    problem ??= error?.messages[language] ?? null;
  });
  const missing = policy.missingParameters().map(({ label }) => label[language]);
  return problem ?? (missing.length > 0 ? TEXTS[language].parametersWanted(missing) : null);
}

function mark(id, isWrong) {
  byId(id).setAttribute("aria-invalid", String(isWrong));
}
