"""What a small picture is, and how many lines and columns are pictured."""

from __future__ import annotations

from dataclasses import dataclass

from generator.figures.base import Figure
from generator.figures.squares import Square
from generator.figures.tokens import Shown, visible

LINES, COLUMNS, STRIP_LINES, STRIP_COLUMNS = 16, 16, 3, 24
FLAT = 16
"""Columns up to which a cell is drawn twice as wide as high."""


@dataclass(frozen=True)
class Picture:
    """Squares at whole places, `columns` by `lines`; places at nothing are left out."""

    columns: int
    lines: int
    squares: tuple[Square, ...]
    heads: tuple[Shown, ...] = ()
    said: str = ""

    @property
    def width(self) -> int:
        """Width of a cell in heights."""
        return 2 if self.columns <= FLAT else 1


def bound_of(figure: Figure | None) -> float | None:
    """The bound that the author of a figure wrote."""
    bound: float | None = getattr(figure, "bound", None)
    return bound


def capital(quantity: str) -> str:
    """A quantity at the head of a sentence, every character of it visible."""
    text = visible(quantity, blanks=False)
    return text[:1].upper() + text[1:]
