"""Figures of rows on an axis: estimates, scores, violins, and bars."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.figures.bars import Bar, BarsView
from generator.figures.estimates import EstimatesView, Tick, Whisker
from generator.figures.scores import ScoresView
from generator.figures.violins import Violin, ViolinsView
from generator.pictures import chips, fonts
from generator.pictures.colours import EDGE, INK, PANEL, PAPER, RULE, SOFT, fill
from generator.pictures.frame import MARGIN, ROOM, SMALL, TEXT, paragraph, paragraphs
from generator.pictures.shapes import Anchor, Box, Dot, Label, Part, Shape, Stroke

NAME, DRAWN = 190.0, 320.0
"""Widths of a row's name and of its drawing; the words beside it get the rest."""
LEFT = MARGIN + NAME + 16
BESIDE = LEFT + DRAWN + 20
WORDS = MARGIN + ROOM - BESIDE


def whisker(low: float, high: float, y: float) -> list[Shape]:
    """An interval, nothing where it has no width."""
    return [Stroke(((low, y), (high, y)), INK, 2.5)] if high > low else []


def point(shape: str, x: float, y: float) -> list[Shape]:
    """A point of a shape: what was observed, nulls and controls differ by it."""
    if shape == "disc":
        return [Dot(x, y, 4, INK)]
    if shape == "square":
        return [Box(x - 4, y - 4, 8, 8, PAPER, INK, 1.5)]
    up = -1 if shape == "up" else 1
    corners = ((x, y + up * 5), (x + 5, y - up * 4), (x - 5, y - up * 4))
    closed = (*corners, corners[0])
    return [Stroke(closed, INK, 1.5, (), INK if shape == "up" else PAPER)]


def estimates(view: EstimatesView, y: float) -> Iterator[Part]:
    """Estimates on one axis."""
    k = DRAWN / 176
    for row in view.whiskers:
        part = estimate(row, view.reference, y, k, role=row.role)
        yield part
        y = part.bottom
    axis = axis_part(view.ticks, view.reference, y, k, view.quantity)
    yield axis
    yield paragraphs(view.remarks, axis.bottom + 4, SMALL)


def estimate(
    row: Whisker,
    reference: Tick | None,
    y: float,
    k: float,
    *,
    role: str,
    told: str = "",
) -> Part:
    """A row: its name, its drawing, its numbers."""
    n = f"n = {row.n}{f', {row.p}' if row.p else ''}"
    name = beside(row.name, role, y)
    words = numbers(row.text, told or n, y)
    level = y + 20
    shapes: list[Shape] = [
        Stroke(((MARGIN, y), (MARGIN + ROOM, y)), RULE),
        Stroke(((LEFT + 6 * k, level), (LEFT + 170 * k, level)), EDGE),
    ]
    bottom = max(name.bottom, words.bottom, y + 40) + 5
    if reference:
        at = LEFT + reference.x * k
        shapes.append(Stroke(((at, y + 4), (at, bottom - 2)), INK, 1, (2, 2)))
    if row.point is not None:
        shapes += whisker(LEFT + row.low * k, LEFT + row.high * k, level)
        shapes += point(row.shape, LEFT + row.point * k, level)
    return Part([*shapes, *name.shapes, *words.shapes], bottom)


def beside(name: str, role: str, y: float) -> Part:
    """A row's name, and what it stands for."""
    top = paragraph(name, MARGIN, y + 4, NAME, 12, INK, "bold", most=3)
    below = paragraph(role, MARGIN, top.bottom, NAME, SMALL, most=2)
    return Part([*top.shapes, *below.shapes], below.bottom)


def numbers(text: str, told: str, y: float) -> Part:
    """A row's numbers."""
    top = paragraph(text, BESIDE, y + 4, WORDS, 12, INK, "bold", most=3)
    below = paragraph(told, BESIDE, top.bottom, WORDS, SMALL, most=3)
    return Part([*top.shapes, *below.shapes], below.bottom)


def axis_part(
    ticks: Sequence[Tick], reference: Tick | None, y: float, k: float, quantity: str
) -> Part:
    """The axis below rows: its ends, what no effect would give, the quantity."""
    shapes: list[Shape] = [
        Stroke(((MARGIN, y), (MARGIN + ROOM, y)), RULE),
    ]
    first, last = LEFT + ticks[0].x * k, LEFT + ticks[-1].x * k
    shapes.append(Stroke(((first, y + 5), (last, y + 5)), EDGE))
    for i, tick in enumerate(ticks):
        anchor: Anchor = "end" if i == len(ticks) - 1 else "start"
        place = LEFT + tick.x * k, y + 19
        shapes.append(Label(*place, tick.text, SMALL, SOFT, anchor=anchor))
    bottom = y + 22
    if reference:
        at = LEFT + reference.x * k
        share = (at - first) / max(1.0, last - first)
        side: Anchor = "start" if share < 0.33 else "end" if share > 0.67 else "middle"  # noqa: PLR2004 - thirds
        low = (at, y + 2), (at, y + 9)
        shapes.append(Stroke(low, INK, 1, (2, 2)))
        text = fonts.clipped(reference.text, DRAWN, SMALL)
        shapes.append(Label(at, y + 34, text, SMALL, SOFT, anchor=side))
        bottom = y + 37
    name = paragraph(quantity, MARGIN, y + 3, NAME, SMALL, most=4)
    return Part([*shapes, *name.shapes], max(bottom, name.bottom))


