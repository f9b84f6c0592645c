/**
 * Items of figures, tokens and cells: their keys, and where the same token stands.
 *
 * An item's key names it in an address; `generator/figures/base.py` defines keys.
 */

import { all, find } from "../dom.js";

/** @typedef {HTMLElement | SVGElement} Item A token, a cell or a row that can be pinned. */

/** @typedef {{link: string, place: number}} Place A token's place in the text `link`. */

/** Cells of scores, without those that only move others or hold sums. */
const SCORE = "td:not(.pad-sum):not(.margin):not(.gap):not(.pad-gap)";
export const ITEM = ".token[data-key], li[data-key], .matrix tbody td:not(:empty):not(.margin)";
/** Heads of the columns that are words, in the layout by word. */
export const WORD_HEAD = ".foot-word th.word:not(.pad-slot):not(.pad-sum)";

/**
 * Return an item as a cell of a table; null for what is none.
 *
 * @param {Item} item
 * @returns {HTMLTableCellElement | null}
 */
export function asCell(item) {
  return item instanceof HTMLTableCellElement ? item : null;
}

/**
 * Return the row that a cell stands in.
 *
 * @param {HTMLTableCellElement} cell
 * @returns {HTMLTableRowElement}
 */
export function rowOf(cell) {
  return /** @type {HTMLTableRowElement} */ (cell.parentElement);
}

/**
 * Return the table that a cell stands in.
 *
 * @param {HTMLTableCellElement} cell
 * @returns {HTMLTableElement}
 */
export function tableOf(cell) {
  return /** @type {HTMLTableElement} */ (cell.closest("table"));
}

/**
 * Return the cells of scores of a row.
 *
 * @param {HTMLTableRowElement} row
 * @returns {HTMLTableCellElement[]}
 */
function scoresOf(row) {
  return [...row.cells].filter((cell) => cell.matches(SCORE));
}

/**
 * Return the number of a cell's row, from 1.
 *
 * @param {HTMLTableCellElement} cell
 * @returns {number}
 */
export function rowNumber(cell) {
  return rowOf(cell).sectionRowIndex + 1;
}

/**
 * Return the text of a heading, without its numeral.
 *
 * @param {Element} head
 * @returns {string}
 */
export function labelOf(head) {
  return (find("bdi", head) ?? head.firstChild)?.textContent ?? "";
}

/**
 * Return the number that an attribute holds; NaN where it is not there.
 *
 * @param {string | undefined} value
 * @returns {number}
 */
function numberOf(value) {
  return value === undefined ? Number.NaN : Number(value);
}

/**
 * Return the last part of a key, the column or the place.
 *
 * @param {string} key
 * @returns {string}
 */
export function lastPart(key) {
  return key.slice(key.lastIndexOf("-") + 1);
}

/**
 * Return the key of an item.
 *
 * @param {Item} item
 * @returns {string}
 */
export function keyOf(item) {
  const cell = asCell(item);
  if (item.dataset.key || !cell) return item.dataset.key ?? "";
  const table = tableOf(cell);
  const number = rowNumber(cell);
  if (cell.matches(".pad-sum")) return `${number}-p`;
  const figure = /** @type {HTMLElement} */ (cell.closest("figure"));
  const order = all(".matrix", figure).indexOf(table);
  const window = numberOf(table.dataset.window);
  const column = window ? window - scoresOf(rowOf(cell)).indexOf(cell) : cell.cellIndex;
  return `${order ? `${order + 1}.` : ""}${number}-${column}`;
}

/**
 * Return the text that an item belongs to, and its token's place there.
 *
 * @param {Item} item
 * @returns {Place | null} Null for what is no token of a text.
 */
export function placeOf(item) {
  /** @type {HTMLElement | null} */
  const box = item.closest("[data-link]");
  const part = box && lastPart(keyOf(item));
  if (!box || !part || !/^\d+$/.test(part)) return null;
  const { link = "", window, start, words } = box.dataset;
  let place = Number(part);
  if (window) {
    const cell = asCell(item);
    const row = cell && !box.matches(".parts") ? rowNumber(cell) : 1;
    place = numberOf(start) + row - place;
  }
  return place < 1 || (words && place > Number(words)) ? null : { link, place };
}

/**
 * Return the items of a container that hold the token at a place.
 *
 * @param {HTMLElement} box
 * @param {number} place
 * @returns {Item[]}
 */
function itemsAt(box, place) {
  if (!(box instanceof HTMLTableElement)) {
    /** @type {Item[]} */
    const tokens = all(".token[data-key]", box);
    return tokens.filter((token) => lastPart(token.dataset.key ?? "") === String(place));
  }
  const rows = [...(box.tBodies[0]?.rows ?? [])];
  const window = numberOf(box.dataset.window);
  /** @type {(Item | undefined)[]} */
  let items;
  if (!window) {
    items = [...rows, box.tFoot?.rows[0]].map((row) => row?.cells[place]);
  } else {
    const parts = box.matches(".parts");
    const start = numberOf(box.dataset.start);
    items = rows.map((row, n) => scoresOf(row)[window - (start + (parts ? 1 : n + 1) - place)]);
    if (!parts) items.push(all(WORD_HEAD, box)[place - 1]);
  }
  return items.filter((item) => item !== undefined);
}

/**
 * Mark what shows the same token as an item, all over the page.
 *
 * @param {Item | null | undefined} item None to mark nothing.
 */
export function markSameToken(item) {
  for (const marked of all(".same-token")) marked.classList.remove("same-token");
  const place = item && placeOf(item);
  if (!place) return;
  const boxes = all("[data-link]").filter((box) => box.dataset.link === place.link);
  for (const same of boxes.flatMap((box) => itemsAt(box, place.place))) {
    if (same !== item) same.classList.add("same-token");
  }
}
