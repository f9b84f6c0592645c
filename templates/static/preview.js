/**
 * In a preview alone: reloads what changed, swaps styles in place, shows what is wrong.
 *
 * Text goes in by `textContent`; the stream is closed while the page is hidden.
 */

import { all, find } from "./dom.js";
import { namesWithin, parseView } from "./preview/opened.js";
import { showProblems, showWarnings } from "./preview/problems.js";

/** @import { Problem } from "./preview/problems.js" */

/**
 * @typedef {object} Status What the server says of the site at one moment.
 * @property {Problem[]} problems
 * @property {Problem[]} warnings
 * @property {string} seen The version of the page.
 * @property {string} style The address of the style sheet.
 */

const own = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
const viewKey = `preview:${location.pathname}`;

/**
 * Return what is foldable in the page, each with a name that outlives a reload.
 *
 * @returns {{name: string, details: HTMLDetailsElement}[]}
 */
function foldables() {
  /** @type {HTMLDetailsElement[]} */
  const found = all("main details");
  const names = namesWithin(found.map((d) => (d.closest("[id]") ?? document.body).id));
  return found.map((details, i) => ({ name: names[i] ?? "", details }));
}

/** Store what the reader sees, for after the reload. */
function saveView() {
  const open = foldables().filter((f) => f.details.open);
  const view = { x: scrollX, y: scrollY, open: open.map((f) => f.name) };
  try {
    sessionStorage.setItem(viewKey, JSON.stringify(view));
  } catch {
    // the browser lets nothing be stored
  }
}

/** Show what the reader saw before the reload. */
function restoreView() {
  let stored = null;
  try {
    stored = sessionStorage.getItem(viewKey);
    sessionStorage.removeItem(viewKey);
  } catch {
    // the browser lets nothing be stored
  }
  const view = parseView(stored);
  if (!view) return;
  for (const { name, details } of foldables()) details.open = view.open.includes(name);
  const scroll = () => scrollTo({ left: view.x, top: view.y, behavior: "instant" });
  history.scrollRestoration = "manual";
  scroll();
  addEventListener("load", () => {
    requestAnimationFrame(() => {
      scroll();
      history.scrollRestoration = "auto";
    });
  });
}

/**
 * Swap the style sheet of all pages without a reload.
 *
 * @param {string} path
 */
function restyle(path) {
  /** @type {HTMLLinkElement | null} */
  const old = find('link[rel=stylesheet]:not([href*="_preview/"])');
  if (!old || new URL(path, location.href).href === old.href) return;
  const next = /** @type {HTMLLinkElement} */ (old.cloneNode());
  next.href = path;
  next.addEventListener("load", () => old.remove());
  old.after(next);
}

/** @param {Status} status */
function update(status) {
  showProblems(status.problems);
  if (status.problems.length) return;
  if (status.seen !== own.seen) {
    saveView();
    location.reload();
    return;
  }
  restyle(status.style);
  showWarnings(status.warnings);
}

/** @type {EventSource | null} */
let stream = null;

function closeStream() {
  stream?.close();
  stream = null;
}

/** Listen while the page is in view. */
function listen() {
  if (document.hidden) {
    closeStream();
  } else if (!stream) {
    stream = new EventSource(`${own.events}?page=${encodeURIComponent(own.page ?? "")}`);
    stream.onmessage = (event) => update(JSON.parse(event.data));
  }
}

document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", closeStream);
addEventListener("pageshow", listen);
restoreView();
listen();
