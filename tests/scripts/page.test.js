/** The theme's choices, what a preview restores, and how it prints problems. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { nextTheme, parseTheme, themeKey } from "../../templates/static/page/theme.js";
import { namesWithin, parseView } from "../../templates/static/preview/opened.js";
import { counted, numberedLines } from "../../templates/static/preview/problems.js";

test("the button goes round all themes and comes back", () => {
  const seen = [parseTheme(null)];
  for (let i = 0; i < 3; i++) seen.push(nextTheme(seen[i]));
  assert.deepEqual(seen, ["auto", "light", "dark", "auto"]);
});

test("a stored value that is no theme is as none", () => {
  for (const value of ["", "sepia", "__proto__"]) assert.equal(parseTheme(value), "auto");
  assert.equal(parseTheme("dark"), "dark");
});

test("sites on one host have each their own theme, all pages of one the same", () => {
  const key = themeKey("https://a.example/one/assets/script.1234.js");
  assert.equal(key, themeKey("https://a.example/one/assets/script.5678.js"));
  assert.notEqual(key, themeKey("https://a.example/two/assets/script.1234.js"));
});

test("what is foldable is named by the nearest id and its number there", () => {
  assert.deepEqual(namesWithin(["a", "b", "a", "a"]), ["a/1", "b/1", "a/2", "a/3"]);
});

test("a stored view that cannot be read is as none", () => {
  for (const text of [null, "", "{", "null", "{}", '"open"']) assert.equal(parseView(text), null);
  assert.deepEqual(parseView('{"x": 0, "y": 9, "open": ["a/1"]}'), { x: 0, y: 9, open: ["a/1"] });
});

test("one is told as one", () => {
  assert.equal(counted(1, "1 warning", "warnings"), "1 warning");
  assert.equal(counted(3, "1 warning", "warnings"), "3 warnings");
});

test("the caret stands below its column", () => {
  const lines = /** @type {[number, string][]} */ ([
    [9, "a: 1"],
    [10, "b: x"],
  ]);
  const told = numberedLines({ text: "", lines, line: 10, column: 4 });
  const [, here, caret] = told.map((line) => line.text);
  assert.equal(caret?.indexOf("^"), here?.indexOf("x"));
  assert.deepEqual(
    told.map((line) => line.role),
    ["", "preview-line", "preview-line preview-caret"],
  );
});
