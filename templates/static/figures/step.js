/** A text of which every step can be shown. */

import { all, create, find, get, isolate } from "../dom.js";
import { parseStep } from "./address.js";
import { entropy, fixed, largest, NO_NUMBER, numeral, probability, shade } from "./numbers.js";
import { paddingAt, slotsAt } from "./window.js";

/** @import { Control } from "./controls.js" */
/** @import { Figure } from "./figure.js" */
/** @import { ColourScale } from "./numbers.js" */
/** @import { Row } from "./sentences.js" */
/** @import { Slot } from "./window.js" */

/** The steps of a text, and the one that is shown. */
export class Stepper {
  /**
   * @param {Figure} figure
   * @param {HTMLElement} box The element that tells the text.
   */
  constructor(figure, box) {
    const { words = "[]", step, steps, window, start, outline = "[]" } = box.dataset;
    const { bound, signed, flat } = figure.element.dataset;
    this.figure = figure;
    this.box = box;
    /** @type {string[]} */
    this.words = JSON.parse(words);
    /** @type {Set<string>} */
    this.outline = new Set(JSON.parse(outline));
    this.step = Number(step); // from 0; -1 where the text has no steps of its own
    this.first = this.step;
    this.steps = Number(steps);
    this.window = Number(window);
    this.start = Number(start);
    /** @type {ColourScale} */
    this.scale = { bound: Number(bound), signed: Boolean(signed), flat: Boolean(flat) };
    this.numberTokens();
  }

  /**
   * Return the control that an address sets, null where there is one step.
   *
   * @returns {Control | null}
   */
  control() {
    if (!(this.step >= 0)) return null;
    return {
      name: "step",
      value: () => String(this.step + 1),
      choose: (text) => {
        const step = parseStep(text, this.steps);
        if (step !== null) this.go(step);
      },
      reset: () => this.go(this.first),
    };
  }

  /** Note at each token the step that wrote it. */
  numberTokens() {
    if (!(this.step >= 0)) return;
    for (const token of all(".tokens > .token[data-key]", this.box)) {
      const step = Number(token.dataset.key) - 1 - this.start;
      if (step >= 0 && step < this.steps) token.dataset.writes = String(step);
    }
  }

  /**
   * Return a token as the page draws it, with its notes.
   *
   * @param {string} key
   * @param {string} text
   * @param {string} classes
   * @param {string} below What stands below it.
   * @param {string} [sentence] What is said of it.
   * @returns {HTMLElement}
   */
  token(key, text, classes, below, sentence = "") {
    const outlined = this.outline.has(text) ? " key" : "";
    const token = create("span", `token ${classes}${outlined}`);
    token.dataset.key = key;
    if (sentence) token.dataset.text = sentence;
    token.append(create("bdi", "", text), create("small", "", below));
    /** @type {(names: string | undefined) => boolean} */
    const isNamed = (names) => (names ?? "").split(" ").includes(key);
    const notes = this.figure.annotations.filter((note) => isNamed(note.dataset.for));
    const numbered = notes.filter((note) => isNamed(note.dataset.at));
    if (notes.length) {
      token.classList.add("annotated");
      token.setAttribute("aria-describedby", notes.map((note) => note.id).join(" "));
    }
    if (numbered.length) {
      const numbers = numbered.map((note) => note.dataset.number).join(" ");
      token.append(create("sup", "numeral", numbers));
    }
    return token;
  }

  /**
   * Return a token with a score.
   *
   * @param {string} key
   * @param {string} text
   * @param {number} score
   * @param {string} sentence
   * @returns {HTMLElement}
   */
  scored(key, text, score, sentence) {
    const below = numeral(score, this.scale.signed);
    return this.token(key, text, shade(score, this.scale), below, sentence);
  }

  /**
   * Return a slot of a step as the page draws it.
   *
   * @param {Slot} slot
   * @param {Row} row The step's numbers.
   * @returns {HTMLElement}
   */
  slot(slot, row) {
    const { key, text, role, score } = slot;
    if (score !== null) {
      const value = row.numbers[score] ?? Number.NaN;
      const sentence = `${isolate(text)}: ${fixed(value)}, ${this.window - score} back`;
      return this.scored(key, text, value, sentence);
    }
    if (role === "target") {
      return this.token(key, text, role, "written", `${isolate(text)}: being written`);
    }
    return this.token(key, text, role, NO_NUMBER);
  }

