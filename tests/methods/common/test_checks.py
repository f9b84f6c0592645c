"""Checks: both sides of every tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from generator.methods.common.checks import (
    SUM_TOLERANCE,
    attention_checks,
    largest_error,
    probability_checks,
)


def failed(weights: list[float], probabilities: list[float]) -> set[str]:
    """Names of the checks of attention that fail."""
    found = attention_checks(np.array([weights]), np.array(probabilities))
    return {check.name for check in found if not check.passed}


@pytest.mark.parametrize("sign", [-1, 1])
def test_shares_may_miss_one_by_rounding_on_either_side(sign: int) -> None:
    """Rows that sum to less than 1 fail as those that sum to more do."""
    assert failed([0.5, 0.5 + sign * 0.1], [0.5]) == {"attention rows sum to 1"}
    assert not failed([0.5, 0.5 + sign * SUM_TOLERANCE * 0.9], [0.5])
    for share, passed in ((0.9, True), (1.1, False)):
        row = np.array([[0.25, 0.75 + sign * share * SUM_TOLERANCE]])
        sums, _ = probability_checks(row)
        assert sums.passed is passed


def test_a_share_below_zero_fails_however_small() -> None:
    """Attention has no rounding below 0."""
    assert failed([1.0, -1e-12], [0.5]) == {"attention is not negative"}
    assert not failed([1.0, 0.0], [0.5])


@pytest.mark.parametrize("outside", [-2e-5, 1 + 2e-5])
def test_probabilities_lie_from_zero_to_one(outside: float) -> None:
    """The ends belong to them, rounding too, and more does not."""
    name = {"probabilities lie from 0 to 1"}
    assert failed([1.0], [0.0, outside]) == name
    assert not failed([1.0], [0.0, 1.0, -1e-6, 1 + 1e-6])
    row = np.array([[outside, 1 - outside]])
    assert {c.name for c in probability_checks(row) if not c.passed} == name


def test_the_largest_error_is_no_less_than_nothing() -> None:
    """It is 0 where every error is below, or there is none, and NaN where one is."""
    assert largest_error(np.array([-3.0, -1.0])) == largest_error(np.zeros(0)) == 0.0
    assert largest_error(np.array([-3.0, 2.0, 1.0])) == 2.0
    assert np.isnan(largest_error(np.array([1.0, np.nan])))
