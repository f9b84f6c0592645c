"""Rows on an axis: parts that estimates, scores, violins and bars draw with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.figures.export import fonts
from generator.figures.export.frame import FINE, INSET, ROOM, paragraph_part
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    RULE,
    SOFT,
    Anchor,
    Box,
    Dot,
    Label,
    Part,
    Shape,
    Stroke,
)

NAME, DRAWN = 190.0, 320.0
"""Widths of a row's name and of its drawing; the words beside it get the rest."""
BAR_LEFT = INSET + NAME + 16
NUMBERS_LEFT = BAR_LEFT + DRAWN + 20
WORDS = INSET + ROOM - NUMBERS_LEFT


NO_EFFECT = Stroke(((14, 0), (14, 16)), INK, 1, (2, 2))
"""A sign: what no effect would give."""


@dataclass(frozen=True, slots=True)
class AxisTick:
    """A labelled place on the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class EstimateWhisker:
    """An estimate: its places on the axis, and the words beside it."""

    name: str
    role: str
    shape: str
    low: float
    point: float | None  # None where it is not defined
    high: float
    text: str
    n: str
    p: str


def whisker_shapes(low: float, high: float, y: float) -> list[Shape]:
    """Draw an interval, nothing where it has no width."""
    return [Stroke(((low, y), (high, y)), INK, 2.5)] if high > low else []


def point_shapes(shape: str, x: float, y: float) -> list[Shape]:
    """Draw a point; its shape tells observed values, nulls and controls apart."""
    if shape == "disc":
        return [Dot(x, y, 4, INK)]
    if shape == "square":
        return [Box(x - 4, y - 4, 8, 8, PAPER, INK, 1.5)]
    up = -1 if shape == "up" else 1
    corners = ((x, y + up * 5), (x + 5, y - up * 4), (x - 5, y - up * 4))
    closed = (*corners, corners[0])
    return [Stroke(closed, INK, 1.5, (), INK if shape == "up" else PAPER)]


def estimate_row(
    row: EstimateWhisker,
    reference: AxisTick | None,
    y: float,
    k: float,
    *,
    role: str,
    told: str = "",
) -> Part:
    """Draw a row: its name, its point and interval, its numbers.

    Args:
        row: The estimate.
        reference: Where no effect would be, if there is such a place.
        y: The upper edge.
        k: Pixels to a unit of the axis.
        role: What the row stands for, below its name.
        told: What stands below the numbers; by default, n and the p-value.
    """
    n = f"{row.n}{f', {row.p}' if row.p else ''}"
    name = row_label_part(row.name, role, y)
    words = row_numbers_part(row.text, told or n, y)
    level = y + 20
    shapes: list[Shape] = [
        Stroke(((INSET, y), (INSET + ROOM, y)), RULE),
        Stroke(((BAR_LEFT + 6 * k, level), (BAR_LEFT + 170 * k, level)), EDGE),
    ]
    bottom = max(name.bottom, words.bottom, y + 40) + 5
    if reference:
        at = BAR_LEFT + reference.x * k
        shapes.append(Stroke(((at, y + 4), (at, bottom - 2)), INK, 1, (2, 2)))
    if row.point is not None:
        shapes += whisker_shapes(BAR_LEFT + row.low * k, BAR_LEFT + row.high * k, level)
        shapes += point_shapes(row.shape, BAR_LEFT + row.point * k, level)
    return Part([*shapes, *name.shapes, *words.shapes], bottom)


def row_label_part(name: str, role: str, y: float) -> Part:
    """Draw a row's name, with what it stands for below."""
    top = paragraph_part(name, INSET, y + 4, NAME, 12, INK, "bold", most=3)
    below = paragraph_part(role, INSET, top.bottom, NAME, FINE, most=2)
    return Part([*top.shapes, *below.shapes], below.bottom)


def row_numbers_part(text: str, told: str, y: float) -> Part:
    """Draw a row's numbers, with what is known of them below."""
    top = paragraph_part(text, NUMBERS_LEFT, y + 4, WORDS, 12, INK, "bold", most=3)
    below = paragraph_part(told, NUMBERS_LEFT, top.bottom, WORDS, FINE, most=3)
    return Part([*top.shapes, *below.shapes], below.bottom)


def axis_part(
    ticks: Sequence[AxisTick],
    reference: AxisTick | None,
    y: float,
    k: float,
    quantity: str,
) -> Part:
    """Draw the axis below rows: its ends, the reference, the quantity."""
    shapes: list[Shape] = [
        Stroke(((INSET, y), (INSET + ROOM, y)), RULE),
    ]
    first, last = BAR_LEFT + ticks[0].x * k, BAR_LEFT + ticks[-1].x * k
    shapes.append(Stroke(((first, y + 5), (last, y + 5)), EDGE))
    for i, tick in enumerate(ticks):
        anchor: Anchor = "end" if i == len(ticks) - 1 else "start"
        place = BAR_LEFT + tick.x * k, y + 19
        shapes.append(Label(*place, tick.text, FINE, SOFT, anchor=anchor))
    bottom = y + 22
    if reference:
        at = BAR_LEFT + reference.x * k
        share = (at - first) / max(1.0, last - first)
        side: Anchor = "start" if share < 0.33 else "end" if share > 0.67 else "middle"  # noqa: PLR2004 - thirds
        low = (at, y + 2), (at, y + 9)
        shapes.append(Stroke(low, INK, 1, (2, 2)))
        text = fonts.clip_text(reference.text, DRAWN, FINE)
        shapes.append(Label(at, y + 34, text, FINE, SOFT, anchor=side))
        bottom = y + 37
    name = paragraph_part(quantity, INSET, y + 3, NAME, FINE, most=4)
    return Part([*shapes, *name.shapes], max(bottom, name.bottom))


def diamond_shapes(x: float, y: float) -> list[Shape]:
    """Draw the sign of a mean that a paper reports."""
    corners = ((x, y - 6), (x + 5, y), (x, y + 6), (x - 5, y), (x, y - 6))
    return [Stroke(corners, INK, 1.5, (), PAPER)]
