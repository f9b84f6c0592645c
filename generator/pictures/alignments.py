"""Alignments: a matrix for each panel, two side by side, then epochs as small ones."""

from __future__ import annotations

from collections.abc import Iterator

from generator.figures.alignedpanels import Frame, Panel
from generator.figures.alignment import AlignmentView
from generator.pictures.cells import Cell, Grid, grid
from generator.pictures.colours import INK, RULE, SOFT, fill
from generator.pictures.frame import MARGIN, ROOM, SMALL, paragraph, paragraphs, stats
from generator.pictures.shapes import Box, Label, Part, Shape

NARROW = 12
"""Source tokens up to which two panels stand side by side."""
ACROSS = 6
"""Small pictures of epochs in a line."""
SAID = "Rows are target tokens, columns source tokens; p is the target's probability."


def alignment(view: AlignmentView, y: float) -> Iterator[Part]:
    """Every panel, or every epoch and the one shown first."""
    for part in frames(view, y):
        yield part
        y = max(y, part.bottom)
    narrow = all(len(panel.columns) <= NARROW for panel in view.panels)
    pair = len(view.panels) > 1 and narrow
    room = (ROOM - 30) / 2 if pair else float(ROOM)
    low = y
    for i, panel in enumerate(view.panels):
        if i and not (pair and i % 2):
            y = low + 14
        x = MARGIN + (room + 30) * (i % 2 if pair else 0)
        name = panel.name or (view.names[view.start] if view.frames else "")
        part = panel_part(panel, name, x, y, room)
        yield part
        low = max(low, part.bottom)
    yield paragraphs((SAID,), low + 4, SMALL)


def panel_part(panel: Panel, name: str, x: float, y: float, room: float) -> Part:
    """A panel's heading, matrix and numbers."""
    said = f"{name[:1].upper()}{name[1:]} · {panel.said}" if name else panel.said
    top = paragraph(said, x, y, room, 12, INK, "bold", most=2)
    made = Grid(
        heads=tuple(line.head.short for line in panel.lines),
        cells=tuple(
            tuple(Cell(c.css, c.text) for c in line.cells) for line in panel.lines
        ),
        columns=tuple(column.short for column in panel.columns),
        turned=True,
        sums=tuple(((line.probability, -1),) for line in panel.lines),
        totals=("p",),
        tallest=24,
        widest=40,
    )
    body = grid(made, top.bottom + 4, x, room)
    shapes: list[Shape] = [*top.shapes, *body.shapes]
    if room < ROOM or not panel.stats:
        return Part(shapes, body.bottom)
    below = stats(panel.stats, body.bottom + 2, 14)
    return Part([*shapes, *below.shapes], below.bottom)


def frames(view: AlignmentView, y: float) -> Iterator[Part]:
    """Every epoch as a small picture."""
    room = (ROOM - 14 * (ACROSS - 1)) / ACROSS
    for i, one in enumerate(view.frames):
        cell = min(room / one.columns, 9.0)
        high = cell * one.lines + 32
        x = MARGIN + (i % ACROSS) * (room + 14)
        yield frame_part(one, x, y + (i // ACROSS) * high, cell)


def frame_part(one: Frame, x: float, y: float, cell: float) -> Part:
    """One epoch's squares below its name."""
    top = y + 18
    shapes: list[Shape] = [Label(x, y + 12, one.name, SMALL, SOFT)]
    wide, high = cell * one.columns + 2, cell * one.lines + 2
    shapes.append(Box(x - 1, top - 1, wide, high, "", RULE))
    for square in one.squares:
        place = x + square.x * cell, top + square.y * cell
        shapes.append(Box(*place, cell, cell, fill(square.css)))
    return Part(shapes, top + high + 12)
