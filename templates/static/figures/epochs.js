/** Epochs: a history's text or matrix at one of them, or one strip of several. */

import { all, find, get } from "../dom.js";
import { capitalise, NO_NUMBER } from "./numbers.js";

/** @import { Control } from "./controls.js" */
/** @import { Figure } from "./figure.js" */

const EVERY = -1; // the place that stands for all epochs

/**
 * Return a token or a cell of a frame: its classes, its numeral, what is said of it.
 *
 * @param {string} told As the server packs it; only what is said may hold a bar.
 * @returns {{classes: string, numeral: string, sentence: string}}
 */
export function parseFrameItem(told) {
  const [classes = "", numeral = "", ...rest] = told.split("|");
  return { classes, numeral, sentence: rest.join("|") };
}

/** The slider of a figure, and what it moves. */
export class EpochSlider {
  /**
   * @param {Figure} figure
   * @param {HTMLInputElement} range
   */
  constructor(figure, range) {
    const { epochs = "", names, every = "all epochs" } = range.dataset;
    const frames = find("[data-frames]", figure.element)?.dataset.frames;
    this.figure = figure;
    this.range = range;
    this.epochs = epochs.split(" ");
    this.every = every;
    /** @type {string[]} */
    this.names = names ? JSON.parse(names) : this.epochs.map((epoch) => `epoch ${epoch}`);
    /** @type {string[][] | null} Per epoch a line for the whole, then each item. */
    this.frames = frames ? JSON.parse(frames) : null;
    this.epoch = (this.frames && this.epochs[Number(range.value)]) || "all";
    range.addEventListener("input", () => this.show(Number(range.value)));
  }

  /** @returns {Control} */
  control() {
    const first = this.epoch;
    return {
      name: "epoch",
      value: () => this.epoch,
      choose: (epoch) => this.choose(epoch),
      reset: () => this.choose(first),
    };
  }

  /**
   * Show the epoch of a name, or `all` of several strips.
   *
   * @param {string} epoch
   */
  choose(epoch) {
    const place = this.epochs.indexOf(epoch);
    if (place >= 0 || (epoch === "all" && !this.frames)) this.show(place);
  }

  /**
   * Show the epoch at a place, all of them for -1.
   *
   * @param {number} place
   */
  show(place) {
    const isEvery = place === EVERY;
    this.epoch = isEvery ? "all" : (this.epochs[place] ?? "all");
    const name = isEvery ? this.every : (this.names[place] ?? "");
    if (this.frames) this.showFrame(place, this.frames[place] ?? []);
    else this.showStrip(place);
    get("output", this.figure.element).textContent = name;
    this.range.value = String(isEvery ? this.epochs.length - 1 : place);
    this.range.setAttribute("aria-valuetext", name);
    this.figure.clear();
    this.figure.afterChoice();
    this.figure.save();
  }

  /**
   * Show one strip of several, or all.
   *
   * @param {number} place
   */
  showStrip(place) {
    const { element } = this.figure;
    all(".epochs > li", element).forEach((strip, i) => {
      strip.hidden = place !== EVERY && i !== place;
    });
    markCurrent(all(".multiple", element), place);
    /** @type {HTMLButtonElement | null} */
    const button = find("[data-all]", element);
    if (button) button.disabled = place === EVERY;
  }

  /**
   * Give every token or cell its class, number and sentence of one epoch.
   *
   * @param {number} place
   * @param {string[]} frame
   */
  showFrame(place, frame) {
    const { element } = this.figure;
    const [line = "", ...told] = frame;
    all(".single .token, .single tbody td", element).forEach((item, i) => {
      const { classes, numeral, sentence } = parseFrameItem(told[i] ?? "");
      const annotated = item.matches(".annotated") ? " annotated" : "";
      const isCell = item instanceof HTMLTableCellElement;
      item.className = (isCell ? "" : "token ") + classes + annotated;
      if (!isCell) item.dataset.value = sentence;
      const number = isCell ? item.firstChild : find("small", item);
      if (number) number.textContent = numeral || NO_NUMBER;
    });
    get(".single .label b", element).textContent = capitalise(this.names[place] ?? "");
    get(".single .label span", element).textContent = line;
    markCurrent(all(".history tbody tr", element), place);
    markCurrent(all(".history-strips li", element), place);
    markCurrent(all(".frames li", element), place);
  }
}

/**
 * Mark the element at a place as the one that is shown.
 *
 * @param {Element[]} elements
 * @param {number} place
 */
function markCurrent(elements, place) {
  elements.forEach((element, i) => {
    element.classList.toggle("current", i === place);
  });
}
