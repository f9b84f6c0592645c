/** What every page has: the theme, menus, the list of contents. */

import { all, find } from "./dom.js";
import { nextTheme, parseTheme, themeKey } from "./page/theme.js";

/** @import { Theme } from "./page/theme.js" */

const root = document.documentElement;
root.classList.add("js");

const ownScript = /** @type {HTMLScriptElement | null} */ (document.currentScript);
const storageKey = themeKey(ownScript?.src ?? "");

/** @returns {Theme} */
function storedTheme() {
  try {
    return parseTheme(localStorage.getItem(storageKey));
  } catch {
    return "auto"; // the browser lets nothing be stored
  }
}

let theme = storedTheme();

/** @param {Theme} chosen */
function applyTheme(chosen) {
  theme = chosen;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // the browser lets nothing be stored
  }
  const button = find("[data-theme-toggle]");
  if (button) button.textContent = `Theme: ${theme}`;
}

/**
 * Close every open menu that the event did not happen in.
 *
 * @param {Event} event
 */
function closeMenus(event) {
  const target = /** @type {Node | null} */ (event.target);
  /** @type {HTMLDetailsElement[]} */
  const menus = all(".menu[open]");
  for (const menu of menus) menu.open = event.type === "click" && menu.contains(target);
}

/**
 * Open the table that a link leads to.
 *
 * @param {string} hash
 */
function openTable(hash) {
  const table = /^#[\w-]+-table$/.test(hash) && document.getElementById(hash.slice(1));
  if (table instanceof HTMLDetailsElement) table.open = true;
}

/** Mark the section that is read in the list of contents. */
function followSections() {
  /** @type {HTMLAnchorElement[]} */
  const links = all(".contents a");
  /** @type {HTMLDetailsElement | null} */
  const contents = find(".contents details");
  if (contents && matchMedia("(max-width: 74.99rem)").matches) contents.open = false;
  /** @param {Element} section */
  const mark = (section) => {
    for (const link of links) {
      if (link.hash === `#${section.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) mark(entry.target);
    },
    { rootMargin: "0px 0px -70% 0px" },
  );
  for (const link of links) {
    const section = document.getElementById(link.hash.slice(1));
    if (section) observer.observe(section);
  }
}

applyTheme(theme); // before the page is drawn, so that it does not flash

document.addEventListener("DOMContentLoaded", () => {
  applyTheme(theme);
  const button = find("[data-theme-toggle]");
  button?.addEventListener("click", () => applyTheme(nextTheme(theme)));
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    /** @type {HTMLAnchorElement | null} */
    const link = target.closest('a[href^="#"]');
    if (link) openTable(link.hash);
    closeMenus(event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(event);
  });
  openTable(location.hash);
  followSections();
});
