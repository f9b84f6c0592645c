"""Text coloured by a cell as a small picture: the text's first lines, line by line."""

from __future__ import annotations

from dataclasses import replace

from generator.artifacts import CellTraces
from generator.figures.base import Figure
from generator.figures.searched import activation_scale, drawn
from generator.figures.squares import squares
from generator.figures.tokens import Shown
from generator.figures.trace import CellText
from generator.thumbnails.picture import STRIP_COLUMNS, STRIP_LINES, Picture

LINES, COLUMNS = 12, 36
"""Lines and characters of a line that are pictured."""


def has(traces: CellTraces, figure: Figure | None) -> bool:
    """Whether there is an activation."""
    del figure
    return bool(traces.activations.size)


def lead(traces: CellTraces, figure: Figure | None) -> Picture:
    """The first lines, numbered, coloured by the first cell that the figure draws."""
    place = cell_of(traces, figure)
    picture = pictured(lines_of(traces, place, LINES, COLUMNS))
    return replace(
        picture,
        heads=tuple(Shown(str(i), str(i)) for i in range(1, picture.lines + 1)),
        said=said(traces, place),
    )


def strip(traces: CellTraces, figure: Figure | None) -> Picture:
    """Fewer lines of the same, cut shorter."""
    place = cell_of(traces, figure)
    return pictured(lines_of(traces, place, STRIP_LINES, STRIP_COLUMNS))


def cell_of(traces: CellTraces, figure: Figure | None) -> int:
    """The first cell that `figure` draws."""
    chosen = figure.places(traces) if isinstance(figure, CellText) else [0]
    return chosen[0]


def lines_of(
    traces: CellTraces, place: int, lines: int, columns: int
) -> list[list[float]]:
    """Values of the text's first lines; blank lines are left out."""
    found: list[list[float]] = [[]]
    for token, value in zip(traces.tokens, drawn(traces, place), strict=True):
        if token.text == "\n":
            if found[-1]:
                found.append([])
        elif len(found[-1]) < columns:
            found[-1].append(float(value))
    return [line for line in found if line][:lines]


def pictured(lines: list[list[float]]) -> Picture:
    """Lines on the scale of all cells."""
    wide = max(map(len, lines), default=1)
    return Picture(wide, len(lines), squares(lines, activation_scale()))


def said(traces: CellTraces, place: int) -> str:
    """What is pictured, in words."""
    name = traces.cells[place].name
    return (
        f"The first lines of a text, each character in the colour of cell {name}; "
        f"{activation_scale().quantity}, {activation_scale().source}."
    )
