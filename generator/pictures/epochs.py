"""Figures of one text at several epochs: small pictures, or lines of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.figures.epochlines import Line
from generator.figures.epochs import EpochsView, Panel
from generator.figures.history import HistoryView
from generator.figures.tokens import plain
from generator.pictures import cells
from generator.pictures.colours import INK, RULE, SOFT, fill
from generator.pictures.frame import MARGIN, ROOM, SMALL, paragraph, paragraphs
from generator.pictures.shapes import Box, Label, Part, Shape
from generator.pictures.strips import heading, strip_part, words

ACROSS = 6
"""Panels side by side at most."""
TALL = 300.0
"""Height of a panel at most."""


def epochs(view: EpochsView, y: float) -> Iterator[Part]:
    """A panel for each epoch, then one step of each as text."""
    across = min(ACROSS, max(3, len(view.panels)))
    room = (ROOM - 14 * (across - 1)) / across
    cell = min(room / view.columns, TALL / view.lines, 14.0)
    high = cell * view.lines + 66
    for i, panel in enumerate(view.panels):
        x = MARGIN + (i % across) * (room + 14)
        yield panel_part(view, panel, x, y + (i // across) * high, cell)
    y += ((len(view.panels) - 1) // across + 1) * high
    said = (
        f"Steps down, {view.columns} slots across, oldest left. The outlined line, "
        f"which writes ‘{view.target.short}’, is printed below as text."
    )
    note = paragraphs((said,), y, SMALL)
    yield note
    y = note.bottom + 10
    for strip in view.strips:
        top = paragraph(plain(strip.label), MARGIN, y, ROOM, 12, INK, "bold")
        body = strip_part(strip, top.bottom + 3)
        yield from (top, body)
        y = body.bottom + 10


def panel_part(view: EpochsView, panel: Panel, x: float, y: float, cell: float) -> Part:
    """One epoch as a small picture, its numbers below."""
    wide, high, top = cell * view.columns, cell * view.lines, y + 18
    gap = 0.5 if cell > 4 else 0.0  # noqa: PLR2004 - room for gaps
    shapes: list[Shape] = [Label(x, y + 12, panel.name, 12, INK, "bold")]
    shapes.append(Box(x - 1, top - 1, wide + 2, high + 2, "", RULE))
    for one in panel.squares:
        place = x + one.x * cell, top + one.y * cell
        shapes.append(Box(*place, cell - gap, cell - gap, fill(one.css)))
    row = top + view.row * cell
    shapes.append(Box(x - 1, row - 1, wide + 2, cell + 2, "", INK, 1.5))
    for i, line in enumerate(panel.lines):
        shapes.append(Label(x, top + high + 14 + i * 13, line, 10, SOFT))
    return Part(shapes, top + high + 44)


def history(view: HistoryView, y: float) -> Iterator[Part]:
    """A line for each epoch, then the text of one."""
    lines = grid(view, y) if view.cells else runs(view, y)
    yield lines
    name = view.names[view.start]
    top = paragraph(f"{name[:1].upper()}{name[1:]}", MARGIN, lines.bottom + 8, ROOM, 12,
                    INK, "bold")  # fmt: skip
    head = heading(view.head, top.bottom)
    body = words(view.words, head.bottom + 5)
    doubts = paragraphs(view.warnings, body.bottom, 12, INK)
    yield from (top, head, body, doubts)


def grid(view: HistoryView, y: float) -> Part:
    """Epochs down, words across."""
    made = cells.Grid(
        heads=tuple(map(name_of, view.lines)),
        cells=tuple(
            tuple(
                cells.Cell(f"{c.css}{'' if view.roomy else ' z'}", c.text)
                for c in line.cells
            )
            for line in view.lines
        ),
        columns=tuple(column.short for column in view.columns),
        turned=True,
        sums=tuple(tuple((text, -1) for text in line.sums) for line in view.lines),
        totals=view.sums,
        boxed=view.marked,
    )
    return cells.grid(made, y)


def name_of(line: Line) -> str:
    """A line's name, marked where its text is printed."""
    return f"▸ {line.name}" if line.here else line.name


def runs(view: HistoryView, y: float) -> Part:
    """Epochs as strokes of one colour, for texts too long for cells."""
    left, room = MARGIN + 90.0, ROOM - 90.0 - 250
    k = room / view.width
    shapes: list[Shape] = []
    for line in view.lines:
        shapes.append(Label(left - 8, y + 15, name_of(line), 12, INK, "mono", "end"))
        shapes.append(Box(left - 1, y, room + 2, 20, "", RULE))
        for css, path in line.runs:
            for x, wide in re.findall(r"M(\d+) 0h(\d+)", path):
                place = left + int(x) * k, y + 1
                shapes.append(Box(*place, int(wide) * k, 18, fill(css)))
        said = "  ".join(
            f"{name} {value}" for name, value in zip(view.sums, line.sums, strict=True)
        )
        part = paragraph(said, left + room + 12, y - 4, 236, 10, SOFT, most=2)
        shapes += part.shapes
        y += 32
    tail = ", padding’s mean slot at the end" if view.words.pad else ""
    said = f"Each line is the whole text, first word left{tail}."
    note = paragraphs((said,), y, SMALL)
    return Part([*shapes, *note.shapes], note.bottom)
