/** One part alone: its row of the matrix, and the same numbers as text. */

import { all, create, find, get } from "../dom.js";
import { labelOf, placeOf } from "./items.js";
import { capitalise } from "./numbers.js";

/** @import { Figure } from "./figure.js" */

const COLOURED = /^(d\d+|key)$/; // classes that a cell shares with its token

/** The choice of one layer among the parts of a score. */
export class Layers {
  /** @param {Figure} figure */
  constructor(figure) {
    this.figure = figure;
    /** @type {HTMLInputElement[]} */
    this.choices = all("[data-layers] input", figure.element);
    this.current = EVERY_LAYER - 1;
    /** @type {HTMLElement | null} */
    this.text = null;
  }

  /** Show the rows of the layer that is chosen. */
  update() {
    const chosen = this.choices.findIndex((choice) => choice.checked);
    if (chosen === this.current) return;
    this.current = chosen;
    /** @type {HTMLTableElement} */
    const table = get(".parts", this.figure.element);
    const rows = [...(table.tBodies[0]?.rows ?? [])];
    rows.forEach((row, i) => {
      row.hidden = chosen > EVERY_LAYER && i !== EVERY_LAYER && i !== chosen;
    });
    this.text?.remove();
    this.text = null;
    this.figure.index();
    const row = rows[chosen];
    if (chosen <= EVERY_LAYER || !row) return;
    this.text = layerText(table, row);
    get("[data-layers]", this.figure.element).closest(".controls")?.after(this.text);
  }
}

const EVERY_LAYER = 0; // the place of the first row, which sums all of them

/**
 * Return whether a cell of a part is shown as a token: padding is one, its sum.
 *
 * @param {HTMLTableCellElement} cell
 * @returns {boolean}
 */
function isToken(cell) {
  if (cell.tagName === "TH" || cell.matches(".margin, .pad-slot")) return false;
  return cell.matches(".pad-sum") || !cell.matches(".pad");
}

/**
 * Return the numbers of one layer as a line of tokens.
 *
 * @param {HTMLTableElement} table
 * @param {HTMLTableRowElement} row
 * @returns {HTMLElement}
 */
function layerText(table, row) {
  const name = labelOf(get("th", row));
  const heads = table.tFoot?.rows[0]?.cells;
  const tokens = create("div", "tokens");
  if (table.dataset.link) tokens.dataset.link = table.dataset.link;
  for (const cell of [...row.cells].filter(isToken)) {
    const place = cell.matches(".pad-sum") ? null : placeOf(cell);
    const head = heads?.[cell.cellIndex];
    const word = head ? labelOf(head) : "";
    const number = cell.firstChild?.textContent ?? "";
    const classes = [...cell.classList].filter((css) => COLOURED.test(css)).join(" ");
    const token = create("span", `token ${classes}`);
    token.dataset.key = `s-${place ? place.place : "p"}`;
    token.dataset.text = `${word}, ${name}: ${number}`;
    token.append(create("bdi", "", word), create("small", "", number));
    tokens.append(token);
  }
  const heading = create("p", "label");
  heading.append(create("b", "", capitalise(name)), " alone");
  const single = create("div", "single");
  single.append(heading, tokens);
  return single;
}

/**
 * Return the choice of layers of a figure, null where it has none.
 *
 * @param {Figure} figure
 * @returns {Layers | null}
 */
export function layersOf(figure) {
  return find("[data-layers]", figure.element) && new Layers(figure);
}
