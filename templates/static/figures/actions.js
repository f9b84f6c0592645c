/** The row of actions: a link to what is shown, and the way back. */

import { create, find } from "../dom.js";

/** @import { Figure } from "./figure.js" */

const COPIED_FOR = 2500; // milliseconds that the link says what it did

/** The link below a figure, and the button beside it. */
export class Actions {
  /**
   * @param {Figure} figure
   * @param {HTMLElement} link
   */
  constructor(figure, link) {
    this.figure = figure;
    this.link = link;
    this.reset = create("button", "reset", "Reset");
    this.reset.type = "button";
    this.reset.hidden = true;
    link.after(this.reset);
    link.setAttribute("aria-live", "polite");
    link.addEventListener("click", (event) => this.copy(event));
  }

  /**
   * Copy the figure's address; without a clipboard the link leads there.
   *
   * @param {Event} event
   */
  copy(event) {
    if (!navigator.clipboard) return;
    event.preventDefault();
    const { address } = this.figure;
    navigator.clipboard.writeText(new URL(address, location.href).href).then(
      () => {
        this.link.textContent = "Link copied";
        setTimeout(() => {
          this.link.textContent = "Link";
        }, COPIED_FOR);
      },
      () => {
        location.hash = address;
      },
    );
  }

  /** Let the link lead to what is shown. */
  update() {
    this.link.setAttribute("href", this.figure.address);
    this.reset.hidden = !this.figure.isChanged;
  }
}

/**
 * Return the actions of a figure, null where it has no link.
 *
 * @param {Figure} figure
 * @returns {Actions | null}
 */
export function actionsOf(figure) {
  const link = find(".actions .permalink", figure.element);
  return link && new Actions(figure, link);
}
