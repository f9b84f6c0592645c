"""Text coloured by a cell as a small picture: the text's first lines, line by line."""

from __future__ import annotations

from generator.artifacts import CellTraces
from generator.figures.base import Figure
from generator.figures.epochs import Square
from generator.figures.searched import activation_scale, drawn
from generator.figures.trace import CellText

LINES, COLUMNS = 12, 36
"""Lines and characters of a line that are pictured."""

Lines = list[list[float]]


def cell_of(traces: CellTraces, figure: Figure | None) -> int:
    """The first cell that `figure` draws."""
    chosen = figure.places(traces) if isinstance(figure, CellText) else [0]
    return chosen[0]


def lines_of(traces: CellTraces, place: int, lines: int, columns: int) -> Lines:
    """Values of the text's first lines; blank lines are left out."""
    found: Lines = [[]]
    for token, value in zip(traces.tokens, drawn(traces, place), strict=True):
        if token.text == "\n":
            if found[-1]:
                found.append([])
        elif len(found[-1]) < columns:
            found[-1].append(float(value))
    return [line for line in found if line][:lines]


def squares_of(lines: Lines) -> tuple[Square, ...]:
    """Squares of lines, all but those at nothing."""
    scale = activation_scale()
    nothing = scale.shade(0.0)
    cells = (
        Square(x, y, scale.shade(value))
        for y, line in enumerate(lines)
        for x, value in enumerate(line)
    )
    return tuple(cell for cell in cells if cell.css != nothing)


def said(traces: CellTraces, place: int) -> str:
    """What is pictured, in words."""
    name = traces.cells[place].name
    return (
        f"The first lines of a text, each character in the colour of cell {name}; "
        f"{activation_scale().quantity}, {activation_scale().source}."
    )
