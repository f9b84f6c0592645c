"""Gradients integrated along straight lines, by Gauss–Legendre quadrature.

With the points x′ at the start and x at the end of a line, each dimension i is given
`(x_i − x′_i) ∫ ∂f/∂x_i (x′ + t (x − x′)) dt`, t from 0 to 1. These sum to
`f(x) − f(x′)`, so that the error of the quadrature can be measured. n nodes are exact
for polynomials of degree 2n − 1; for what is smooth the error falls faster than any
power of n, over a kink only like 1/n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.portions import portions
from generator.methods.windows import narrow
from generator.models.base import Floats

Array = NDArray[np.float64]
CELLS = 8_000_000
"""Numbers of points asked about in one call, 32 MB; their gradients are as many."""
TOLERANCE = 1e-3
"""By how much of the difference the scores' sum may miss it."""
ROUNDING = 1e-6
"""Float32 rounding of the function's values, relative to the larger one."""


@dataclass(frozen=True, eq=False)
class Line:
    """A straight line between two points of one shape, and a function at its ends."""

    start: Floats
    end: Floats
    label: int = 0  # which function: the place of what is explained
    first: float = 0.0  # the function's value at the start
    last: float = 0.0  # and at the end

    @property
    def change(self) -> float:
        """By how much the function grows from start to end."""
        return self.last - self.first

    @property
    def way(self) -> Array:
        """From start to end, in double precision."""
        return np.asarray(self.end, np.float64) - self.start

    def holds(self, gap: float) -> bool:
        """Whether scores that miss the change by `gap` are complete."""
        rounding = ROUNDING * max(abs(self.first), abs(self.last))
        return abs(gap) <= TOLERANCE * abs(self.change) + rounding


Gradients = Callable[[Sequence[Line], Sequence[Floats]], Sequence[NDArray[Any]]]
"""The gradient of each line's function at a point of it, shaped like the point."""


@dataclass(frozen=True, eq=False)
class Integral:
    """What an integral gave each dimension of a line's points."""

    parts: Array  # shaped like a point
    gap: float  # the sum of parts less the change
    nodes: int


def completed(
    gradients: Gradients, lines: Sequence[Line], nodes: int, most: int
) -> list[Integral]:
    """Each line's integral, nodes doubled up to `most` until it is complete."""
    found: dict[int, Integral] = {}
    waiting = list(range(len(lines)))
    while waiting:
        parts = integrated(gradients, [lines[at] for at in waiting], nodes)
        for at, part in zip(waiting, parts, strict=True):
            gap = float(part.sum()) - lines[at].change
            found[at] = Integral(part, gap, nodes)
        if nodes >= most:
            break
        waiting = [at for at in waiting if not lines[at].holds(found[at].gap)]
        nodes = min(2 * nodes, most)
    return [found[at] for at in range(len(lines))]


def integrated(gradients: Gradients, lines: Sequence[Line], nodes: int) -> list[Array]:
    """What each dimension of each line is given, by so many nodes."""
    at, weights = legendre(nodes)
    ways = [line.way for line in lines]
    sums = [np.zeros(way.shape) for way in ways]
    every = ((row, k) for row in range(len(lines)) for k in range(nodes))
    for pairs in portions(every, lambda pair: ways[pair[0]].size, CELLS):
        points = [narrow(lines[row].start + at[k] * ways[row]) for row, k in pairs]
        slopes = gradients([lines[row] for row, _ in pairs], points)
        for (row, k), slope in zip(pairs, slopes, strict=True):
            sums[row] += weights[k] * slope
    return [way * total for way, total in zip(ways, sums, strict=True)]


@cache
def legendre(nodes: int) -> tuple[Array, Array]:
    """Nodes between 0 and 1 (nodes,), and their weights, which sum to 1."""
    at, weights = np.polynomial.legendre.leggauss(nodes)
    return (at + 1) / 2, weights / 2
