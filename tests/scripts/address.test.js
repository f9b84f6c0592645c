/** Addresses name figures and states; what is not there does nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  formatState,
  parseAddress,
  parseStep,
  pinOf,
} from "../../templates/static/figures/address.js";

test("an address has a figure, and a state only after a question mark", () => {
  assert.deepEqual(parseAddress("#fig-a"), { id: "fig-a", state: null });
  assert.deepEqual(parseAddress("#fig-a?"), { id: "fig-a", state: "" });
  assert.deepEqual(parseAddress("#fig-a?step=2&pin=1-2"), { id: "fig-a", state: "step=2&pin=1-2" });
  assert.deepEqual(parseAddress("#fig-a?x=1?2"), { id: "fig-a", state: "x=1?2" });
  assert.deepEqual(parseAddress(""), { id: "", state: null });
});

test("a state that is written is read again, without what has no value", () => {
  const text = formatState([
    ["step", "3"],
    ["view", ""],
    ["pin", "9-3"],
  ]);
  assert.equal(text, "step=3&pin=9-3");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(text)), { step: "3", pin: "9-3" });
});

test("a pin is a key, by its old name too, and nothing else", () => {
  assert.equal(pinOf(new URLSearchParams("pin=2.14-p")), "2.14-p");
  assert.equal(pinOf(new URLSearchParams("k=3")), "3");
  assert.equal(pinOf(new URLSearchParams("pin=<b>")), "");
  assert.equal(pinOf(new URLSearchParams(`pin=${"9".repeat(25)}`)), "");
  assert.equal(pinOf(new URLSearchParams("")), "");
});

test("a step is one that is there", () => {
  assert.equal(parseStep("1", 4), 0);
  assert.equal(parseStep("4", 4), 3);
  for (const text of ["0", "5", "-1", "1.5", "x", "", "1234567"]) {
    assert.equal(parseStep(text, 4), null, text);
  }
});
