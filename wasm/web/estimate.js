/** The section "try your own numbers". */

import { FenError } from "./fen.js";
import { settleStream } from "./fen-stream.js";
import { fieldView, givenFor, givenIn, textFor } from "./fields.js";
import { byId, element } from "./page.js";
import { labelWithUnit, rejectionView, shownText } from "./parts.js";
import { placesOfFields, runningColumns, settlesSingly, textOfNone } from "./running.js";
import { TEXTS } from "./texts.js";
import { wholeView } from "./whole.js";

let shown = null;
/**
 * What the reader gave, by the place of the input, parameter or running value, so that it outlives a change of language, or of module if the
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
  const isSingle = settlesSingly(policy.schema);
  const running = isSingle ? runningColumns(policy.schema) : [];
  shown = { policy, language, isSingle, running };
  const shape = [inputs, parameters, running].map((columns) => columns.map(({ type, optional }) => `${type} ${optional}`)).join();
  if (given?.shape !== shape) {
    given = {
      shape,
      inputs: inputs.map((column, at) => givenFor(column, example[at])),
      parameters: parameters.map((column) => givenFor(column)),
      running: running.map((column) => givenFor(column, textOfNone(column))),
      file: null,
    };
  }
  const fields = (columns, list, prefix, places = [...columns.keys()]) =>
    places.map((at) => fieldView(columns[at], given[list][at] ?? "", `${prefix}-${at}`, `${prefix}-${at}`, language));
  const places = isSingle ? placesOfFields(policy.schema) : [];
  byId("try-fields").replaceChildren(...fields(inputs, "inputs", "try-input", places));
  byId("try-parameter-fields").replaceChildren(...fields(parameters, "parameters", "try-parameter"));
  byId("try-parameters").hidden = parameters.length === 0;
  byId("try-running-fields").replaceChildren(...fields(running, "running", "try-running"));
  byId("try-running").hidden = running.length === 0;
  byId("try-whole").hidden = isSingle;
  showAnswer();
}

/** Connects the form. */
export function startEstimate() {
  const form = byId("try");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    const [, list, at] = /^try-(input|parameter|running)-([0-9]+)$/.exec(target.id) ?? [];
    if (!list) return;
    given[{ input: "inputs", parameter: "parameters", running: "running" }[list]][Number(at)] = givenIn(target);
    showAnswer();
  });
  byId("try-file").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    given.file = file ? await file.text() : null;
    showAnswer();
  });
}

function showAnswer() {
  const { policy, language, isSingle } = shown;
  const { inputs, plan } = policy.schema;
  const answer = byId("try-result");
  const problem = setParameters();
  if (problem) return showProblem(problem, "try-parameters-wanted");
  if (!isSingle) {
    const view = given.file === null ? [] : orProblem(() => wholeView(policy, given.file, language));
    if (view) answer.replaceChildren(...view);
    return;
  }
  const texts = inputs.map((column, at) => [column.name, textFor(column, given.inputs[at])]);
  const result = orProblem(() => settleOne(Object.fromEntries(texts)));
  if (!result) return;
  const isWrong = ({ name }) => !result.settled && result.column === name;
  for (const at of placesOfFields(policy.schema)) mark(`try-input-${at}`, isWrong(inputs[at]));
  shown.running.forEach((column, at) => mark(`try-running-${at}`, isWrong(column)));
  if (!result.settled) {
    const why = rejectionView(result, "try", language);
    answer.replaceChildren(element("p", { class: "rejection", testid: "try-rejected" }, why));
    return;
  }
  const outputs = plan ? (plan.results.find(({ grain }) => grain === 0)?.outputs ?? []).map(({ column }) => column) : policy.schema.outputs;
  const values = outputs.map((column, at) => {
    const text = result.outputs[column.name];
    const value = text === "" ? TEXTS[language].empty : shownText(text, column, language);
    const shownValue = element("dd", { testid: `try-output-${at}` }, value);
    return element("div", {}, element("dt", {}, ...labelWithUnit(column, language)), shownValue);
  });
  answer.replaceChildren(element("dl", { class: "amounts" }, ...values));
}

/** Settles the claim in the form; what was before it, if anything matters, stands in the form too. */
function settleOne(row) {
  const before = shown.running.map((column, at) => [column.name, textFor(column, given.running[at])]);
  return settleStream(shown.policy, [row], {}, { before: Object.fromEntries(before) }).rows[0];
}

/** What is made, or nothing but the words of its refusal on the page. */
function orProblem(make) {
  try {
    return make();
  } catch (refusal) {
    if (!(refusal instanceof FenError)) throw refusal;
    showProblem(refusal.messages[shown.language], "try-problem");
    return null;
  }
}

function showProblem(text, testid) {
  byId("try-result").replaceChildren(element("p", { class: "rejection", testid }, text));
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
