"""What pictures are made of: a few shapes at absolute places, in CSS pixels.

A shape knows its colours and nothing of the data. Two writers turn the same list into
SVG and into PNG, so that the two say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

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

    A turned one reads upwards, from `y` on.
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


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes on paper, painted in order, and what they say in one sentence."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    title: str
    said: str


class Part(NamedTuple):
    """A part of a picture, and how far down it reaches."""

    shapes: list[Shape]
    bottom: float
