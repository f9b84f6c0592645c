/** What a figure says of one of its items, in the line below it. */

import { all, find, get, isolate } from "../dom.js";
import {
  asCell,
  keyOf,
  labelOf,
  lastPart,
  placeOf,
  rowNumber,
  rowOf,
  tableOf,
  WORD_HEAD,
} from "./items.js";
import { fixed, parseNumber } from "./numbers.js";

/** @import { Item } from "./items.js" */

/** @typedef {{word: string, numbers: number[]}} Row One line of a figure's table. */

/**
 * @typedef {object} Subject What is read of a figure.
 * @property {HTMLElement} element
 * @property {string} kind
 * @property {Row[]} rows The lines of its first table.
 * @property {string[]} epochNames Of a history, by row.
 */

/**
 * Return the lines of a figure's first table.
 *
 * @param {HTMLElement} figure
 * @returns {Row[]}
 */
export function tableRows(figure) {
  /** @type {HTMLTableSectionElement} */
  const body = get(".data-table tbody", figure);
  return [...body.rows].map((row) => {
    const [head, ...cells] = [...row.cells].map((cell) => cell.textContent ?? "");
    return { word: head ?? "", numbers: cells.map(parseNumber) };
  });
}

/**
 * Return what several answers say of the word at an item's place.
 *
 * @param {HTMLElement} figure
 * @param {Item} item
 * @returns {{answer: string, token: HTMLElement}[]}
 */
export function answersAt(figure, item) {
  const place = lastPart(item.dataset.key ?? "");
  /** @param {HTMLElement} token */
  const isThere = (token) =>
    lastPart(token.dataset.key ?? "") === place && !token.closest(".pads[open] > :not(summary)");
  return all(".answer", figure).flatMap((row) => {
    const token = all(".token[data-key]", row).find(isThere);
    return token ? [{ answer: row.getAttribute("aria-label") ?? "", token }] : [];
  });
}

/**
 * Return the whole text of a token, also where it is drawn shortened.
 *
 * @param {Item} item
 * @returns {string}
 */
function tokenText(item) {
  const text = find("bdi", item);
  return text ? text.title || (text.textContent ?? "") : (item.firstChild?.textContent ?? "");
}

/**
 * Return the token that a cell is about.
 *
 * @param {HTMLTableCellElement} cell
 * @returns {string}
 */
function columnOf(cell) {
  const table = tableOf(cell);
  if (!table.matches(".slots")) {
    const head = table.tFoot?.rows[0]?.cells[cell.cellIndex];
    return head ? labelOf(head) : "";
  }
  const place = placeOf(cell);
  const head = place && all(WORD_HEAD, table)[place.place - 1];
  return head ? labelOf(head) : "";
}

/**
 * Return what is said of a slot of the window: its number, its token, how far back.
 *
 * @param {string} written The token being written.
 * @param {number} value
 * @param {number} back Slots back, 0 for all padding.
 * @param {string} token What the slot holds: "padding", a quoted token, "the token".
 * @returns {string}
 */
export function slotSentence(written, value, back, token) {
  const where = back ? `${token}, ${back} back` : "all padding";
  return `Writing \u2018${isolate(written)}\u2019: ${fixed(value, 4)} on ${where}`;
}

/**
 * Return what is said of a cell of a matrix of slots.
 *
 * @param {Row[]} rows
 * @param {HTMLTableCellElement} cell
 * @param {string} written
 * @returns {string}
 */
function ofSlot(rows, cell, written) {
  const window = Number(tableOf(cell).dataset.window);
  const back = cell.matches(".pad-sum") ? 0 : Number(lastPart(keyOf(cell)));
  const column = columnOf(cell);
  const padding = cell.matches(".pad, .pad-slot");
  const token = padding ? "padding" : column ? `\u2018${isolate(column)}\u2019` : "the token";
  const value = rows[rowNumber(cell) - 1]?.numbers[window - back];
  return slotSentence(written, value ?? Number.NaN, back, token);
}

/**
 * Return what is said of a token of the text around a window.
 *
 * @param {Item} token
 * @returns {string}
 */
function ofSurroundings(token) {
  let text = " is being written";
  if (token.matches(".later")) text = " is not written yet";
  else if (token.matches(".out")) text = " has left the window";
  return isolate(token.firstChild?.textContent ?? "") + text;
}

/**
 * Return what a figure says of an item.
 *
 * @param {Subject} figure
 * @param {Item} item
 * @returns {string}
 */
export function describe(figure, item) {
  const { element, kind } = figure;
  const cell = asCell(item);
  const { text, value } = item.dataset;
  if (kind === "agreement" && cell) {
    const caption = get("caption", tableOf(cell)).textContent;
    const row = labelOf(get("th", rowOf(cell)));
    return `${caption} of ${isolate(row)} and ${isolate(columnOf(cell))}: ${text}`;
  }
  if (text) return text;
  if (kind === "compare") {
    const answers = answersAt(element, item).map((a) => `${a.answer} ${a.token.dataset.value}`);
    return `\u2018${isolate(tokenText(item))}\u2019: ${answers.join("; ")}`;
  }
  if (value) return `${isolate(tokenText(item))}: ${value}`;
  // biome-ignore lint/performance/useDomNodeTextContent: its parts stand apart as drawn
  if (item instanceof HTMLLIElement) return item.innerText.replace(/\s+/g, " ");
  if (!cell) return ofSurroundings(item);
  const head = get("th", rowOf(cell));
  const name = find("bdi", head)?.title || labelOf(head);
  if (cell.closest(".slots")) return ofSlot(figure.rows, cell, name);
  const row =
    kind === "history" ? `epoch ${figure.epochNames[rowNumber(cell) - 1]}` : isolate(name);
  return `${row}, \u2018${isolate(columnOf(cell))}\u2019: ${cell.firstChild?.textContent ?? ""}`;
}
