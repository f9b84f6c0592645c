"""Where a picture's ink is: boxes around letters, lines and dots, in its pixels."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import NamedTuple

from generator.figures.export import fonts
from generator.figures.export.layouts import draw_figure
from generator.figures.export.shapes import (
    Box,
    Dot,
    Face,
    Label,
    Picture,
    Shape,
    Stroke,
)
from tests.figures.export.figures import SOURCE, view_of


class Edges(NamedTuple):
    """Left, top, right and bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Edges:
        """These edges, all farther out."""
        left, top, right, bottom = self
        return Edges(left - by, top - by, right + by, bottom + by)

    def meets(self, other: Edges) -> bool:
        """Whether they share a place."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Edges) -> bool:
        """Whether the other lies inside."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


@cache
def draw_example(name: str) -> Picture:
    """An example's picture."""
    return draw_figure(view_of(name), SOURCE)


@cache
def glyph_edges(text: str, face: Face) -> Edges:
    """The ink of a text at size 1, from where it begins on its baseline."""
    if not fonts.is_plain(text, face):
        return run_edges(text, face)
    font = fonts.load_font(face, 100)
    blank = font.getlength(text[: len(text) - len(text.lstrip())])
    left, top, right, bottom = font.getbbox(text.strip(), anchor="ls")
    return Edges((left + blank) / 100, top / 100, (right + blank) / 100, bottom / 100)


def run_edges(text: str, face: Face) -> Edges:
    """The ink of a text in several fonts, or of one that is shaped, at size 1."""
    left, found = 0.0, []
    for run in fonts.text_runs(text, face):
        font = fonts.load_run_font(run.font, 100, shaped=run.shaped)
        way = run.direction if run.shaped else None
        x, top, far, bottom = font.getbbox(run.text, anchor="ls", direction=way)
        found.append(Edges(left + x, top, left + far, bottom))
        left += fonts.run_width(run, 100)
    lefts, tops, rights, bottoms = zip(*found, strict=True)
    return Edges(
        min(lefts) / 100, min(tops) / 100, max(rights) / 100, max(bottoms) / 100
    )


def label_edges(label: Label) -> Edges:
    """The ink of a line of text, without the room around it."""
    left, top, right, bottom = (
        edge * label.size for edge in glyph_edges(label.text, label.face)
    )
    wide = fonts.text_width(label.text, label.size, label.face)
    back = wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
    if label.turned:
        low = label.y + back
        return Edges(label.x + top, low - right, label.x + bottom, low - left)
    x = label.x - back
    return Edges(x + left, label.y + top, x + right, label.y + bottom)


def edges(shape: Shape) -> Edges:
    """The ink of a shape, a line's without its thickness."""
    if isinstance(shape, Label):
        return label_edges(shape)
    if isinstance(shape, Box):
        return Edges(shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
    if isinstance(shape, Dot):
        x, y, r = shape.x, shape.y, shape.radius
        return Edges(x - r, y - r, x + r, y + r)
    xs, ys = zip(*shape.points, strict=True)
    return Edges(min(xs), min(ys), max(xs), max(ys))


def crosses(stroke: Stroke, box: Edges) -> bool:
    """Whether a line comes into a box."""
    return any(enters(first, last, box) for first, last in pairwise(stroke.points))


def enters(first: tuple[float, float], last: tuple[float, float], box: Edges) -> bool:
    """Whether a straight line from one place to another comes into a box."""
    begin, end = 0.0, 1.0
    for axis in (0, 1):
        long, low, high = last[axis] - first[axis], box[axis], box[axis + 2]
        if not long:
            if not low < first[axis] < high:
                return False
            continue
        one, two = sorted(((low - first[axis]) / long, (high - first[axis]) / long))
        begin, end = max(begin, one), min(end, two)
    return begin < end


def lettered(picture: Picture) -> list[Label]:
    """The lines of text that leave ink."""
    return [s for s in picture.shapes if isinstance(s, Label) and s.text.strip()]