  /**
   * Return all padding of a step, folded, with its slots inside.
   *
   * @param {HTMLElement[]} slots
   * @param {number} sum
   * @param {boolean} open
   * @returns {HTMLDetailsElement}
   */
  folded(slots, sum, open) {
    const details = create("details", "pads");
    const summary = create("summary");
    details.open = open;
    const sentence = `all padding: ${fixed(sum)}`;
    summary.append(this.scored("p", `<pad> \u00d7${slots.length}`, sum, sentence));
    details.append(summary, ...slots);
    return details;
  }

  /**
   * Show another step.
   *
   * @param {number} step From 0; the nearest one where it is not there.
   */
  go(step) {
    if (!(this.step >= 0)) return;
    this.step = Math.max(0, Math.min(this.steps - 1, step));
    const row = this.figure.rows[this.step];
    if (!row) return;
    const box = get(".tokens", this.box);
    const hadFocus = box.contains(document.activeElement);
    const open = Boolean(find(".pads[open]", box));
    const slots = slotsAt(this, this.step);
    /** @param {Slot["role"][]} roles */
    const draw = (...roles) =>
      slots.filter((slot) => roles.includes(slot.role)).map((slot) => this.slot(slot, row));
    const pads = draw("pad");
    const sum = row.numbers[this.window] ?? Number.NaN;
    box.replaceChildren(
      ...draw("out"),
      ...(pads.length ? [this.folded(pads, sum, open)] : []),
      ...draw("read", "target", "later"),
    );
    this.numberTokens();
    this.showNumbers(row);
    this.figure.clear();
    if (hadFocus) get(".target", box).focus();
    this.figure.afterChoice();
    this.figure.save();
  }

  /**
   * Show the numbers of a step, its sentence, and where it stands.
   *
   * @param {Row} row
   */
  showNumbers(row) {
    const { element } = this.figure;
    const weights = row.numbers.slice(0, this.window);
    const [padding, before, chance] = row.numbers
      .slice(this.window, this.window + 3)
      .map((value, i) => (i < 2 ? fixed(value, 2) : probability(value)));
    const numbers = all(".numbers dd", element);
    const spread = numbers.length > 3 ? [fixed(entropy(weights), 2)] : [];
    [padding, before, ...spread, chance].forEach((text, i) => {
      const number = numbers[i];
      if (number) number.textContent = text ?? "";
    });
    const options = find(".options", element);
    if (options) options.hidden = this.step !== Number(this.box.dataset.step);
    const summary = get(".summary", element);
    if (!summary.dataset.own) summary.textContent = this.sentence(row, weights);
    const position = find("[data-position=step]", element);
    if (position) position.textContent = this.position();
    /** @type {HTMLButtonElement[]} */
    const buttons = all("[data-move]", element);
    for (const button of buttons) {
      const end = Number(button.dataset.move) < 0 ? 0 : this.steps - 1;
      button.disabled = this.step === end;
    }
  }

  /** @returns {string} */
  position() {
    return `step ${this.step + 1} of ${this.steps}`;
  }

  /**
   * Return the sentence of a step, as the first one's on the page.
   *
   * @param {Row} row
   * @param {number[]} weights
   * @returns {string}
   */
  sentence(row, weights) {
    const slot = largest(weights);
    const inPadding = slot < paddingAt(this, this.step);
    const here = this.start + this.step;
    const token = inPadding ? "<pad>" : isolate(this.words[here - this.window + slot] ?? "");
    const [padding, before] = row.numbers.slice(this.window).map((value) => fixed(value));
    return (
      `While writing \u2018${isolate(row.word)}\u2019, ${this.position()}, ` +
      `the largest ${this.figure.element.dataset.quantity}, ${fixed(weights[slot] ?? Number.NaN)}, ` +
      `is on \u2018${token}\u2019 ${this.window - slot} back; ` +
      `padding holds ${padding} and the token just before ${before}.`
    );
  }
}
