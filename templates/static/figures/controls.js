/** What a reader can choose in a figure, each with its name in an address. */

import { all, find } from "../dom.js";

/**
 * @typedef {object} Control
 * @property {string} name What an address calls it.
 * @property {() => string} value What is chosen, "" for what an address need not say.
 * @property {(value: string) => void} choose A value that is not there does nothing.
 * @property {() => void} reset
 */

const VIEWS = ["view-distance", "view-word", "view-fit", "view-matrix", "view-arcs"];
const PADS = ["distance-each", "distance-sum", "word-each", "word-sum", "part-each", "part-sum"];

/**
 * Return a control of radio buttons; those of a layout out of sight keep what they have.
 *
 * @param {HTMLElement} figure
 * @param {string} name
 * @param {string[]} classes Of the buttons.
 * @param {boolean} [silent] Whether what is chosen at first needs no name.
 * @returns {Control | null} Null where the figure has no such buttons.
 */
function radioControl(figure, name, classes, silent = false) {
  /** @type {HTMLInputElement[]} */
  const buttons = classes.flatMap((css) => all(`.choices input.${css}`, figure));
  const initial = buttons.filter((button) => button.checked);
  /** @param {HTMLInputElement[]} chosen */
  const check = (chosen) => {
    for (const button of chosen) button.checked = true;
  };
  if (!buttons.length) return null;
  return {
    name,
    value: () => {
      const chosen = buttons.find((button) => button.checked && button.checkVisibility());
      return chosen && !(silent && initial.includes(chosen)) ? chosen.value : "";
    },
    choose: (value) => check(buttons.filter((button) => button.value === value)),
    reset: () => check(initial),
  };
}

/**
 * Return the control of the padding of a text, which is folded or open.
 *
 * @param {HTMLElement} figure
 * @returns {Control}
 */
function foldControl(figure) {
  /** @returns {HTMLDetailsElement | null} */
  const fold = () => find(".tokens .pads", figure);
  /** @param {boolean} open */
  const setOpen = (open) => {
    const details = fold();
    if (details) details.open = open;
  };
  return {
    name: "pads",
    value: () => (fold()?.open ? "each" : ""),
    choose: (value) => setOpen(value === "each"),
    reset: () => setOpen(false),
  };
}

/**
 * Return the controls of layer, layout and padding that a figure has.
 *
 * @param {HTMLElement} figure
 * @param {boolean} isText Whether it is a text of one step.
 * @returns {Control[]}
 */
export function choiceControls(figure, isText) {
  const controls = [
    find("[data-layers]", figure) && radioControl(figure, "layer", ["layer"]),
    radioControl(figure, "view", VIEWS),
    radioControl(figure, "pads", PADS, true) ?? (isText ? foldControl(figure) : null),
  ];
  return controls.filter((control) => control !== null);
}
