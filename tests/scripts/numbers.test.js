/** Numbers in the browser agree with those that the build prints. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  capitalise,
  entropy,
  fixed,
  largest,
  numeral,
  parseNumber,
  probability,
  shade,
} from "../../templates/static/figures/numbers.js";

test("a number has a true minus sign, and a dash stands for none", () => {
  assert.equal(fixed(-0.25, 2), "\u22120.25");
  assert.equal(fixed(Number.NaN), "\u2013");
  assert.equal(fixed(Number.POSITIVE_INFINITY), "\u2013");
});

test("what is printed is read again", () => {
  for (const value of [-1.5, 0, 0.001, 12]) assert.equal(parseNumber(fixed(value)), value);
  assert.equal(parseNumber("+0.5"), 0.5);
  assert.ok(Number.isNaN(parseNumber("\u2013")));
});

test("a small probability keeps one digit and is never printed as 0", () => {
  assert.equal(probability(0.00012), "0.0001");
  assert.equal(probability(0.25), "0.25");
  assert.equal(probability(0), "0.00");
  assert.equal(probability(Number.NaN), "\u2013");
});

test("a probability below 1 is never printed as 1", () => {
  assert.equal(probability(0.994), "0.99");
  assert.equal(probability(0.99525), "0.995");
  assert.equal(probability(0.9996), ">0.999");
  assert.equal(probability(0.9999999), "1.00");
  assert.equal(probability(1), "1.00");
});

test("a numeral has no leading zero, and a sign where scores speak for and against", () => {
  assert.equal(numeral(0.256, false), ".26");
  assert.equal(numeral(0.256, true), "+.26");
  assert.equal(numeral(-0.256, true), "\u2212.26");
  assert.equal(numeral(0.001, true), "0");
  assert.equal(numeral(12.4, false), "12");
  assert.equal(numeral(Number.NaN, false), "\u2013");
});

test("a shade is 0 at nothing, the last step at the bound, and never beyond", () => {
  const scale = { bound: 0.5, signed: false, flat: false };
  const shades = [0, 0.25, 0.5, 9, -1, Number.NaN].map((value) => shade(value, scale));
  assert.deepEqual(shades, ["s0", "s16", "s32", "s32", "s0", "s0"]);
  assert.equal(shade(0.5, { ...scale, flat: true }), "s0");
});

test("a signed shade lies as far from the middle for as against", () => {
  const scale = { bound: 2, signed: true, flat: false };
  assert.equal(shade(0, scale), "d16");
  for (let value = 0; value <= 2; value += 0.01) {
    const [above, below] = [value, -value].map((v) => Number(shade(v, scale).slice(1)));
    assert.equal(above - 16, 16 - below);
  }
});

test("the entropy of equal weights is the logarithm of their number", () => {
  assert.equal(entropy([1]), 0);
  assert.equal(entropy([0.25, 0.25, 0.25, 0.25]), 2);
  assert.equal(entropy([0.5, 0, 0.5]), 1);
});

test("the largest is the largest in size, the first of a tie", () => {
  assert.equal(largest([0.1, -0.5, 0.5]), 1);
});

test("a text gets a capital, the empty one none", () => {
  assert.equal(capitalise("epoch 3"), "Epoch 3");
  assert.equal(capitalise(""), "");
});
