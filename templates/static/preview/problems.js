/** What is wrong, over the last good page, and warnings in its corner. */

import { all, create, find } from "../dom.js";

/**
 * @typedef {object} Problem
 * @property {string} text
 * @property {string} [place] File and line.
 * @property {[number, string][]} lines What stands there, with line numbers.
 * @property {number} [line] The line that the problem is about.
 * @property {number} [column] Where in the line, from 1.
 * @property {string} [fix]
 */

/**
 * Return a count with its noun, "One problem" for one.
 *
 * @param {number} count
 * @param {string} one
 * @param {string} many
 * @returns {string}
 */
export function counted(count, one, many) {
  return count === 1 ? one : `${count} ${many}`;
}

/**
 * Return lines of a file with their numbers, and a caret below the column.
 *
 * @param {Problem} problem
 * @returns {{text: string, role: "" | "preview-line" | "preview-line preview-caret"}[]}
 */
export function numberedLines({ lines, line, column }) {
  const width = String(lines.at(-1)?.[0] ?? "").length;
  return lines.flatMap(([number, text]) => {
    const isHere = number === line;
    const shown = `${String(number).padStart(width)} \u2502 ${text}\n`;
    /** @type {ReturnType<typeof numberedLines>} */
    const found = [{ text: shown, role: isHere ? "preview-line" : "" }];
    if (isHere && column) {
      const caret = `${" ".repeat(width + 3 + column - 1)}^\n`;
      found.push({ text: caret, role: "preview-line preview-caret" });
    }
    return found;
  });
}

/**
 * Return a problem as it is shown.
 *
 * @param {Problem} problem
 * @returns {HTMLElement}
 */
function problemBox(problem) {
  const box = create("section", "preview-problem");
  if (problem.place) box.append(create("p", "preview-place", problem.place));
  box.append(create("p", "preview-text", problem.text));
  if (problem.lines.length) {
    const source = create("pre");
    source.append(...numberedLines(problem).map((l) => create("span", l.role, l.text)));
    box.append(source);
  }
  if (problem.fix) box.append(create("p", "preview-place", `fix: ${problem.fix}`));
  return box;
}

/**
 * Show problems over the page, in place of those that were shown.
 *
 * @param {Problem[]} problems None to show the page alone.
 */
export function showProblems(problems) {
  find(".preview-problems")?.remove();
  if (!problems.length) return;
  const over = create("div", "preview-problems");
  const close = create("button", "", "Hide");
  over.setAttribute("role", "alert");
  close.type = "button";
  close.addEventListener("click", () => over.remove());
  const head = create("header");
  head.append(create("h2", "", counted(problems.length, "One problem", "problems")), close);
  const hint = "The page below is the last that could be drawn. Mend this and save.";
  over.append(head, create("p", "preview-note", hint), ...problems.map(problemBox));
  document.body.append(over);
  for (const caret of all(".preview-caret", over)) {
    const source = caret.parentElement;
    const { width } = caret.getBoundingClientRect();
    if (source && width > source.clientWidth) source.scrollLeft = width - source.clientWidth / 2;
  }
}

/**
 * Show warnings in the corner of the page, in place of those that were shown.
 *
 * @param {Problem[]} warnings
 */
export function showWarnings(warnings) {
  /** @type {HTMLDetailsElement | null} */
  const old = find(".preview-warnings");
  const wasOpen = old?.open ?? false;
  old?.remove();
  if (!warnings.length) return;
  const box = create("details", "preview-warnings");
  const list = create("ul");
  box.open = wasOpen;
  box.append(create("summary", "", counted(warnings.length, "1 warning", "warnings")), list);
  for (const warning of warnings) {
    const item = create("li");
    if (warning.place) item.append(create("b", "", warning.place), " ");
    item.append(warning.text);
    list.append(item);
  }
  document.body.append(box);
}
