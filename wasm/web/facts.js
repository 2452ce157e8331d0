/** What a policy says of itself. */

import { byId, element } from "./page.js";
import { dayName, TEXTS } from "./texts.js";

/**
 * Shows the title, the document, the days in force, the clauses and the origin of a policy.
 * @param {object} schema
 * @param {"zh" | "en"} language of the page
 */
export function showFacts(schema, language) {
  const texts = TEXTS[language];
  const title = byId("policy-title");
  title.textContent = schema.title ?? schema.policy;
  title.lang = schema.language;
  byId("policy-name").textContent = schema.policy;
  byId("policy-name").lang = schema.language;
  document.title = `${title.textContent} · Fen 分`;

  const fact = (name, ...values) =>
    element("div", {}, element("dt", {}, name), ...values.map((value) => element("dd", {}, value)));
  const source = schema.source ?? texts.none;
  const facts = [
    fact(texts.source, element("span", { lang: "zh", testid: "policy-source" }, source)),
    fact(texts.inForce, element("span", { testid: "policy-in-force" }, ...forceView(schema.in_force, language))),
    fact(texts.clause, ...citationsView(schema.citations)),
    fact(texts.invariants, ...schema.invariants.map((text) => element("code", { testid: "policy-invariant" }, text))),
    fact(texts.compiler, schema.compiler),
    fact(texts.digest, element("code", { class: "digest" }, schema.source_sha256)),
  ];
  byId("facts").replaceChildren(...facts.filter((item) => item.childElementCount > 1));
}

function forceView(force, language) {
  const texts = TEXTS[language];
  const day = (value, words) => element("time", { datetime: value }, words(dayName(value, language)));
  const days = [];
  if (force?.from) days.push(day(force.from, texts.inForceFrom));
  if (force?.to) days.push(" ", day(force.to, texts.inForceUntil));
  return days.length > 0 ? days : [texts.always];
}

/** One line for each clause: its name, the rules that rest on it, and what it says if the policy quotes it. */
function citationsView(citations) {
  const clauses = [...new Set(citations.map(({ clause }) => clause))];
  return clauses.map((clause) => {
    const cited = citations.filter((citation) => citation.clause === clause);
    const rules = [...new Set(cited.map(({ rule }) => rule))];
    const quoted = [...new Set(cited.flatMap(({ text }) => text?.split("\n") ?? []))];
    return element(
      "span",
      { testid: "policy-citation" },
      element("span", { lang: "zh" }, clause),
      " ",
      element("code", { class: "aside" }, rules.join(", ")),
      ...quoted.flatMap((text) => [" ", element("q", { lang: "zh", testid: "policy-clause-text" }, text)]),
    );
  });
}
