"""Shapes of pictures at absolute places, in CSS pixels, and the colours of pictures.

A shape knows its colours and nothing of the data. Two writers turn the same list of
shapes into SVG and into PNG, so that the two say the same. Colours are those of the
page on light paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from generator.figures.colour_ramps import PAPER as PAPERS
from generator.figures.colour_ramps import diverging, sequential, text_on

Face = Literal["sans", "bold", "mono", "strong", "slanted"]
"""A font: `strong` is bold and `slanted` is oblique, both of one width with `mono`."""
Anchor = Literal["start", "middle", "end"]


class Box(NamedTuple):
    """A rectangle; `stroke` is drawn inside its edge."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    thick: float = 1.0
    dashed: bool = False


class Label(NamedTuple):
    """A line of text: `y` is its baseline, `on` the colour behind it.

    A turned label reads upwards, from `y` on.
    """

    x: float
    y: float
    text: str
    size: float = 13.0
    colour: str = "#1a1d21"
    face: Face = "sans"
    anchor: Anchor = "start"
    on: str = "#fbfbf8"
    turned: bool = False


class Stroke(NamedTuple):
    """A line through points, closed and filled where it has a fill."""

    points: tuple[tuple[float, float], ...]
    stroke: str = ""
    thick: float = 1.0
    dashes: tuple[float, ...] = ()
    fill: str = ""


class Dot(NamedTuple):
    """A circle."""

    x: float
    y: float
    radius: float
    fill: str
    stroke: str = ""
    thick: float = 1.0


Shape = Box | Label | Stroke | Dot
KeySign = tuple[list[Shape], str]
"""A sign between (0, 0) and (30, 16), and what it means."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes on paper, painted in order, with a title and a description."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    title: str
    description: str


class Part(NamedTuple):
    """A part of a picture: its shapes, and the `y` of its lower edge."""

    shapes: list[Shape]
    bottom: float


PAPER = PAPERS["light"]
PANEL, RULE, EDGE = "#f2f2ee", "#dddcd6", "#858884"
INK, SOFT = "#1a1d21", "#575b60"
LINES = (INK, "#2462ae", "#97470a", "#1e6b4f", "#6b3fa0", SOFT)
"""Colours of curves, in the order of their classes."""


@cache
def class_colours() -> dict[str, str]:
    """Return every colour class with its colour on light paper."""
    steps = {f"s{i}": colour for i, colour in enumerate(sequential("light"))}
    return steps | {f"d{i}": colour for i, colour in enumerate(diverging("light"))}


def fill_colour(css: str) -> str:
    """Return the colour of the colour class among `css`, "" where there is none."""
    colours = class_colours()
    return next((colours[name] for name in css.split() if name in colours), "")


@cache
def ink_on(colour: str) -> str:
    """Return black or white, whichever can be read on `colour`."""
    return {"#000": "#000000", "#fff": "#ffffff"}[text_on(colour or PAPER)]
