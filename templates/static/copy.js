/* A button with data-copy="ID" copies the text of that element, or selects it where the
   browser lets no page copy. */
(() => {
  "use strict";
  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    const name = (button.dataset.name ??= button.textContent);
    const say = (text) => {
      button.textContent = text;
      setTimeout(() => { button.textContent = name; }, 2000);
    };
    const failed = () => { select(source); say("Selected"); };
    if (!navigator.clipboard) return failed();
    navigator.clipboard.writeText(source.textContent).then(() => say("Copied"), failed);
  });
})();
