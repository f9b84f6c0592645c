"""A grid of cells with names of rows and columns, and numbers after each row.

Cells take the room there is. Where they become too small for their numerals these are
left out, and where rows become too many for their names, these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generator.figures.export import fonts
from generator.figures.export.frame import FINE, INSET, ROOM
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    RULE,
    SOFT,
    Box,
    Face,
    Label,
    Part,
    Shape,
    fill_colour,
    ink_on,
)

HEAD = 150.0
"""Room for the names of rows at most."""
FOOT = 118.0
"""Room for turned names of columns at most."""
SUM = 62.0
"""Width of a number after a row."""
TALL = 1600.0
"""Height of a grid beyond which its rows become lower than their names."""
LOWEST = 2.0


class GridCell(NamedTuple):
    """A cell: its classes, as on the page, and its numeral. `NONE` leaves a gap."""

    css: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells by row, names, and after each row its sums with the lengths of their bars.

    A bar's length is a percentage, -1 for no bar.
    """

    heads: tuple[str, ...]
    cells: tuple[tuple[GridCell, ...], ...]
    columns: tuple[str, ...]
    turned: bool
    sums: tuple[tuple[tuple[str, int], ...], ...] = ()
    totals: tuple[str, ...] = ()
    boxed: tuple[bool, ...] = ()
    mono: bool = True
    tallest: float = 22.0
    widest: float = 46.0


class GridSizes(NamedTuple):
    """The left edge of cells, their width and height, and the size of letters."""

    left: float
    wide: float
    high: float
    letters: float


def draw_grid(grid: Grid, y: float, x: float = INSET, room: float = ROOM) -> Part:
    """Draw a grid with its names and sums.

    Args:
        grid: What to draw.
        y: The upper edge.
        x: The left edge.
        room: The width for names, cells and sums.
    """
    sizes = fit_cells(grid, x, room)
    shapes: list[Shape] = []
    for i, row in enumerate(grid.cells):
        top = y + i * sizes.high
        shapes += row_heading(grid, grid.heads[i], top, sizes)
        for j, cell in enumerate(row):
            if cell != NONE:
                shapes += cell_shapes(cell, sizes.left + j * sizes.wide, top, sizes)
        if grid.sums:
            after = sizes.left + len(grid.columns) * sizes.wide + 10
            shapes += sum_shapes(grid.sums[i], after, top, sizes.high, sum_width(grid))
    foot = grid_foot(grid, y + len(grid.cells) * sizes.high, sizes)
    return Part([*shapes, *foot.shapes], foot.bottom)


NONE = GridCell()


def fit_cells(grid: Grid, x: float, room: float) -> GridSizes:
    """Compute how large cells can be."""
    face: Face = "mono" if grid.mono else "sans"
    names = max((fonts.text_width(name, 12, face) for name in grid.heads), default=0.0)
    head = min(HEAD, names) + 10
    after = len(grid.totals) * sum_width(grid) + (10 if grid.totals else 0)
    columns = max(1, len(grid.columns))
    wide = min(grid.widest, (room - head - after) / columns)
    rows = max(1, len(grid.cells))
    high = min(grid.tallest, max(LOWEST, TALL / rows))
    longest = max(
        (len(c.text) for row in grid.cells for c in row if " blank" not in c.css),
        default=1,
    )
    letters = min(FINE, (wide - 1) / (0.64 * max(1, longest)), high - 3)
    return GridSizes(x + head, wide, high, letters)


def sum_width(grid: Grid) -> float:
    """Compute the width of a number after a row, its name included."""
    texts = [text for row in grid.sums for text, _ in row]
    return max([SUM, *(fonts.text_width(text, FINE) + 12 for text in texts)])


READ = 6.0
"""Size of letters below which nobody reads them."""


