/** The figures of the page by their ids, and what readers have changed of them. */

/** @import { Figure } from "./figure.js" */
/** @import { Item } from "./items.js" */

/** @type {Map<string, Figure>} */
export const figures = new Map();

/**
 * Return the state of every figure that is not as it was at first.
 *
 * @returns {Record<string, string>}
 */
export function snapshot() {
  const changed = [...figures].filter(([, figure]) => figure.isChanged);
  return Object.fromEntries(changed.map(([id, figure]) => [id, figure.state()]));
}

/**
 * Return the item that is pinned in any figure of the page.
 *
 * @returns {Item | null}
 */
export function pinnedItem() {
  return [...figures.values()].find((figure) => figure.pin)?.pin ?? null;
}
