/** Annotations in the margin stand at the height of their items, with a line to each. */

import { all, get } from "../dom.js";
import { keyOf } from "./items.js";

/** @import { Figure } from "./figure.js" */
/** @import { Item } from "./items.js" */

const SVG = "http://www.w3.org/2000/svg";
const HALF_LINE = 9; // pixels from the top of a note to the middle of its first line
const BELOW_TOKEN = 4;
const APART = 2; // pixels between the lines of neighbours, three in turn

/**
 * @typedef {object} Leader A line from an item to its note, in pixels of the page.
 * @property {number} from Where it begins.
 * @property {number} y Its height there.
 * @property {number} edge Where the canvas ends.
 * @property {number} side Where the notes begin.
 * @property {number} top The top of the note.
 */

/**
 * Return the path of a line, measured from a corner.
 *
 * @param {Leader} leader
 * @param {{left: number, top: number}} corner
 * @returns {string}
 */
export function leaderPath(leader, corner) {
  /** @param {number} value */
  const x = (value) => (value - corner.left).toFixed(1);
  /** @param {number} value */
  const y = (value) => (value - corner.top).toFixed(1);
  const { from, edge, side, top } = leader;
  return (
    `M${x(from)} ${y(leader.y)}H${x(edge + 6)}` +
    `L${x(side - 14)} ${y(top + HALF_LINE)}H${x(side - 5)}`
  );
}

/**
 * Return the item that a note stands at, where it is in view.
 *
 * @param {Figure} figure
 * @param {HTMLElement} note
 * @returns {Item | undefined}
 */
function anchorOf(figure, note) {
  const keys = (note.dataset.at ?? "").split(" ");
  const item = figure.items.find((candidate) => keys.includes(keyOf(candidate)));
  if (item) return item;
  const row = keys.find((key) => /^\d+-$/.test(key));
  return row ? all(".matrix tbody th", figure.element)[Number.parseInt(row, 10) - 1] : undefined;
}

/** The notes beside a figure, and the lines that lead to them. */
export class Margin {
  /** @param {Figure} figure */
  constructor(figure) {
    this.figure = figure;
    /** @type {SVGSVGElement | null} */
    this.leaders = null;
  }

  /** Put notes and lines where they belong. */
  align() {
    const { annotations: notes, element } = this.figure;
    if (!notes.length) return;
    this.leaders?.remove();
    this.leaders = null;
    for (const note of notes) {
      note.style.marginTop = "";
      note.style.order = "";
    }
    const edge = get(".canvas", element).getBoundingClientRect().right;
    const side = get(".annotations", element).getBoundingClientRect().left;
    if (side < edge) return; // notes stand below
    /** @param {Item | undefined} item */
    const top = (item) => item?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
    const pairs = notes
      .map((note) => ({ note, item: anchorOf(this.figure, note) }))
      .sort((a, b) => top(a.item) - top(b.item) || 0);
    pairs.forEach(({ note }, i) => {
      note.style.order = String(i);
    });
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "leaders");
    svg.setAttribute("aria-hidden", "true");
    const corner = element.getBoundingClientRect();
    pairs.forEach(({ note, item }, i) => {
      if (!item) return;
      const leader = lead(note, item, i, edge, side);
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", leaderPath(leader, corner));
      svg.append(path);
    });
    element.append(svg);
    this.leaders = svg;
  }
}

/**
 * Move a note down to its item, and return the line between them.
 *
 * @param {HTMLElement} note
 * @param {Item} item
 * @param {number} order
 * @param {number} edge
 * @param {number} side
 * @returns {Leader}
 */
function lead(note, item, order, edge, side) {
  const box = item.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  const isToken = item.matches(".token");
  const gap = (isToken ? box.top : middle - HALF_LINE) - note.getBoundingClientRect().top;
  if (gap > 0) note.style.marginTop = `${gap}px`;
  const { top } = note.getBoundingClientRect();
  if (isToken) {
    const y = box.bottom + BELOW_TOKEN + (order % 3) * APART;
    return { from: box.left + box.width / 2, y, edge, side, top };
  }
  const whole = item.closest("table") ?? item;
  return { from: whole.getBoundingClientRect().right + 4, y: middle, edge, side, top };
}
