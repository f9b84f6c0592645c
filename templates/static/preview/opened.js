/** What a reader opened, so that a reload can open it again. */

/**
 * Return a name for each element: the nearest id and a number within it.
 *
 * @param {string[]} homes The id around each element, in the order of the page.
 * @returns {string[]}
 */
export function namesWithin(homes) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return homes.map((home) => {
    const number = (seen.get(home) ?? 0) + 1;
    seen.set(home, number);
    return `${home}/${number}`;
  });
}

/**
 * @typedef {object} View What a reader saw of a page.
 * @property {number} x
 * @property {number} y
 * @property {string[]} open Names of what was open.
 */

/**
 * Return a view that was stored; null for none, or for what is no view.
 *
 * @param {string | null} text
 * @returns {View | null}
 */
export function parseView(text) {
  try {
    const view = JSON.parse(text ?? "null");
    return view && Array.isArray(view.open) ? view : null;
  } catch {
    return null;
  }
}
