/** A search finds what has all words, and puts titles first. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  excerpt,
  markHits,
  Search,
  unpack,
  wordsOf,
} from "../../templates/static/search/matching.js";

/** @import { SearchIndex } from "../../templates/static/search/matching.js" */

/** @type {SearchIndex} */
const index = {
  terms: "attention heads padding song songs",
  places: "0,1 1 0,2 2 1",
  pages: [["one/index.html", "Attention", "1 Jan 2026", "weights"]],
  documents: [
    [0, "", "", "Attention ignores padding."],
    [0, "fig-a", "Attention heads", "Heads on songs and attention.", 1],
    [0, "fig-b", "Padding", "A song.", 1],
  ],
};

test("words of every script are whole, found with or without their points", () => {
  assert.deepEqual(wordsOf("खाना ज़रूर"), ["खाना", "जरूर"]);
  assert.deepEqual(wordsOf("الطَّعامُ"), ["الطعام"]);
  assert.deepEqual(wordsOf("שָׁלוֹם Ёлка"), ["שלום", "елка"]);
  assert.deepEqual(wordsOf("Großartig GROSS"), ["grossartig", "gross"]);
  assert.deepEqual(wordsOf("温かいが한국"), ["温", "か", "い", "が", "한", "국"]);
  assert.deepEqual(markHits("このスープ", ["ス"]), [
    { text: "この", hit: false },
    { text: "ス", hit: true },
    { text: "ープ", hit: false },
  ]);
});

test("words have no case and no accents; single letters and short numbers are none", () => {
  assert.deepEqual(wordsOf("Café au LAIT, a 12 2026"), ["cafe", "au", "lait", "2026"]);
});

test("each sign of a writing without spaces is a word", () => {
  assert.deepEqual(wordsOf("注意"), ["注", "意"]);
});

test("packed places are differences in base 36, runs of ones their negative length", () => {
  assert.deepEqual(unpack("5"), [5]);
  assert.deepEqual(unpack("1,a,-3"), [1, 11, 12, 13, 14]);
});

test("a title counts more than the text", () => {
  const found = new Search(index).find(["attention"]);
  assert.ok(found.includes(0));
  assert.ok(found.includes(1));
  assert.equal(new Search(index).find(["padding"])[0], 2);
});

test("all words must be there, each at least as a beginning", () => {
  const search = new Search(index);
  assert.deepEqual(search.find(["song", "heads"]), [1]);
  assert.deepEqual(search.find(["nothing"]), []);
  assert.deepEqual(search.find([]), []);
});

test("a section counts the head of its study as its own", () => {
  assert.deepEqual(new Search(index).find(["song", "weights"]).sort(), [1, 2]);
});

test("hits are marked, and the pieces make the text again", () => {
  const text = "Attention ignores padding; attentive.";
  const pieces = markHits(text, ["atten"]);
  assert.equal(pieces.map((piece) => piece.text).join(""), text);
  assert.deepEqual(
    pieces.filter((piece) => piece.hit).map((piece) => piece.text),
    ["Attention", "attentive"],
  );
});

test("an excerpt holds the first hit, and says where it was cut", () => {
  const text = `${"word ".repeat(60)}needle ${"word ".repeat(80)}`;
  const cut = excerpt(text, ["needle"]);
  assert.ok(cut.includes("needle"));
  assert.ok(cut.startsWith("\u2026 ") && cut.endsWith(" \u2026"));
  assert.equal(excerpt("short needle", ["needle"]), "short needle");
});

test("the summary counts places and studies", () => {
  const search = new Search(index);
  assert.equal(search.summary([], [], 30), "");
  assert.equal(search.summary(["x"], [], 30), "Nothing has all of these words.");
  assert.equal(search.summary(["x"], [1], 30), "1 place in 1 study.");
  assert.equal(search.summary(["x"], [0, 1], 1), "2 places in 1 study, the first 1 shown.");
});
