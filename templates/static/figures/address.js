/** What an address says of a figure: `#fig-name?view=word&pin=14-9`. */

const PIN = /^[\w.-]{1,24}$/;
const STEP = /^\d{1,6}$/;

/**
 * Return the figure that an address names, and the state that it asks for.
 *
 * @param {string} hash
 * @returns {{id: string, state: string | null}} No state where nothing follows the name.
 */
export function parseAddress(hash) {
  const [id = "", ...rest] = hash.slice(1).split("?");
  return { id, state: rest.length ? rest.join("?") : null };
}

/**
 * Return a state as an address holds it; what has no value is left out.
 *
 * @param {[name: string, value: string][]} values
 * @returns {string}
 */
export function formatState(values) {
  const present = values.filter(([, value]) => value);
  return present.map((pair) => pair.join("=")).join("&");
}

/**
 * Return the key of the item that a state pins, "" for none or for what is no key.
 *
 * @param {URLSearchParams} state `k` is what older addresses call it.
 * @returns {string}
 */
export function pinOf(state) {
  const key = state.get("pin") || state.get("k") || "";
  return PIN.test(key) ? key : "";
}

/**
 * Return the step that a text names, counted from 0; null for one that is not there.
 *
 * @param {string} text Counted from 1.
 * @param {number} steps How many there are.
 * @returns {number | null}
 */
export function parseStep(text, steps) {
  const step = STEP.test(text) ? Number(text) : 0;
  return step > 0 && step <= steps ? step - 1 : null;
}
