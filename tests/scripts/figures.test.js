/** Small parts of figures that need no page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { parseFrameItem } from "../../templates/static/figures/epochs.js";
import { lastPart } from "../../templates/static/figures/items.js";
import { leaderPath } from "../../templates/static/figures/margin.js";
import { slotSentence } from "../../templates/static/figures/sentences.js";

test("an item of a frame has classes, a numeral and a sentence that may hold bars", () => {
  assert.deepEqual(parseFrameItem("s3 key|.06|a|b"), {
    classes: "s3 key",
    numeral: ".06",
    sentence: "a|b",
  });
  assert.deepEqual(parseFrameItem(""), { classes: "", numeral: "", sentence: "" });
});

test("the last part of a key is its column", () => {
  assert.equal(lastPart("2.14-9"), "9");
  assert.equal(lastPart("7"), "7");
  assert.equal(lastPart("14-"), "");
});

test("a slot's sentence says its token and how far back, or that it is all padding", () => {
  assert.equal(
    slotSentence("oslo", 0.25, 2, "padding"),
    "Writing ‘oslo’: 0.2500 on padding, 2 back",
  );
  assert.equal(slotSentence("oslo", 0.25, 0, "padding"), "Writing ‘oslo’: 0.2500 on all padding");
});

test("a line leads from its item over the canvas's edge to the first line of its note", () => {
  const leader = { from: 110, y: 60, edge: 300, side: 340, top: 50 };
  assert.equal(leaderPath(leader, { left: 10, top: 20 }), "M100.0 40.0H296.0L316.0 39.0H325.0");
});
