/**
 * The page: loads both modules and the cases, keeps the language and the chosen module,
 * and shows every section anew when one of them changes.
 */

import { showCases } from "./cases.js";
import { showChecker, startChecker } from "./checker.js";
import { showEstimate, startEstimate } from "./estimate.js";
import { showFacts } from "./facts.js";
import { FenError, loadPolicy } from "./fen.js";
import { byId } from "./page.js";
import { TEXTS } from "./texts.js";

const MODULES = { en: "surplus.wasm", zh: "结余留用.wasm" };
const CASES = "expectations.json";

const state = {
  language: initialLanguage(),
  /** Which of MODULES is shown; at first the one in the reader's language. */
  chosen: initialLanguage(),
  /** What came of each file: `{value}` or `{error}`. */
  files: {},
};

function initialLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked === "zh" || asked === "en") return asked;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** A failed request, worded when it is shown, since the language can change. */
class HttpError extends Error {
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

async function fetchFile(file, read) {
  try {
    const response = await fetch(encodeURIComponent(file));
    if (!response.ok) throw new HttpError(response.status);
    return { value: await read(response) };
  } catch (error) {
    return { error };
  }
}

async function loadFiles() {
  const readModule = async (response) => loadPolicy(await response.arrayBuffer());
  const readers = [
    ...Object.values(MODULES).map((file) => [file, readModule]),
    [CASES, (response) => response.json()],
  ];
  return Object.fromEntries(
    await Promise.all(readers.map(async ([file, read]) => [file, await fetchFile(file, read)])),
  );
}

function wordError(error) {
  if (error instanceof FenError) return error.messages[state.language];
  if (error instanceof HttpError) return TEXTS[state.language].http(error.status);
  return error.message;
}

function showTexts() {
  const { language } = state;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = TEXTS[language][place.dataset.text];
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  for (const radio of document.querySelectorAll("[name=module]")) radio.checked = radio.value === state.chosen;
  showChecker(language);
}

function showPolicy() {
  const file = MODULES[state.chosen];
  const policy = state.files[file]?.value;
  const expectations = state.files[CASES]?.value;
  document.body.dataset.module = policy ? "loaded" : "missing";
  // The cases are those of a policy that leaves nothing open.
  const hasCases = policy && expectations && policy.schema.parameters.length === 0 && !policy.schema.plan;
  document.body.dataset.cases = hasCases ? "loaded" : "missing";
  if (!policy) return;
  showFacts(policy.schema, state.language);
  if (hasCases) showCases(policy, file, expectations, state.language);
  showEstimate(policy, hasCases ? expectations.cases[0].inputs : [], state.language);
}

function showErrors(lines) {
  const alert = byId("load-error");
  alert.hidden = lines.length === 0;
  alert.textContent = lines.join("\n");
}

/** Shows everything anew. A mistake of the page's own is put before the reader like any other error. */
function show() {
  const texts = TEXTS[state.language];
  const failed = Object.entries(state.files).filter(([, { error }]) => error);
  showErrors(failed.map(([file, { error }]) => texts.loadFailed(file, wordError(error))));
  try {
    showTexts();
    showPolicy();
  } catch (error) {
    showErrors([texts.unexpected(wordError(error))]);
    throw error;
  }
}

function listen() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      state.language = button.dataset.language;
      const address = new URL(location.href);
      address.searchParams.set("lang", state.language);
      history.replaceState(null, "", address);
      show();
    });
  }
  for (const radio of document.querySelectorAll("[name=module]")) {
    radio.addEventListener("change", () => {
      state.chosen = radio.value;
      show();
    });
  }
  startEstimate();
  startChecker();
}

listen();
show();
state.files = await loadFiles();
show();
