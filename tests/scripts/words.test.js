/** Words and clusters by the table of classes are those that models were trained on. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { TextSplitter, unpackClasses } from "../../templates/static/tokens/words.js";

const file = new URL("../../generator/corpora/character_classes.json", import.meta.url);
const table = JSON.parse(readFileSync(file, "utf8"));
const splitter = new TextSplitter(table);

test("words keep their marks, endings and emoji stand alone", () => {
  assert.deepEqual(splitter.words("खाना बहुत अच्छा है।"), ["खाना", "बहुत", "अच्छा", "है", "।"]);
  assert.deepEqual(splitter.words("Doesn't 👍🏽1️⃣ by-the-way, İyi"), [
    ...["does", "n't", "👍🏽", "1️⃣", "by-the-way", ",", "i\u0307yi"],
  ]);
  assert.deepEqual(splitter.words("Cafe\u0301"), ["café"]);
});

test("clusters are what a reader takes for a character, and all of the text", () => {
  assert.deepEqual(splitter.clusters("क्षमा\r\n🇩🇪🇫🇷"), ["क्ष", "मा", "\r\n", "🇩🇪", "🇫🇷"]);
});

test("a table of another format is refused", () => {
  assert.throws(() => new TextSplitter({ ...table, format: 2 }), /format 2/);
});

test("runs are in the order of their characters and do not overlap", () => {
  const runs = unpackClasses({ a: "1,2,3,1", b: "3,1" });
  assert.deepEqual(runs, [
    [1, 3, "a"],
    [3, 4, "b"],
    [6, 7, "a"],
  ]);
});
