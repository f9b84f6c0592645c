/**
 * A button with `data-copy="ID"` copies the text of that element, or selects it where
 * the browser lets no page copy.
 */

const SHOWN_FOR = 2000; // milliseconds that a button says what it did

/** @param {Element} element */
function selectText(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  /** @type {HTMLElement | null} */
  const button = target.closest("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy ?? "");
  if (!button || !source) return;
  button.dataset.name ??= button.textContent ?? "";
  const name = button.dataset.name;
  /** @param {string} text */
  const say = (text) => {
    button.textContent = text;
    setTimeout(() => {
      button.textContent = name;
    }, SHOWN_FOR);
  };
  const select = () => {
    selectText(source);
    say("Selected");
  };
  if (!navigator.clipboard) select();
  else navigator.clipboard.writeText(source.textContent ?? "").then(() => say("Copied"), select);
});
