"""The axis of violins: wide enough for all values, and no wider than they can be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generator.artifacts import Distributions, Estimate, Estimates, Group
from generator.figures.density import Numbers
from generator.figures.estimates import Axis, axis_of

WIDTH, MARGIN = 360, 8


@dataclass(frozen=True, slots=True)
class Span(Axis):
    """An axis as wide as a violin is drawn."""

    def at(self, value: float) -> float:
        """Where `value` lies, to a tenth, kept within the axis."""
        share = max(0.0, min(1.0, (value - self.low) / (self.high - self.low)))
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


def span(made: Distributions, low: float | None, high: float | None) -> Span:
    """An axis that holds all values, intervals and reported means."""
    rows = []
    for group in made.groups:
        values = real(group)
        low_end = float(values.min()) if values.size else math.nan
        high_end = float(values.max()) if values.size else math.nan
        rows.append(Estimate("", group.mean, low_end, high_end, len(values)))
        rows.append(Estimate("", group.mean, group.low, group.high, len(values)))
        if group.published is not None:
            mean = group.published
            rows.append(Estimate("", mean, mean, mean, len(values)))
    found = axis_of(as_estimates(made, tuple(rows)), low, high)
    first, last = found.low, found.high
    if made.ends is not None:
        first = max(first, made.ends[0]) if low is None else first
        last = min(last, made.ends[1]) if high is None else last
    return Span(first, last if last > first else first + 1)


def as_estimates(
    made: Distributions, rows: tuple[Estimate, ...] | None = None
) -> Estimates:
    """The means as a table of estimates, whose axis and words are theirs."""
    return Estimates(
        quantity=made.quantity,
        rows=rows
        if rows is not None
        else tuple(
            Estimate(g.name, g.mean, g.low, g.high, len(real(g)), g.role)
            for g in made.groups
        ),
        reference=made.reference,
        reference_name=made.reference_name,
    )


def real(group: Group) -> Numbers:
    """The values of a group that are numbers."""
    values = group.values.astype(np.float64)
    return np.asarray(values[np.isfinite(values)])
