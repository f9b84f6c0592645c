/** Arrow keys walk along lines and to the nearest item of the next one. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { nearestOnNextLine, placeAlongLine } from "../../templates/static/figures/keyboard.js";

/**
 * Return boxes of a grid, ten pixels wide and high, row by row.
 *
 * @param {number} rows
 * @param {number} columns
 */
function grid(rows, columns) {
  return Array.from({ length: rows * columns }, (_, i) => {
    const [left, top] = [(i % columns) * 12, Math.floor(i / columns) * 12];
    return { left, top, right: left + 10, bottom: top + 10 };
  });
}

test("down and up lead to the same column of the next line, and back", () => {
  const boxes = grid(4, 5);
  for (let at = 0; at < 15; at++) {
    assert.equal(nearestOnNextLine(boxes, boxes[at], true), at + 5);
    assert.equal(nearestOnNextLine(boxes, boxes[at + 5], false), at);
  }
});

test("arrows lead where they point, in a line from right to left too", () => {
  const line = { first: 0, last: 4 };
  assert.equal(placeAlongLine("ArrowRight", 2, line), 3);
  assert.equal(placeAlongLine("ArrowLeft", 2, line), 1);
  assert.equal(placeAlongLine("ArrowRight", 2, line, true), 1);
  assert.equal(placeAlongLine("ArrowLeft", 2, line, true), 3);
});

test("beyond the last line there is none", () => {
  const boxes = grid(2, 3);
  assert.equal(nearestOnNextLine(boxes, boxes[5], true), -1);
  assert.equal(nearestOnNextLine(boxes, boxes[0], false), -1);
});

test("a near line to the side goes before a far line straight below", () => {
  const from = { left: 0, right: 10, top: 0, bottom: 10 };
  const aside = { left: 30, right: 40, top: 12, bottom: 22 };
  const below = { left: 0, right: 10, top: 60, bottom: 70 };
  assert.equal(nearestOnNextLine([from, aside, below], from, true), 1);
});

test("keys along a line lead by one or to its ends, and other keys nowhere", () => {
  const line = { first: 4, last: 9 };
  assert.equal(placeAlongLine("ArrowRight", 5, line), 6);
  assert.equal(placeAlongLine("ArrowLeft", 5, line), 4);
  assert.equal(placeAlongLine("Home", 5, line), 4);
  assert.equal(placeAlongLine("End", 5, line), 9);
  assert.equal(placeAlongLine("a", 5, line), null);
});
