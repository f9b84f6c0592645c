"""Rows of a table of estimates, and the verdict that compares one with a bar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Estimate, Role
from generator.methods.statistics import Interval, bootstrap, wilson

Verdict = Literal["supported", "not supported", "undecided"]
ROUNDING = 1e-6
"""Float32 rounding of a share. Values that are all alike have an interval of no width,
which rounding alone would put above a bar or below it."""


def mean(
    name: str,
    values: NDArray[np.floating[Any]],
    rng: np.random.Generator,
    role: Role = "observed",
) -> Estimate:
    """Mean of the values that are defined, with its bootstrap interval."""
    real = np.asarray(values)[np.isfinite(values)]
    return Estimate(name, *bootstrap(real, rng), n=real.size, role=role)


def share(name: str, hits: NDArray[np.bool_], role: Role = "observed") -> Estimate:
    """Share of hits, with its Wilson interval."""
    return Estimate(name, *wilson(int(hits.sum()), hits.size), hits.size, role)


def larger(reference: float, other: float) -> float:
    """The larger one; `other` may not be defined."""
    return max(reference, other) if np.isfinite(other) else reference


def largest(rows: Iterable[Estimate]) -> float:
    """The largest value of rows, of those that are defined; else minus infinity."""
    return max((row.value for row in rows if np.isfinite(row.value)), default=-np.inf)


def verdict(row: Estimate | Interval, bar: float) -> Verdict:
    """Whether the whole interval lies above `bar`, below it, or neither.

    A bound that is nearer than `ROUNDING` is on the bar.
    """
    if row.low > bar + ROUNDING:
        return "supported"
    return "not supported" if row.high < bar - ROUNDING else "undecided"


def verdict_below(row: Estimate | Interval, bar: float) -> Verdict:
    """Whether the whole interval lies below `bar`, above it, or neither."""
    if row.high < bar - ROUNDING:
        return "supported"
    return "not supported" if row.low > bar + ROUNDING else "undecided"