def cell_shapes(cell: GridCell, x: float, y: float, sizes: GridSizes) -> list[Shape]:
    """Draw a cell: its colour, padding's dot, its outline, its numeral."""
    marks = set(cell.css.split())
    gap = 1.0 if sizes.wide > 4 and sizes.high > 4 else 0.0  # noqa: PLR2004 - room for gaps
    wide, high = sizes.wide - gap, sizes.high - gap
    back = fill_colour(cell.css)
    nothing = back in {"", PAPER}
    edge = (RULE, 0.5) if nothing and gap else ("", 1.0)
    if "key" in marks:
        edge = (INK, 1.5)
    shapes: list[Shape] = [Box(x, y, wide, high, back, *edge)]
    if "possible" in marks:
        shapes.append(Box(x + 1, y + 1, wide - 2, high - 2, "", EDGE, dashed=True))
    if "pad" in marks and gap:
        dot = EDGE if nothing else ink_on(back)
        shapes.append(Box(x + 2.5, y + 2.5, 2, 2, dot))
    if cell.text and "blank" not in marks and sizes.letters >= READ:
        place = x + wide / 2, y + high / 2 + sizes.letters * 0.36
        ink = ink_on(back)
        shapes.append(
            Label(
                *place, cell.text, sizes.letters, ink, "sans", "middle", back or PAPER
            )
        )
    return shapes


def row_heading(grid: Grid, name: str, y: float, sizes: GridSizes) -> list[Shape]:
    """Draw a row's name, where rows are high enough."""
    size = min(12.0, sizes.high - 1)
    if size < READ + 2:
        return []
    face: Face = "mono" if grid.mono else "sans"
    shown = fonts.clip_text(name, HEAD, size, face)
    place = sizes.left - 8, y + sizes.high / 2 + size * 0.34
    return [Label(*place, shown, size, INK, face, "end")]


def sum_shapes(
    of: Sequence[tuple[str, int]], x: float, y: float, high: float, step: float
) -> list[Shape]:
    """Draw the numbers after a row, each with its bar where it is a share."""
    size = min(FINE, high - 3)
    if size < READ + 1:
        return []
    shapes: list[Shape] = []
    for k, (text, share) in enumerate(of):
        left = x + k * step
        line = y + high / 2 + size * (0.2 if share >= 0 else 0.36)
        shapes.append(Label(left, line, text, size, INK))
        if share >= 0:
            shapes.append(Box(left, y + high - 5, step - 12, 2.5, RULE))
            long = (step - 12) * share / 100
            shapes += [Box(left, y + high - 5, long, 2.5, INK)] if share else []
    return shapes


def grid_foot(grid: Grid, y: float, sizes: GridSizes) -> Part:
    """Draw the names of columns, and of the numbers after rows."""
    shapes: list[Shape] = []
    size = min(FINE, sizes.wide * (0.9 if grid.turned else 0.62))
    deep = 14.0
    if size >= READ:
        for j, name in enumerate(grid.columns):
            middle = sizes.left + (j + 0.5) * sizes.wide
            if grid.turned:
                part = upright_name(grid, j, sizes, y)
                shapes += part.shapes
                deep = max(deep, part.bottom - y)
            else:
                place = middle, y + 13
                shapes.append(Label(*place, name, size, SOFT, anchor="middle"))
    after = sizes.left + len(grid.columns) * sizes.wide + 10
    for k, name in enumerate(grid.totals):
        left = after + k * sum_width(grid)
        lines = fonts.wrap_text(name, sum_width(grid) - 4, FINE, "sans", 3)
        for i, line in enumerate(lines):
            shapes.append(Label(left, y + 13 + i * 13, line, FINE, SOFT))
        deep = max(deep, 13.0 * len(lines) + 4)
    return Part(shapes, y + deep + 6)


def upright_name(grid: Grid, j: int, sizes: GridSizes, y: float) -> Part:
    """Draw a column's name, upright."""
    face: Face = "mono" if grid.mono else "sans"
    size, middle = min(FINE, sizes.wide * 0.9), sizes.left + (j + 0.5) * sizes.wide
    shown = fonts.clip_text(grid.columns[j], FOOT, size, face)
    long = fonts.text_width(shown, size, face)
    shapes: list[Shape] = []
    if grid.boxed and grid.boxed[j]:
        wide = min(size * 1.5, sizes.wide - 1)
        shapes.append(Box(middle - wide / 2, y + 3, wide, long + 8, "", INK, 1.2))
    place = middle + size * 0.36, y + 7
    shapes.append(Label(*place, shown, size, SOFT, face, "end", turned=True))
    return Part(shapes, y + long + 10)
