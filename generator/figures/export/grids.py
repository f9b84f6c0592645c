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
    fill,
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
    """A cell: its classes, as on the page, and its numeral. None is no cell."""

    css: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells by row, names, and after each row its sums: text, length of a bar or -1."""

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


class Sizes(NamedTuple):
    """Where cells begin, how large they are, and their letters."""

    left: float
    wide: float
    high: float
    letters: float


def grid_part(made: Grid, y: float, x: float = INSET, room: float = ROOM) -> Part:
    """A grid from `y` on."""
    sizes = sized(made, x, room)
    shapes: list[Shape] = []
    for i, row in enumerate(made.cells):
        top = y + i * sizes.high
        shapes += heading(made, made.heads[i], top, sizes)
        for j, cell in enumerate(row):
            if cell != NONE:
                shapes += cell_shapes(cell, sizes.left + j * sizes.wide, top, sizes)
        if made.sums:
            after = sizes.left + len(made.columns) * sizes.wide + 10
            shapes += sums(made.sums[i], after, top, sizes.high, wide_sum(made))
    foot = feet(made, y + len(made.cells) * sizes.high, sizes)
    return Part([*shapes, *foot.shapes], foot.bottom)


NONE = GridCell()


def sized(made: Grid, x: float, room: float) -> Sizes:
    """How large cells can be."""
    face: Face = "mono" if made.mono else "sans"
    names = max((fonts.width(name, 12, face) for name in made.heads), default=0.0)
    head = min(HEAD, names) + 10
    after = len(made.totals) * wide_sum(made) + (10 if made.totals else 0)
    columns = max(1, len(made.columns))
    wide = min(made.widest, (room - head - after) / columns)
    rows = max(1, len(made.cells))
    high = min(made.tallest, max(LOWEST, TALL / rows))
    longest = max(
        (len(c.text) for row in made.cells for c in row if " blank" not in c.css),
        default=1,
    )
    letters = min(FINE, (wide - 1) / (0.64 * max(1, longest)), high - 3)
    return Sizes(x + head, wide, high, letters)


def wide_sum(made: Grid) -> float:
    """Width of a number after a row, its name included."""
    texts = [text for row in made.sums for text, _ in row]
    return max([SUM, *(fonts.width(text, FINE) + 12 for text in texts)])


READ = 6.0
"""Size of letters below which nobody reads them."""


def cell_shapes(cell: GridCell, x: float, y: float, sizes: Sizes) -> list[Shape]:
    """A cell: its colour, padding's dot, its outline, its numeral."""
    marks = set(cell.css.split())
    gap = 1.0 if sizes.wide > 4 and sizes.high > 4 else 0.0  # noqa: PLR2004 - room for gaps
    wide, high = sizes.wide - gap, sizes.high - gap
    back = fill(cell.css)
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


def heading(made: Grid, name: str, y: float, sizes: Sizes) -> list[Shape]:
    """A row's name, where rows are high enough."""
    size = min(12.0, sizes.high - 1)
    if size < READ + 2:
        return []
    face: Face = "mono" if made.mono else "sans"
    shown = fonts.clipped(name, HEAD, size, face)
    place = sizes.left - 8, y + sizes.high / 2 + size * 0.34
    return [Label(*place, shown, size, INK, face, "end")]


def sums(
    of: Sequence[tuple[str, int]], x: float, y: float, high: float, step: float
) -> list[Shape]:
    """Numbers after a row, each with its bar where it is a share."""
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


def feet(made: Grid, y: float, sizes: Sizes) -> Part:
    """Names below columns, and of the numbers after rows."""
    shapes: list[Shape] = []
    size = min(FINE, sizes.wide * (0.9 if made.turned else 0.62))
    deep = 14.0
    if size >= READ:
        for j, name in enumerate(made.columns):
            middle = sizes.left + (j + 0.5) * sizes.wide
            if made.turned:
                part = turned(made, j, sizes, y)
                shapes += part.shapes
                deep = max(deep, part.bottom - y)
            else:
                place = middle, y + 13
                shapes.append(Label(*place, name, size, SOFT, anchor="middle"))
    after = sizes.left + len(made.columns) * sizes.wide + 10
    for k, name in enumerate(made.totals):
        left = after + k * wide_sum(made)
        lines = fonts.wrapped(name, wide_sum(made) - 4, FINE, "sans", 3)
        for i, line in enumerate(lines):
            shapes.append(Label(left, y + 13 + i * 13, line, FINE, SOFT))
        deep = max(deep, 13.0 * len(lines) + 4)
    return Part(shapes, y + deep + 6)


def turned(made: Grid, j: int, sizes: Sizes, y: float) -> Part:
    """A column's name, upright."""
    face: Face = "mono" if made.mono else "sans"
    size, middle = min(FINE, sizes.wide * 0.9), sizes.left + (j + 0.5) * sizes.wide
    shown = fonts.clipped(made.columns[j], FOOT, size, face)
    long = fonts.width(shown, size, face)
    shapes: list[Shape] = []
    if made.boxed and made.boxed[j]:
        wide = min(size * 1.5, sizes.wide - 1)
        shapes.append(Box(middle - wide / 2, y + 3, wide, long + 8, "", INK, 1.2))
    place = middle + size * 0.36, y + 7
    shapes.append(Label(*place, shown, size, SOFT, face, "end", turned=True))
    return Part(shapes, y + long + 10)
