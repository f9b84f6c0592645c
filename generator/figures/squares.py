"""Scores as shaded squares at whole places, for pictures without words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from generator.figures.scales import Scale

Spans = tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
"""For each colour class where its stretches begin, and how many places they have."""
K = TypeVar("K", int, str)


@dataclass(frozen=True, slots=True)
class Square:
    """A shaded place of a panel; places at step 0 of the ramp are left to the paper."""

    x: int
    y: int
    css: str


def shade_squares(lines: Iterable[Iterable[float]], scale: Scale) -> tuple[Square, ...]:
    """Squares of lines of scores, all but those at nothing."""
    nothing = scale.shade(0.0)
    cells = (
        Square(x, y, scale.shade(float(score)))
        for y, line in enumerate(lines)
        for x, score in enumerate(line)
    )
    return tuple(cell for cell in cells if cell.css != nothing)


def find_stretches(values: Sequence[K]) -> Iterator[tuple[K, int, int]]:
    """Neighbours that are alike: the value, where they begin, how many they are."""
    start = 0
    for i, value in enumerate(values):
        if i + 1 == len(values) or values[i + 1] != value:
            yield value, start, i + 1 - start
            start = i + 1


def group_stretches(values: Sequence[K]) -> list[tuple[K, tuple[tuple[int, int], ...]]]:
    """For each value but 0 or "", where its stretches begin and how many they are."""
    found: dict[K, list[tuple[int, int]]] = {}
    for value, start, wide in find_stretches(values):
        if value:
            found.setdefault(value, []).append((start, wide))
    return [(value, tuple(places)) for value, places in sorted(found.items())]
