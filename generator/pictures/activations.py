"""Figures of cells: text coloured by them, a strip for each, a table of hypotheses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.figures.hypotheses import HEADS, HypothesesView, Line
from generator.figures.strip import Chip
from generator.figures.trace import TraceView
from generator.figures.wall import Strip, WallView
from generator.pictures import fonts
from generator.pictures.colours import INK, PAPER, RULE, SOFT, fill, ink_on
from generator.pictures.frame import MARGIN, ROOM, SMALL, paragraph, paragraphs
from generator.pictures.shapes import Box, Label, Part, Shape, Stroke

LETTERS = 13.0
STEP = LETTERS * fonts.MONO
"""Width of a character of code."""
HIGH = 19.0
STRIPS = 64
"""Strips of a wall that a picture holds."""
ACROSS = 2


def trace(view: TraceView, y: float) -> Iterator[Part]:
    """Cells over the text, below each other."""
    for one in view.traces:
        told = f"{one.name[:1].upper()}{one.name[1:]}"
        said = f"{told} · {one.said}" if one.said else told
        top = paragraph(said, MARGIN, y, ROOM, 12, INK, "bold", most=3)
        yield top
        y = top.bottom + 4
        for line in one.lines:
            part = coded(line, y)
            yield part
            y = part.bottom
        y += 12


def coded(line: tuple[Chip, ...], y: float) -> Part:
    """A line of the text; one that is too long goes on below."""
    room = int(ROOM / STEP)
    shapes: list[Shape] = []
    for i, chip in enumerate(line):
        row, column = divmod(i, room)
        x, top = MARGIN + column * STEP, y + row * HIGH
        back = fill(chip.css)
        if back and back != PAPER:
            shapes.append(Box(x, top, STEP, HIGH - 2, back))
        if chip.token.short.strip():
            ink = ink_on(back) if back else INK
            place = (x + STEP / 2, top + 13)
            shapes.append(
                Label(*place, chip.token.short[:1], LETTERS, ink, "mono", "middle",
                      back or PAPER)
            )  # fmt: skip
        if "hy" in chip.css.split():
            level = top + HIGH - 3
            shapes.append(Stroke(((x, level), (x + STEP, level)), INK, 1.5))
    return Part(shapes, y + HIGH * (1 + max(0, len(line) - 1) // room))


def wall(view: WallView, y: float) -> Iterator[Part]:
    """The best strips, in two columns, read down."""
    said = f"{view.quantity} for {view.hypothesis}; bold: passed both nulls"
    top = paragraph(said, MARGIN, y, ROOM, 12, INK, "bold")
    yield top
    y = top.bottom + 6
    shown = view.strips[:STRIPS]
    rows = -(-len(shown) // ACROSS)
    for i, strip in enumerate(shown):
        column, row = divmod(i, rows)
        x = MARGIN + column * (ROOM / ACROSS + 8)
        yield strip_part(strip, view.width, x, y + row * 17)
    y += rows * 17 + 4
    if len(shown) < len(view.strips):
        yield paragraphs((f"The best {len(shown)} of {len(view.strips)}.",), y, SMALL)


def strip_part(strip: Strip, width: int, x: float, y: float) -> Part:
    """A cell's strip between its name and its score."""
    left, room = x + 48, ROOM / ACROSS - 8 - 48 - 46
    k = room / max(1, width)
    score: Shape = Label(left + room + 6, y + 11, strip.score, SMALL,
                         INK if strip.found else SOFT,
                         "bold" if strip.found else "sans")  # fmt: skip
    shapes: list[Shape] = [
        Label(left - 6, y + 11, strip.name, SMALL, INK, "mono", "end"),
        Box(left - 1, y, room + 2, 14, "", RULE),
        score,
    ]
    for css, path in strip.runs:
        for start, wide in re.findall(r"M(\d+) 0h(\d+)", path):
            place = left + int(start) * k, y + 1
            shapes.append(Box(*place, int(wide) * k, 12, fill(css)))
    return Part(shapes, y + 16)


ROWED = 54.0
NAMED, VERDICT = 130.0, 112.0
"""Widths of a hypothesis's name and of its verdict; numbers share the rest."""


def hypotheses(view: HypothesesView, y: float) -> Iterator[Part]:
    """A row for each hypothesis."""
    heads = HEADS if view.effects else HEADS[:-2]
    wide = (ROOM - NAMED - VERDICT) / (len(heads) - 1)
    shapes: list[Shape] = []
    for i, name in enumerate(heads[1:]):
        part = paragraph(name, left_of(i, wide), y, wide - 6, 10, SOFT, most=2)
        shapes += part.shapes
    yield Part(shapes, y + 28)
    y += 32
    for line in view.lines:
        yield row(line, y, wide)
        y += ROWED


def left_of(column: int, wide: float) -> float:
    """Where a column of numbers begins."""
    return MARGIN + NAMED + VERDICT + column * wide


def row(line: Line, y: float, wide: float) -> Part:
    """One hypothesis: its words and numbers, what they stand on below."""
    said = paragraph(line.verdict, MARGIN + NAMED, y + 2, VERDICT - 8, 12, INK, "bold",
                     most=3)  # fmt: skip
    shapes: list[Shape] = [
        Stroke(((MARGIN, y), (MARGIN + ROOM, y)), RULE),
        Label(MARGIN, y + 16, fonts.clipped(line.name, NAMED - 6, 12, "bold"), 12, INK,
              "bold"),
        Label(MARGIN, y + 30, line.share, 10, SOFT),
        *said.shapes,
    ]  # fmt: skip
    for i, one in enumerate(line.cells):
        left = left_of(i, wide)
        shapes.append(Label(left, y + 16, one.text, 12, INK))
        below = paragraph(one.below, left, y + 18, wide - 4, 9, SOFT, most=3)
        shapes += below.shapes
    return Part(shapes, max(y + ROWED, said.bottom))
