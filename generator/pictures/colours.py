"""The colours of pictures: those of the page on light paper."""

from __future__ import annotations

from functools import cache

from generator.figures.ramps import PAPER as PAPERS
from generator.figures.ramps import diverging, sequential, text_on

PAPER = PAPERS["light"]
PANEL, RULE, EDGE = "#f2f2ee", "#dddcd6", "#858884"
INK, SOFT = "#1a1d21", "#575b60"
LINES = (INK, "#2462ae", "#97470a", "#1e6b4f", "#6b3fa0", SOFT)
"""Colours of curves, in the order of their classes."""


@cache
def ramp() -> dict[str, str]:
    """Every colour class with its colour."""
    steps = {f"s{i}": colour for i, colour in enumerate(sequential("light"))}
    return steps | {f"d{i}": colour for i, colour in enumerate(diverging("light"))}


def fill(css: str) -> str:
    """The colour of the colour class among `css`, "" where there is none."""
    colours = ramp()
    return next((colours[name] for name in css.split() if name in colours), "")


@cache
def ink_on(colour: str) -> str:
    """Black or white, whichever can be read on `colour`."""
    return {"#000": "#000000", "#fff": "#ffffff"}[text_on(colour or PAPER)]
