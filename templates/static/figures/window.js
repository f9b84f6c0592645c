/** What a language model sees at one step, as tokens to be drawn in a row. */

const AROUND = 80; // tokens drawn before the window and after the step

/**
 * @typedef {object} Slot A token of a step.
 * @property {string} key
 * @property {string} text
 * @property {number | null} score The place of its score in the step's numbers.
 * @property {"out" | "pad" | "read" | "target" | "later"} role
 */

/**
 * @typedef {object} StepText A text that a model continued.
 * @property {string[]} words
 * @property {number} start Words that were given before the first step.
 * @property {number} window Slots of the model.
 */

/**
 * Return how many slots of a step hold padding.
 *
 * @param {StepText} text
 * @param {number} step From 0.
 * @returns {number}
 */
export function paddingAt(text, step) {
  return Math.max(0, text.window - text.start - step);
}

/**
 * Return the tokens of a step: left the window, padding, read, written, later.
 *
 * @param {StepText} text
 * @param {number} step From 0.
 * @returns {Slot[]}
 */
export function slotsAt(text, step) {
  const { words, window } = text;
  const here = text.start + step;
  const pads = paddingAt(text, step);
  /** @type {Slot[]} */
  const slots = [];
  /** @type {(place: number, role: Slot["role"], score?: number | null) => void} */
  const add = (place, role, score = null) => {
    slots.push({ key: String(place + 1), text: words[place] ?? "", score, role });
  };
  for (let place = Math.max(0, here - window - AROUND); place < here - window; place++) {
    add(place, "out");
  }
  for (let slot = 0; slot < pads; slot++) {
    slots.push({ key: `p${window - slot}`, text: "<pad>", score: slot, role: "pad" });
  }
  for (let slot = pads; slot < window; slot++) add(here - window + slot, "read", slot);
  add(here, "target");
  const end = Math.min(words.length, here + 1 + AROUND);
  for (let place = here + 1; place < end; place++) add(place, "later");
  return slots;
}
