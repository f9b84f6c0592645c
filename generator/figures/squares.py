"""Scores as shaded squares at whole places, for pictures without words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.figures.colour import Scale


@dataclass(frozen=True, slots=True)
class Square:
    """A shaded place of a panel; places at step 0 of the ramp are left to the paper."""

    x: int
    y: int
    css: str


def squares(lines: Iterable[Iterable[float]], scale: Scale) -> tuple[Square, ...]:
    """Squares of lines of scores, all but those at nothing."""
    nothing = scale.shade(0.0)
    cells = (
        Square(x, y, scale.shade(float(score)))
        for y, line in enumerate(lines)
        for x, score in enumerate(line)
    )
    return tuple(cell for cell in cells if cell.css != nothing)
