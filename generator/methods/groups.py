"""One value for each text, in groups with their mean and its interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Estimate, Group, Role
from generator.methods.estimates import Verdict, verdict
from generator.methods.statistics import Interval, bootstrap
from generator.methods.windows import narrow

Array = NDArray[np.floating[Any]]
TEXTS = 10
"""Fewer texts, and an interval over them is noise."""
EDGES = (0.25, 0.5, 0.75)
"""Where groups by the largest weight of a text are divided."""
BY_LARGEST = (
    "largest weight below 0.25",
    "largest weight 0.25 to 0.5",
    "largest weight 0.5 to 0.75",
    "largest weight 0.75 and above",
)


def group(
    name: str,
    values: Array,
    rng: np.random.Generator,
    role: Role = "observed",
    published: float | None = None,
) -> Group:
    """Values that are defined, their mean and its bootstrap interval."""
    real = np.asarray(values, dtype=np.float64)
    real = real[np.isfinite(real)]
    return Group(name, narrow(real), *bootstrap(real, rng), role, published)


def by_largest(
    values: Array, weights: Sequence[Array], rng: np.random.Generator
) -> Iterator[Group]:
    """Groups of `values` (texts,) by each text's largest weight, empty ones left out.

    A text on an edge is in the upper group.
    """
    largest = np.array([each.max() for each in weights])
    place = np.searchsorted(EDGES, largest, side="right")
    for number, name in enumerate(BY_LARGEST):
        mine = values[place == number]
        if mine.size:
            yield group(name, mine, rng)


def judged(found: Group | Interval, bar: float, texts: int) -> Verdict:
    """Whether the whole interval lies above `bar`, below it, or neither.

    Undecided with fewer than `TEXTS` texts.
    """
    return "undecided" if texts < TEXTS else verdict(interval_of(found), bar)


def interval_of(found: Group | Interval) -> Interval:
    """The mean of a group and its interval."""
    if isinstance(found, Interval):
        return found
    return Interval(found.mean, found.low, found.high)


def decided(name: str, found: Group | Interval, texts: int) -> Estimate:
    """What a verdict is about, over `texts` texts."""
    return Estimate(name, *interval_of(found), texts)
