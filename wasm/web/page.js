/** Small helpers that build the page's elements. */

/**
 * Makes an element. Text is always set as text, never parsed as markup.
 * @param {string} tag
 * @param {Record<string, string>} attributes an empty object for none; `testid` is short for `data-testid`
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name === "testid" ? "data-testid" : name, value);
  }
  made.append(...children);
  return made;
}

/** The element of `index.html` with this id. */
export function byId(id) {
  return document.getElementById(id);
}
