/**
 * Figures that answer. Without this, every figure still reads, prints and links.
 *
 * Numbers come from the page's own tables; text goes in by `textContent` alone. Whatever
 * an address says is compared with what is there; what is not there does nothing.
 */

import { all } from "./dom.js";
import { parseAddress } from "./figures/address.js";
import { Figure } from "./figures/figure.js";
import { figures, snapshot } from "./figures/registry.js";

/**
 * Show the state of the figure that an address names.
 *
 * @param {string} hash
 * @returns {boolean} Whether the address has a state.
 */
function openAddress(hash) {
  const { id, state } = parseAddress(hash);
  const figure = figures.get(id);
  if (!figure || state === null) return false;
  figure.apply(state);
  figure.element.scrollIntoView();
  return true;
}

/**
 * Put every figure back into a state of the page.
 *
 * @param {Record<string, unknown>} states What a figure is not in is as it was at first.
 */
function restoreFigures(states) {
  for (const [id, figure] of figures) {
    const state = states[id];
    const wanted = typeof state === "string" ? state : figure.first;
    if (figure.state() !== wanted) figure.apply(wanted);
  }
}

/** @param {string} [hash] A new address; the same one if not given. */
function saveFigures(hash) {
  const state = { figs: snapshot() };
  if (hash === undefined) history.replaceState(state, "");
  else history.pushState(state, "", hash);
}

/** @param {MouseEvent} event A click on a link of the text may set a figure. */
function followLink(event) {
  const target = /** @type {Element} */ (event.target);
  /** @type {HTMLAnchorElement | null} */
  const link = target.closest("a[data-go]");
  const hash = `#${link?.dataset.go}`;
  const modified = event.ctrlKey || event.metaKey || event.shiftKey;
  if (!link || modified || !figures.has(parseAddress(hash).id)) return;
  event.preventDefault();
  saveFigures();
  openAddress(hash);
  saveFigures(hash);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const element of all("figure[data-figure]")) figures.set(element.id, new Figure(element));
  openAddress(location.hash);
  saveFigures();
  addEventListener("popstate", (event) => {
    if (event.state?.figs)
      restoreFigures(event.state.figs); // Back undoes a link in the text
    else if (openAddress(location.hash)) saveFigures();
  });
  document.addEventListener("click", followLink);
  let frame = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      for (const figure of figures.values()) figure.margin.align();
    });
  });
});
