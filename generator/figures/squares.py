"""Scores as shaded squares at whole places, and the thumbnails made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from generator.figures.formatting import DisplayToken
from generator.figures.scales import Scale

Spans = tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
"""For each colour class where its stretches begin, and how many places they have."""
FLAT = 16
"""Columns up to which a cell is drawn twice as wide as high."""
K = TypeVar("K", int, str)


@dataclass(frozen=True, slots=True)
class Square:
    """A shaded cell of a panel; cells at nothing are left to the paper."""

    x: int
    y: int
    css: str


@dataclass(frozen=True)
class Thumbnail:
    """Squares at whole places, `columns` by `lines`; those at nothing are left out."""

    columns: int
    lines: int
    squares: tuple[Square, ...]
    heads: tuple[DisplayToken, ...] = ()
    description: str = ""

    @property
    def width(self) -> int:
        """The width of a cell in heights."""
        return 2 if self.columns <= FLAT else 1


class Thumbnails(NamedTuple):
    """The lead picture of a figure, and its strip for a list of studies."""

    lead: Thumbnail
    strip: Thumbnail


def shade_squares(lines: Iterable[Iterable[float]], scale: Scale) -> tuple[Square, ...]:
    """Return scores as squares.

    Args:
        lines: Scores by line; lines may differ in length.
        scale: The scale that shades them.

    Returns:
        A square for each score, those at nothing left out.
    """
    nothing = scale.shade(0.0)
    cells = (
        Square(x, y, scale.shade(float(score)))
        for y, line in enumerate(lines)
        for x, score in enumerate(line)
    )
    return tuple(cell for cell in cells if cell.css != nothing)


def find_stretches(values: Sequence[K]) -> Iterator[tuple[K, int, int]]:
    """Yield each run of equal values: the value, where it begins, its length."""
    start = 0
    for i, value in enumerate(values):
        if i + 1 == len(values) or values[i + 1] != value:
            yield value, start, i + 1 - start
            start = i + 1


def group_stretches(values: Sequence[K]) -> list[tuple[K, tuple[tuple[int, int], ...]]]:
    """Return the runs of each value but 0 and "", as pairs of start and length."""
    found: dict[K, list[tuple[int, int]]] = {}
    for value, start, wide in find_stretches(values):
        if value:
            found.setdefault(value, []).append((start, wide))
    return [(value, tuple(places)) for value, places in sorted(found.items())]
