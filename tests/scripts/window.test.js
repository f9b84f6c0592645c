/** The tokens of a step are those that the model saw there. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { paddingAt, slotsAt } from "../../templates/static/figures/window.js";

const words = "the new single is a slow tune".split(" ");
const text = { words, start: 2, window: 4 };

/**
 * @param {number} step
 * @param {string} role
 */
function wordsOf(step, role) {
  return slotsAt(text, step)
    .filter((slot) => slot.role === role)
    .map((slot) => slot.text);
}

test("early steps are padded, and every step reads a whole window", () => {
  for (let step = 0; step < 5; step++) {
    const scored = slotsAt(text, step).filter((slot) => slot.score !== null);
    assert.deepEqual(
      scored.map((slot) => slot.score),
      [0, 1, 2, 3],
    );
    assert.equal(wordsOf(step, "pad").length, paddingAt(text, step));
  }
  assert.equal(paddingAt(text, 0), 2);
  assert.equal(paddingAt(text, 9), 0);
});

test("a step reads the tokens before the one that it writes", () => {
  assert.deepEqual(wordsOf(3, "read"), ["new", "single", "is", "a"]);
  assert.deepEqual(wordsOf(3, "target"), ["slow"]);
  assert.deepEqual(wordsOf(3, "out"), ["the"]);
  assert.deepEqual(wordsOf(3, "later"), ["tune"]);
});

test("keys are places in the text from 1; padding counts back from the token written", () => {
  const slots = slotsAt(text, 1);
  assert.deepEqual(
    slots.map((slot) => slot.key),
    ["p4", "1", "2", "3", "4", "5", "6", "7"],
  );
  assert.equal(slots.find((slot) => slot.role === "target")?.text, words[3]);
});

test("of a long text no more than 80 tokens stand on either side", () => {
  const long = { words: Array(500).fill("a"), start: 0, window: 10 };
  const roles = slotsAt(long, 250).map((slot) => slot.role);
  assert.equal(roles.filter((role) => role === "out").length, 80);
  assert.equal(roles.filter((role) => role === "later").length, 80);
});
