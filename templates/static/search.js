/** The page that searches the index which another script file holds. */

import { create, find, get } from "./dom.js";
import { excerpt, markHits, Search, wordsOf } from "./search/matching.js";

/** @import { SearchIndex } from "./search/matching.js" */

const MOST = 30; // entries that are listed
const PAUSE = 120; // milliseconds without a key before searching

/**
 * Append a text, what was asked for in `<mark>`.
 *
 * @param {HTMLElement} element
 * @param {string} text
 * @param {string[]} asked
 * @returns {HTMLElement}
 */
function appendMarked(element, text, asked) {
  const pieces = markHits(text, asked);
  element.dir = "auto"; // what is found may be of another direction than the page
  element.append(...pieces.map((p) => (p.hit ? create("mark", "", p.text) : p.text)));
  return element;
}

/**
 * Let the page's form search.
 *
 * @param {HTMLElement} box
 * @param {SearchIndex} index
 */
function startSearch(box, index) {
  const search = new Search(index);
  /** @type {HTMLInputElement} */
  const input = get("input", box);
  const status = get("[role=status]", box);
  const list = get("[data-hits]", box);
  const root = (box.dataset.root ?? "").replace(/index\.html$/, "");

  /** @type {(number: number, asked: string[]) => HTMLElement} */
  const hit = (number, asked) => {
    const [at, id, title, text, figure] = index.documents[number] ?? [0, "", "", ""];
    const [path, study, day] = index.pages[at] ?? ["", "", ""];
    const item = create("li");
    const link = create("a");
    link.setAttribute("href", root + path + (id ? `#${id}` : ""));
    const where = (figure ? "Figure \u00b7 " : "") + (title ? `${study} \u00b7 ` : "") + day;
    item.append(
      appendMarked(link, title || study, asked),
      appendMarked(create("small"), where, asked),
      appendMarked(create("p"), excerpt(text, asked), asked),
    );
    return item;
  };
  const show = () => {
    const asked = [...new Set(wordsOf(input.value))];
    const found = search.find(asked);
    list.replaceChildren(...found.slice(0, MOST).map((number) => hit(number, asked)));
    status.textContent = search.summary(asked, found, MOST);
  };
  const save = () => {
    const address = input.value ? `#q=${encodeURIComponent(input.value)}` : location.pathname;
    try {
      history.replaceState(null, "", address);
    } catch {
      // a page on a disk may not change its address
    }
  };
  const load = () => {
    const match = /^#q=(.*)$/.exec(location.hash);
    if (!match) return;
    try {
      input.value = decodeURIComponent(match[1] ?? "");
    } catch {
      return; // a broken address asks for nothing
    }
    show();
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      show();
      save();
    }, PAUSE);
  });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key !== "/" || modified || target.closest("input")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  addEventListener("hashchange", load);
  load();
}

/**
 * Say that the index is gone, as it is where the site was published anew since.
 *
 * @param {HTMLElement} box
 */
function askForReload(box) {
  /** @type {HTMLInputElement} */
  const input = get("input", box);
  input.disabled = true;
  const button = create("button", "", "Reload");
  button.setAttribute("type", "button");
  button.addEventListener("click", () => location.reload());
  get("[role=status]", box).append(
    "The words to search could not be loaded: the site has changed since this page was opened. ",
    button,
  );
}

const searchBox = find("[data-search]");
const searchIndex = /** @type {{SEARCH_INDEX?: SearchIndex}} */ (globalThis).SEARCH_INDEX;
if (searchBox && searchIndex) startSearch(searchBox, searchIndex);
else if (searchBox) askForReload(searchBox);
