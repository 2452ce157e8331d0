/** The section "check a policy": the compiler itself, running in the browser. */

import { byId, element } from "./page.js";
import { TEXTS } from "./texts.js";

let language = "en";
let loading = null;
let checked = false;

/** Sets the language of the section; what was checked is checked again, so that its messages follow. */
export function showChecker(newLanguage) {
  const source = byId("check-source");
  const untouched = source.value === "" || source.value === TEXTS[language].brokenPolicy;
  language = newLanguage;
  if (untouched) source.value = TEXTS[language].brokenPolicy;
  if (checked) checkSource();
}

/** Connects the button. */
export function startChecker() {
  byId("check-button").addEventListener("click", checkSource);
}

/** Loaded at the first use: most readers of the page never need the compiler. */
function loadCompiler() {
  loading ??= import("./pkg/fen_wasm.js").then(async (compiler) => {
    await compiler.default();
    return compiler;
  });
  return loading;
}

async function checkSource() {
  const texts = TEXTS[language];
  checked = true;
  show(element("p", {}, texts.checkLoading));
  let compiler;
  try {
    compiler = await loadCompiler();
  } catch (error) {
    loading = null;
    show(failure("check-unavailable", texts.checkUnavailable, error));
    return;
  }
  try {
    const source = byId("check-source").value;
    const { diagnostics } = JSON.parse(compiler.check(source, language));
    show(...diagnosticsView(diagnostics, source.split("\n"), TEXTS[language]));
  } catch (error) {
    show(failure("check-failed", texts.checkFailed, error));
  }
}

function show(...children) {
  byId("check-result").replaceChildren(...children);
}

function failure(testid, text, error) {
  return element("p", { class: "alert", testid }, text, " ", element("code", {}, String(error?.message ?? error)));
}

function diagnosticsView(diagnostics, lines, texts) {
  if (diagnostics.length === 0) return [element("p", { class: "clean", testid: "check-clean" }, texts.checkClean)];
  const items = diagnostics.map((diagnostic) => diagnosticView(diagnostic, lines, texts));
  return [
    element("p", { class: "summary", testid: "check-count" }, texts.checkCount(diagnostics.length)),
    element("ol", { class: "diagnostics" }, ...items),
  ];
}

function diagnosticView({ code, severity, message, help, labels }, lines, texts) {
  const known = Object.hasOwn(texts.severity, severity);
  const item = element(
    "li",
    { testid: "diagnostic", "data-severity": severity },
    element(
      "p",
      { class: "diagnostic-head" },
      element("span", { class: "severity" }, known ? texts.severity[severity] : severity),
      " ",
      element("code", { testid: "diagnostic-code" }, code),
    ),
    element("p", { class: "diagnostic-message", testid: "diagnostic-message" }, message),
  );
  for (const { line, text } of labels) {
    item.append(
      element(
        "p",
        { class: "place" },
        element("span", { class: "line", testid: "diagnostic-line", "data-line": String(line) }, texts.line(line)),
        element("code", { class: "excerpt" }, (lines[line - 1] ?? "").trim()),
        element("span", { class: "place-text", testid: "diagnostic-label" }, text ?? ""),
      ),
    );
  }
  if (help) item.append(element("p", { class: "help", testid: "diagnostic-help" }, help));
  return item;
}
