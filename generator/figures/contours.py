"""Lines along which a function on a grid is 0, by marching squares.

Each square of four neighbouring points that are not all of one sign is crossed by a
piece of a line, whose ends are put where a straight slope between two points is 0. Of
the two ways in which a square with signs crosswise can be crossed, the one that parts
the positive corners is taken. Pieces are joined at their ends to lines.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Edge = tuple[int, int, int]
"""An edge of the grid: row and column of its first point, and 0 along, 1 across."""
PIECES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)),
    6: ((0, 2),), 7: ((3, 2),), 8: ((2, 3),), 9: ((0, 2),), 10: ((0, 1), (2, 3)),
    11: ((1, 2),), 12: ((1, 3),), 13: ((0, 1),), 14: ((0, 3),),
}  # fmt: skip
"""Which sides (bottom, right, top, left) a piece joins, by the corners above 0."""


def level_lines(
    x: NDArray[np.floating], y: NDArray[np.floating], values: NDArray[np.float64]
) -> list[list[Point]]:
    """Lines through points (x, y) where `values` (rows, columns) are 0."""
    neighbours: dict[Edge, list[Edge]] = {}
    for one, other in pieces(values > 0):
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    found = []
    while neighbours:
        ends = (edge for edge, near in neighbours.items() if len(near) == 1)
        line = walked(next(ends, next(iter(neighbours))), neighbours)
        found.append([point(edge, x, y, values) for edge in line])
    return found


def pieces(above: NDArray[np.bool_]) -> Iterator[tuple[Edge, Edge]]:
    """The edges that each piece joins, square by square."""
    rows, columns = above.shape
    for i in range(rows - 1):
        for j in range(columns - 1):
            corners = above[i, j], above[i, j + 1], above[i + 1, j + 1], above[i + 1, j]
            code = sum(bool(on) << place for place, on in enumerate(corners))
            sides = ((i, j, 0), (i, j + 1, 1), (i + 1, j, 0), (i, j, 1))
            for one, other in PIECES.get(code, ()):
                yield sides[one], sides[other]


def walked(start: Edge, neighbours: dict[Edge, list[Edge]]) -> list[Edge]:
    """The line from `start` on; its pieces are taken out of `neighbours`."""
    line, here = [start], start
    while near := neighbours.get(here):
        after = near.pop()
        back = neighbours[after]
        back.remove(here)
        for edge in (here, after):
            if not neighbours.get(edge):
                neighbours.pop(edge, None)
        line.append(after)
        here = after
    return line


def point(
    edge: Edge,
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    values: NDArray[np.float64],
) -> Point:
    """Where the function is 0 on an edge."""
    i, j, across = edge
    k, m = (i + 1, j) if across else (i, j + 1)
    first, second = values[i, j], values[k, m]
    share = float(np.clip(first / (first - second), 0, 1))
    return (
        float(x[j] + share * (x[m] - x[j])),
        float(y[i] + share * (y[k] - y[i])),
    )
