/** A figure that answers: its cursor, what is pinned, what is chosen. */

import { all, find, get } from "../dom.js";
import { actionsOf } from "./actions.js";
import { formatState, pinOf } from "./address.js";
import { choiceControls } from "./controls.js";
import { EpochSlider } from "./epochs.js";
import { asCell, ITEM, keyOf, markSameToken, rowOf } from "./items.js";
import { nearestOnNextLine, placeAlongLine } from "./keyboard.js";
import { layersOf } from "./layers.js";
import { Margin } from "./margin.js";
import { pinnedItem, snapshot } from "./registry.js";
import { answersAt, describe, tableRows } from "./sentences.js";
import { Stepper } from "./step.js";

/** @import { Item } from "./items.js" */
/** @import { Row } from "./sentences.js" */

const STOPS = ".canvas [tabindex]:not(.scroll, a)";

/** One figure of the page. */
export class Figure {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.kind = element.dataset.figure ?? "";
    this.readout = find("[data-read]", element);
    this.hint = this.readout?.textContent ?? "";
    this.annotations = all(".annotations li[data-for]", element);
    this.margin = new Margin(this);
    this.isBusy = false; // while a state is applied nothing is saved
    /** @type {Item | null} */
    this.pin = null;
    /** @type {Item[] | null} */
    this.cachedItems = null;
    /** @type {Row[] | null} */
    this.cachedRows = null;
    const box = find("[data-strip]", element);
    this.stepper = box && new Stepper(this, box);
    /** @type {HTMLInputElement | null} */
    const range = find("input[type=range]", element);
    this.slider = range && new EpochSlider(this, range);
    this.layers = layersOf(this);
    this.controls = [this.stepper?.control(), this.slider?.control()]
      .concat(choiceControls(element, Boolean(box)))
      .filter((control) => control !== null && control !== undefined);
    for (const link of all(".wall a", element)) link.tabIndex = -1; // arrows move among strips
    this.index();
    this.first = this.state();
    this.actions = actionsOf(this);
    this.listen();
    this.afterChoice();
  }

  /** Answer the pointer, the keyboard and the controls. */
  listen() {
    const { element } = this;
    element.addEventListener("mouseover", (event) => {
      const item = itemOf(event);
      if (item && !this.pin) this.show(item);
    });
    element.addEventListener("mouseleave", () => this.pin || this.clear());
    element.addEventListener("focusin", (event) => {
      const item = itemOf(event);
      if (item) this.show(item);
    });
    element.addEventListener("focusout", () => this.pin || this.clear());
    element.addEventListener("click", (event) => this.click(event));
    element.addEventListener("keydown", (event) => this.press(event));
    element.addEventListener("change", (event) => {
      if (/** @type {HTMLInputElement} */ (event.target).type !== "radio") return;
      this.clear();
      this.afterChoice();
      this.save();
    });
    /** @param {Event} event */
    const toggled = (event) => {
      if (/** @type {Element} */ (event.target).matches(".pads")) {
        this.index();
        this.save();
      }
      this.afterChoice();
    };
    element.addEventListener("toggle", toggled, true); // it does not bubble
  }

  /** @returns {Item[]} The items in view, in the order of the page. */
  get items() {
    this.cachedItems ??= this.allItems().filter(isInView);
    return this.cachedItems;
  }

  /** @returns {Row[]} The lines of the figure's first table. */
  get rows() {
    this.cachedRows ??= tableRows(this.element);
    return this.cachedRows;
  }

  /** @returns {string[]} */
  get epochNames() {
    return this.slider?.epochs ?? [];
  }

  /** @returns {Item[]} */
  allItems() {
    return all(ITEM, get(".canvas", this.element));
  }

  /** Leave one stop for the tab key; which items are in view is found when needed. */
  index() {
    this.cachedItems = null;
    for (const stop of all(STOPS, this.element)) stop.removeAttribute("tabindex");
    const stop =
      this.pin ??
      this.focusedItem() ?? // which would lose the focus with its stop
      find(".target", this.element) ??
      this.allItems().find(isInView);
    if (stop) this.makeStop(stop);
  }

  /** @returns {Item | null} */
  focusedItem() {
    /** @type {Item | null} */
    const item = find(":focus", this.element);
    return item?.matches(ITEM) ? item : null;
  }

  /**
   * Make an item the one that the tab key reaches.
   *
   * @param {Item} item
   */
  makeStop(item) {
    for (const stop of all(STOPS, this.element)) {
      if (stop !== item) stop.removeAttribute("tabindex");
    }
    item.tabIndex = 0;
    if (item.tagName !== "SPAN") return;
    item.setAttribute("role", "button");
    item.setAttribute("aria-pressed", String(this.pin === item));
  }

  /**
   * Say something in the line below the figure.
   *
   * @param {string} text
   * @param {boolean} isLive Whether it is about an item, and no hint.
   */
  say(text, isLive) {
    if (!this.readout) return;
    this.readout.textContent = text;
    this.readout.classList.toggle("live", isLive);
  }

  /** Take the cursor from every item. */
  unmark() {
    for (const marked of all(".active", this.element)) marked.classList.remove("active");
  }

  /**
   * Put the cursor on an item and say what it is.
   *
   * @param {Item} item
   */
  show(item) {
    this.unmark();
    item.classList.add("active");
    if (this.kind === "compare") {
      for (const { token } of answersAt(this.element, item)) token.classList.add("active");
    }
    const key = keyOf(item);
    for (const note of this.annotations) {
      note.classList.toggle("active", (note.dataset.for ?? "").split(" ").includes(key));
    }
    markSameToken(item);
    const { writes } = item.dataset;
    const leadsOn =
      this.pin === item && this.stepper && writes && Number(writes) !== this.stepper.step;
    const more = leadsOn ? " \u00b7 choose it once more for the step that writes it" : "";
    this.say(describe(this, item) + more, true);
  }

  /** Let go of what is pinned. */
  clear() {
    this.pin = null;
    this.unmark();
    markSameToken(pinnedItem());
    this.say(this.hint, false);
    this.index();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = /** @type {Element} */ (event.target);
    const button = target.closest("button");
    /** @type {HTMLElement | null} */
    const panel = target.closest("[data-frame]");
    const item = itemOf(event);
    if (button?.dataset.move) {
      if (this.stepper) this.stepper.go(this.stepper.step + Number(button.dataset.move));
    } else if (button?.matches("[data-all]")) {
      this.chooseEpoch("all");
    } else if (button?.matches(".reset")) {
      this.apply(this.first);
      this.save();
    } else if (panel && this.slider) {
      this.chooseEpoch(this.slider.epochs[Number(panel.dataset.frame)] ?? "");
    } else if (item) {
      this.choose(item);
    }
  }

  /** @param {string} epoch */
  chooseEpoch(epoch) {
    this.slider?.choose(epoch);
    this.afterChoice();
    this.save();
  }

  /**
   * Pin an item, or let go of it; in a text go to its step when chosen once more.
   *
   * @param {Item} item
   */
  choose(item) {
    const { writes } = item.dataset;
    if (this.stepper && writes && this.pin === item) {
      this.stepper.go(Number(writes));
      return;
    }
    /** @type {HTMLAnchorElement | null} */
    const link = this.kind === "wall" ? find("a", item) : null;
    if (link) {
      location.hash = link.hash; // a strip is a link to itself
      this.makeStop(item);
      item.focus({ preventScroll: true });
      return;
    }
    const cell = asCell(item);
    if (this.kind === "history" && cell) this.slider?.show(rowOf(cell).sectionRowIndex);
    if (this.pin === item) this.clear();
    else {
      this.hold(item);
      item.focus({ preventScroll: true });
    }
    this.save();
  }

  /** @param {Item} item */
  hold(item) {
    this.pin = item;
    this.show(item);
    this.index();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {Item} */ (event.target);
    const isItem = target.matches(ITEM);
    if (event.key === "Escape" && !target.closest(".menu[open]")) {
      this.clear();
      if (this.element.contains(target) && isItem) this.makeStop(target);
      this.save();
    }
    if (!isItem || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(target);
      return;
    }
    const next = this.nextItem(target, event.key, event.ctrlKey);
    if (next === null) return;
    event.preventDefault();
    if (next) this.moveTo(next);
  }

  /**
   * Return the item that a key leads to.
   *
   * @param {Item} item
   * @param {string} key
   * @param {boolean} isWhole Whether Home and End mean the whole figure, not the row.
   * @returns {Item | null | undefined} Undefined where there is none, null for other keys.
   */
  nextItem(item, key, isWhole) {
    const { items } = this;
    const inRow = asCell(item) && !isWhole;
    const line = inRow ? items.filter((x) => x.parentElement === item.parentElement) : items;
    const ends = {
      first: line[0] ? items.indexOf(line[0]) : -1,
      last: items.lastIndexOf(/** @type {Item} */ (line.at(-1))),
    };
    const along = placeAlongLine(key, items.indexOf(item), ends, isTurned(item));
    if (along !== null) return items[along];
    if (key !== "ArrowDown" && key !== "ArrowUp") return null;
    const isDown = key === "ArrowDown";
    if (this.kind === "compare") {
      /** @type {Item[]} */
      const tokens = answersAt(this.element, item).map((answer) => answer.token);
      return tokens[tokens.indexOf(item) + (isDown ? 1 : -1)];
    }
    const boxes = items.map((x) => x.getBoundingClientRect());
    return items[nearestOnNextLine(boxes, item.getBoundingClientRect(), isDown)];
  }

  /**
   * Move the focus to an item; what was pinned is let go.
   *
   * @param {Item} item
   */
  moveTo(item) {
    const wasPinned = this.pin;
    this.pin = null;
    this.makeStop(item);
    item.focus();
    this.makeStop(item); // what lost the focus has put the stop back
    if (wasPinned) this.save();
  }

  /** Bring what depends on a choice up to date. */
  afterChoice() {
    this.layers?.update();
    this.margin.align();
    this.actions?.update();
  }

  /** @returns {string} What is chosen and pinned, as an address holds it. */
  state() {
    /** @type {[name: string, value: string][]} */
    const values = this.controls.map((control) => [control.name, control.value()]);
    if (this.pin) values.push(["pin", keyOf(this.pin)]);
    return formatState(values);
  }

  /**
   * Show a state; what is not there does nothing.
   *
   * @param {string} text As an address holds it.
   */
  apply(text) {
    const state = new URLSearchParams(text);
    this.isBusy = true;
    this.clear();
    for (const control of this.controls) {
      control.reset();
      const value = state.get(control.name);
      if (value) control.choose(value);
    }
    this.clear();
    this.afterChoice();
    const key = pinOf(state);
    const item = key && this.items.find((candidate) => keyOf(candidate) === key);
    if (item) {
      this.hold(item);
      item.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.isBusy = false;
    this.actions?.update();
  }

  /** @returns {boolean} Whether it is not as it was at first. */
  get isChanged() {
    return this.state() !== this.first;
  }

  /** @returns {string} The address of what is shown. */
  get address() {
    return `#${this.element.id}${this.isChanged ? `?${this.state()}` : ""}`;
  }

  /** Put what is shown into the page's address. */
  save() {
    this.actions?.update();
    if (!this.isBusy) history.replaceState({ figs: snapshot() }, "", this.address);
  }
}

/**
 * Return the item that an event happened in.
 *
 * @param {Event} event
 * @returns {Item | null}
 */
function itemOf(event) {
  /** @type {Item | null} */
  const item = /** @type {Element} */ (event.target).closest(ITEM);
  return item && !item.closest("summary") && !item.closest(".data-table") ? item : null;
}

/**
 * Return whether an item stands in a line that runs from right to left.
 *
 * @param {Item} item
 * @returns {boolean}
 */
function isTurned(item) {
  const row = item.parentElement;
  return row !== null && getComputedStyle(row).direction === "rtl";
}

/**
 * Return whether a reader sees an item; padding that is folded is no item.
 *
 * @param {Item} item
 * @returns {boolean}
 */
function isInView(item) {
  return item.checkVisibility() && !item.closest("summary");
}
