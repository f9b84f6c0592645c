/** The choice between light, dark and what the system prefers. */

/** @typedef {"auto" | "light" | "dark"} Theme */

/** @type {readonly Theme[]} */
const THEMES = ["auto", "light", "dark"];

/**
 * Return the theme that a stored value names; `auto` for any other value.
 *
 * @param {string | null} value
 * @returns {Theme}
 */
export function parseTheme(value) {
  return THEMES.find((theme) => theme === value) ?? "auto";
}

/**
 * Return the theme that the button chooses next.
 *
 * @param {Theme} theme
 * @returns {Theme}
 */
export function nextTheme(theme) {
  return /** @type {Theme} */ (THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
}

/**
 * Return the key under which a site stores the theme: sites on one host do not share it.
 *
 * @param {string} scriptAddress The address of the page's own script.
 * @returns {string}
 */
export function themeKey(scriptAddress) {
  return `theme:${scriptAddress.replace(/[^/]*\/[^/]*$/, "")}`;
}
