/** Numbers as the pages print them: a true minus sign, a dash for what is no number. */

/** Keeps the line below a token that has no score. */
export const NO_NUMBER = "\u00a0";
const MINUS = "\u2212";
const DASH = "\u2013";
const RARE = 0.005; // a probability below this gets one digit, however small it is
const NEAR = 0.9995; // a probability from here on would be 1.000 with three decimals
const CERTAIN = 1 - 5e-7; // a probability from here on is 1 to a millionth
const STEPS = 32; // of a ramp; the middle of the one for and against is 16
const LARGE = 10; // a score from here on is printed without decimals

/**
 * @typedef {object} ColourScale What a figure says of its colours.
 * @property {number} bound The score that is drawn darkest.
 * @property {boolean} signed Whether scores speak for and against.
 * @property {boolean} flat Whether all scores are the same, so that nothing is coloured.
 */

/**
 * Return a number with fixed decimals.
 *
 * @param {number} value
 * @param {number} [digits]
 * @returns {string}
 */
export function fixed(value, digits = 3) {
  return Number.isFinite(value) ? value.toFixed(digits).replace("-", MINUS) : DASH;
}

/**
 * Return a probability; one near 0 or 1 has the digits that tell it from them.
 *
 * @param {number} value
 * @returns {string}
 */
export function probability(value) {
  if (value > 0 && value < RARE) return String(Number(value.toPrecision(1)));
  if (value >= NEAR && value < CERTAIN) return ">0.999";
  return fixed(value, value >= 1 - RARE && value < CERTAIN ? 3 : 2);
}

/**
 * Return the number that a cell of a table prints; NaN for a dash.
 *
 * @param {string} text
 * @returns {number}
 */
export function parseNumber(text) {
  return Number.parseFloat(text.replace(MINUS, "-").replace("+", ""));
}

/**
 * Return a score as it stands below a token: short, without its leading zero.
 *
 * @param {number} value
 * @param {boolean} signed Whether a score above 0 has a sign.
 * @returns {string}
 */
export function numeral(value, signed) {
  if (!Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  const text = size < LARGE ? size.toFixed(2) : size.toFixed(0);
  if (!Number.parseFloat(text)) return "0";
  return (value < 0 ? MINUS : signed ? "+" : "") + text.replace(/^0/, "");
}

/**
 * Return the class of a score's colour, as `generator/figures/scales.py` names it.
 *
 * @param {number} value
 * @param {ColourScale} scale
 * @returns {string} `s0` to `s32` for scores of one sign, `d0` to `d32` for and against.
 */
export function shade(value, scale) {
  const coloured = !scale.flat && Number.isFinite(value);
  const share = coloured ? Math.max(-1, Math.min(1, value / scale.bound)) : 0;
  /** @param {number} x */
  const round = (x) => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
  if (scale.signed) return `d${STEPS / 2 + round((share * STEPS) / 2)}`;
  return `s${round(Math.max(0, share) * STEPS)}`;
}

/**
 * Return the entropy of weights in bits.
 *
 * @param {number[]} weights
 * @returns {number}
 */
export function entropy(weights) {
  const positive = weights.filter((weight) => weight > 0);
  return Math.abs(positive.reduce((sum, weight) => sum - weight * Math.log2(weight), 0));
}

/**
 * Return the place of the largest number in size, the first of a tie.
 *
 * @param {number[]} values
 * @returns {number}
 */
export function largest(values) {
  const sizes = values.map(Math.abs);
  return sizes.indexOf(Math.max(...sizes));
}

/**
 * Return a text with a capital.
 *
 * @param {string} text
 * @returns {string}
 */
export function capitalise(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
