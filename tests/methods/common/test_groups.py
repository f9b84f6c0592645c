"""Groups of values, their means, and the verdict on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.core.decision import LEAST_UNITS
from generator.methods.common.statistics import (
    BY_LARGEST,
    Interval,
    build_group,
    group_by_largest_weight,
    judge_group,
)


def rng() -> np.random.Generator:
    """The same draws every time."""
    return np.random.default_rng(0)


def test_what_is_not_defined_is_in_no_group() -> None:
    """NaN is left out of the values and of their mean."""
    found = build_group("all", np.array([1.0, math.nan, 3.0]), rng(), published=2.5)
    assert found.values.tolist() == [1, 3]
    assert found.mean == pytest.approx(2)
    assert found.low <= 2 <= found.high
    assert found.published == 2.5


def test_groups_by_the_largest_weight() -> None:
    """Each text is in one group, on an edge in the upper one; empty ones are not."""
    weights = [np.array(row) for row in ([0.2] * 5, [0.5, 0.5], [0.3, 0.7], [0.9, 0.1])]
    found = list(
        group_by_largest_weight(np.array([1.0, 2.0, 3.0, 4.0]), weights, rng())
    )
    assert [one.name for one in found] == [BY_LARGEST[0], BY_LARGEST[2], BY_LARGEST[3]]
    assert [one.values.tolist() for one in found] == [[1], [2, 3], [4]]


@pytest.mark.parametrize(
    ("low", "high", "texts", "told"),
    [
        (0.2, 0.4, LEAST_UNITS, "supported"),
        (-0.4, -0.2, LEAST_UNITS, "not supported"),
        (-0.1, 0.1, LEAST_UNITS, "undecided"),
        (0.2, 0.4, LEAST_UNITS - 1, "undecided"),
        (math.nan, math.nan, LEAST_UNITS, "undecided"),
    ],
)
def test_a_verdict_takes_the_whole_interval(
    low: float, high: float, texts: int, told: str
) -> None:
    """Above the bar, below it, or neither; few texts decide nothing."""
    assert judge_group(Interval(0.0, low, high), 0.0, texts) == told
