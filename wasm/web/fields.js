/** Fields of a form: one for each input or parameter, of the kind its type calls for. */

import { element } from "./page.js";
import { labelWithUnit, rangeText } from "./parts.js";
import { TEXTS } from "./texts.js";

/*
 * What a reader gives is kept as text, and for an enum as the place of the value, so that it outlives a change to the same
 * policy in the other language, whose values have other names.
 */

/** What stands in a column's field for a cell's text. */
export function givenFor(column, text = "") {
  if (column.type === "bool" && !column.optional) return text === "true" || text === "是" ? "true" : "false";
  if (column.type !== "enum") return text;
  const place = column.values.findIndex(({ name }) => name === text);
  return place < 0 ? "" : String(place);
}

/** The cell's text for what is given. */
export function textFor(column, given = "") {
  if (column.type !== "enum") return given;
  return column.values[given === "" ? -1 : Number(given)]?.name ?? "";
}

/** What is given in a control that {@link fieldView} made. */
export function givenIn(control) {
  return control.type === "checkbox" ? String(control.checked) : control.value;
}

/**
 * A field with its label, its control and a hint.
 * @param {object} column an input or parameter
 * @param {string} given what is in it
 * @param {string} id of the control; the hint's has `-hint` behind it
 * @param {string} testid
 * @param {"zh" | "en"} language
 */
export function fieldView(column, given, id, testid, language) {
  const texts = TEXTS[language];
  const control = controlFor(column, given, language);
  const attributes = { id, name: column.name, "data-testid": testid, "aria-describedby": `${id}-hint` };
  for (const [name, value] of Object.entries(attributes)) control.setAttribute(name, value);
  const label = element("label", { for: id }, ...labelWithUnit(column, language));
  if (column.optional) label.append(" ", element("span", { class: "unit" }, texts.optional));
  const hint = element("p", { class: "hint", id: `${id}-hint` }, rangeText(column, language));
  const isCheckbox = control.type === "checkbox";
  return element("div", { class: isCheckbox ? "field checkbox" : "field" }, ...(isCheckbox ? [control, label] : [label, control]), hint);
}

function controlFor(column, given, language) {
  const texts = TEXTS[language];
  if (column.type === "enum") {
    const values = column.values.map(({ label }, place) => [String(place), label[language]]);
    return select([["", column.optional ? texts.unknown : texts.choose], ...values], given);
  }
  if (column.type === "bool" && column.optional) {
    return select([["", texts.unknown], ["true", texts.yes], ["false", texts.no]], given);
  }
  if (column.type === "bool") {
    const box = element("input", { type: "checkbox" });
    box.checked = given === "true";
    return box;
  }
  const kinds = {
    date: { type: "date", min: column.min, max: column.max },
    code: { type: "text" },
    id: { type: "text" },
    pp: { type: "text", placeholder: "5pp" },
  };
  const input = element("input", { autocomplete: "off", ...(kinds[column.type] ?? { type: "text", inputmode: "decimal" }) });
  input.value = given;
  return input;
}

function select(options, given) {
  const made = element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
  made.value = options.some(([value]) => value === given) ? given : "";
  return made;
}