def scores(view: ScoresView, y: float) -> Iterator[Part]:
    """Measures below each other, each on its own axis."""
    k = DRAWN / 176
    for one in view.measures:
        top = paragraph(f"{one.name} · {one.better}", MARGIN, y, ROOM, TEXT, INK)
        yield top
        y = top.bottom + 4
        for row in one.rows:
            part = estimate(
                row.whisker, row.baseline, y, k, role=row.said, told=row.beside
            )
            yield part
            y = part.bottom
        axis = axis_part(one.ticks, None, y, k, "")
        yield axis
        y = axis.bottom + 16
    yield paragraphs(view.remarks, y - 8, SMALL)


def violins(view: ViolinsView, y: float) -> Iterator[Part]:
    """Groups on one axis."""
    k = DRAWN / 360
    for one in view.violins:
        part = violin(one, view.reference, y, k)
        yield part
        y = part.bottom
    axis = axis_part(view.axis, view.reference, y, k, view.quantity)
    yield axis
    yield paragraphs(view.remarks, axis.bottom + 4, SMALL)


def violin(one: Violin, reference: Tick | None, y: float, k: float) -> Part:
    """A group: its outline, its values, its mean."""
    told = f"n = {one.n}{f', published {one.paper}' if one.paper else ''}"
    name, words = beside(one.name, one.role, y + 6), numbers(one.text, told, y + 6)
    top, level = y + 4, y + 26
    bottom = max(name.bottom, words.bottom, y + 50) + 3
    shapes: list[Shape] = [
        Stroke(((MARGIN, y), (MARGIN + ROOM, y)), RULE),
        Stroke(((LEFT + 8 * k, level), (LEFT + 352 * k, level)), EDGE),
    ]
    places = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", one.outline)
    if places:
        path = [(LEFT + float(x) * k, top + float(v)) for x, v in places]
        shapes.append(Stroke((*path, path[0]), EDGE, 1, (), PANEL))
    if reference:
        at = LEFT + reference.x * k
        shapes.append(Stroke(((at, top), (at, bottom - 2)), INK, 1, (2, 2)))
    low, high = (36, 42) if one.outline else (18, 26)
    for value in one.ticks:
        at = LEFT + value * k
        shapes.append(Stroke(((at, top + low), (at, top + high)), SOFT))
    if one.point is not None:
        shapes += whisker(LEFT + one.low * k, LEFT + one.high * k, level)
        shapes += point(one.shape, LEFT + one.point * k, level)
    if one.published is not None:
        shapes += diamond(LEFT + one.published * k, level)
    return Part([*shapes, *name.shapes, *words.shapes], bottom)


def diamond(x: float, y: float) -> list[Shape]:
    """The mean that a paper reports."""
    corners = ((x, y - 6), (x + 5, y), (x, y + 6), (x - 5, y), (x, y - 6))
    return [Stroke(corners, INK, 1.5, (), PAPER)]


def bars(view: BarsView, y: float) -> Iterator[Part]:
    """Words with a bar each, on one axis."""
    head = " · ".join(filter(None, (view.head.name, view.head.lead, *view.head.rest)))
    top = paragraph(head, MARGIN, y, ROOM, 12, INK, "bold")
    yield top
    y = top.bottom + 8
    name = min(
        260.0, max((chips.width(b.word, bare=True) for b in view.bars), default=0)
    )
    left = MARGIN + name + 12
    drawn = ROOM - name - 12 - 70
    if view.sides and view.bars:
        yield tips((f"← {view.sides[0]}", f"{view.sides[1]} →"), left, drawn, y)
        y += 18
    for one in view.bars:
        yield bar(one, view.zero, (MARGIN + name, left, drawn), y)
        y += 26
    if view.bars:
        ends = (view.ends[0], view.ends[1])
        yield tips(ends, left, drawn, y)
        if view.scale and view.scale.signed:
            zero = left + view.zero / 100 * drawn
            yield Part([Label(zero, y + 12, "0", SMALL, SOFT, anchor="middle")], y + 16)
        y += 18
    facts = " · ".join(f"{one.name} {one.value}" for one in view.stats)
    yield paragraphs(filter(None, (view.rest, facts)), y, 12)


def bar(one: Bar, zero: float, places: tuple[float, float, float], y: float) -> Part:
    """A word, its bar and its number."""
    right, left, drawn = places
    k = drawn / 100
    wide = min(260.0, chips.width(one.word, bare=True))
    shapes = chips.chip_shapes(one.word, right - wide, y, wide, bare=True)
    at = left + zero * k
    shapes.append(Stroke(((at, y - 1), (at, y + 25)), EDGE))
    if one.css:
        colour = fill(one.css)
        edge = Box(left + one.left * k, y + 3, one.width * k, 17, colour, EDGE, 1)
        shapes += [edge] if edge.width > 0 else []
    if one.line:
        ends = (left + one.line[0] * k, y + 11.5), (left + one.line[1] * k, y + 11.5)
        shapes.append(Stroke(ends, INK, 2))
    value = one.word.numeral or "–"
    place = MARGIN + ROOM, y + 16
    shapes.append(Label(*place, value, 12, INK, anchor="end"))
    return Part(shapes, y + 24)


def tips(names: tuple[str, str], left: float, drawn: float, y: float) -> Part:
    """What the two ends of an axis are called."""
    first = fonts.clipped(names[0], drawn / 2 - 10, SMALL)
    last = fonts.clipped(names[1], drawn / 2 - 10, SMALL)
    return Part(
        [
            Label(left, y + 12, first, SMALL, SOFT),
            Label(left + drawn, y + 12, last, SMALL, SOFT, anchor="end"),
        ],
        y + 16,
    )
