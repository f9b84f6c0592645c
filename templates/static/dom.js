/** Shorter ways to find and to make elements. Text goes in by `textContent` alone. */

/**
 * Return the first element that matches, or null.
 *
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root] Where to look; the whole page if not given.
 * @returns {T | null}
 */
export function find(selector, root = document) {
  return /** @type {T | null} */ (root.querySelector(selector));
}

/**
 * Return the first element that matches, where the page always has one.
 *
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function get(selector, root = document) {
  const element = /** @type {T | null} */ (root.querySelector(selector));
  if (!element) throw new Error(`nothing matches ${selector}`);
  return element;
}

/**
 * Return every element that matches, in the order of the page.
 *
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {T[]}
 */
export function all(selector, root = document) {
  return /** @type {T[]} */ ([...root.querySelectorAll(selector)]);
}

/** Blocks of the letters that are read from right to left. */
const TURNED = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Return a text so that its direction moves nothing around it.
 *
 * @param {string} text
 * @returns {string}
 */
export function isolate(text) {
  return TURNED.test(text) ? `\u2068${text}\u2069` : text;
}

/**
 * Return a new element.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [classes]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function create(tag, classes = "", text = "") {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  if (text) element.textContent = text;
  return element;
}
