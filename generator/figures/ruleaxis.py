"""The axis of rules: precisions with and without an anchor, and the one asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from generator.artifacts import AnchoredText, Anchors
from generator.figures.estimates import Tick
from generator.figures.numbers import significant
from generator.figures.violinaxis import Span

SHAPES = {
    True: ("precision with the anchor", "disc"),
    False: ("precision without any anchor", "square"),
}
"""By whether there is an anchor: what its point means, and its shape."""
NEAR = 24
"""Parts of the axis nearer than which labels would lie on each other."""


@dataclass(frozen=True, slots=True)
class Line:
    """A precision on its axis: with the anchor (if there is one), and without any."""

    low: float
    point: float
    high: float
    shape: str
    base: float | None  # None where the point is the base, or it is not known


def axis_of(anchors: Anchors, texts: Iterable[AnchoredText]) -> Span:
    """From a round number below all precisions to 1."""
    every = [v for t in texts for v in (t.low, t.precision, t.base)]
    least = min([v for v in every if math.isfinite(v)], default=1.0)
    low = math.floor(min(least, anchors.threshold) * 10 + 1e-9) / 10
    return Span(min(low, 0.9), 1.0)


def ticks(axis: Span, threshold: float) -> tuple[Tick, ...]:
    """The ends of the axis, but for one that the threshold's label would cover."""
    ends = [Tick(axis.at(end), significant(end)) for end in (axis.low, axis.high)]
    return tuple(end for end in ends if abs(end.x - axis.at(threshold)) > NEAR)


def line(text: AnchoredText, axis: Span) -> Line:
    """Where precisions lie on the axis."""
    alone = not text.anchor or math.isnan(text.base)
    return Line(
        axis.at(text.low),
        axis.at(text.precision),
        axis.at(text.high),
        SHAPES[bool(text.anchor)][1],
        None if alone else axis.at(text.base),
    )


def shapes(lines: Iterable[Line]) -> tuple[tuple[str, str], ...]:
    """What the points that are drawn mean, and their shapes."""
    drawn = {
        shape
        for one in lines
        for shape in (one.shape, *(("square",) if one.base is not None else ()))
    }
    return tuple(named for named in SHAPES.values() if named[1] in drawn)
