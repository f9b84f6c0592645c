"""Intervals and rank statistics against values known without them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.methods.common import statistics

Array = NDArray[Any]


def rng(*position: int) -> np.random.Generator:
    """A generator of its own."""
    return np.random.default_rng(position)


def partial_spearman(left: Array, right: Array, groups: Array) -> float:
    """Rank both, take each group's mean rank away, correlate: as methods put it."""
    within, ranks = statistics.centre_by_group, statistics.mean_ranks
    return statistics.correlation(
        within(ranks(left), groups), within(ranks(right), groups)
    )


def test_bootstrap_covers_the_mean() -> None:
    """About 95 of 100 intervals of a known mean hold it."""
    held = 0
    for repeat in range(200):
        found = statistics.bootstrap_mean(
            rng(repeat).normal(3, 1, 60), rng(1, repeat), 400
        )
        held += found.low <= 3 <= found.high
    assert 180 <= held <= 198


def test_bootstrap_is_its_generators() -> None:
    """The same generator gives the same interval, and the value is the mean."""
    values = np.array([1.0, 2.0, 4.0])
    first, second = (statistics.bootstrap_mean(values, rng(5)) for _ in range(2))
    assert first == second
    assert first.value == pytest.approx(7 / 3)


def test_bootstrap_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resamples taken a few at a time are those taken at once, bit for bit."""
    values = rng().normal(size=37)
    whole = statistics.bootstrap_mean(values, rng(5))
    for cells in (1, 111, 1000):
        monkeypatch.setattr(statistics, "CELLS", cells)
        assert statistics.bootstrap_mean(values, rng(5)) == whole


def test_bootstrap_of_little() -> None:
    """One value has no interval; none has no mean either; equal ones have a point."""
    one = statistics.bootstrap_mean(np.array([2.0]), rng())
    assert one.value == 2
    assert math.isnan(one.low)
    assert math.isnan(statistics.bootstrap_mean(np.array([]), rng()).value)
    assert statistics.bootstrap_mean(np.full(9, 0.1), rng()) == pytest.approx(
        (0.1,) * 3
    )


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433)],
)
def test_wilson(hits: int, count: int, low: float, high: float) -> None:
    """Equal to the published interval, ends included."""
    assert statistics.wilson_interval(hits, count) == pytest.approx(
        (hits / count, low, high), abs=1e-4
    )


def test_wilson_of_nothing() -> None:
    """No trial, no share."""
    assert math.isnan(statistics.wilson_interval(0, 0).value)


def test_partial_spearman_without_groups_is_spearman() -> None:
    """With one group it is the ordinary coefficient, ties included."""
    from scipy.stats import spearmanr

    left, right = rng(1).integers(0, 9, 50), rng(2).integers(0, 9, 50)
    found = partial_spearman(left, right, np.zeros(50, int))
    assert found == pytest.approx(spearmanr(left, right).statistic)


def test_partial_spearman_removes_the_group() -> None:
    """What follows the group alone correlates before, and not when it is controlled."""
    group = np.repeat(np.arange(10), 200)
    left, right = (group + rng(at).normal(0, 0.5, group.size) for at in (1, 2))
    assert partial_spearman(left, right, np.zeros_like(group)) > 0.9
    assert abs(partial_spearman(left, right, group)) < 0.05


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e6])
def test_correlation_with_a_constant_is_not_defined(constant: float) -> None:
    """A constant, and what is constant within groups, give NaN and no warning."""
    group = np.repeat(np.arange(3), 5)
    values = rng(1).random(15)
    same = np.full(15, constant)
    assert math.isnan(partial_spearman(same, values, group))
    by_group = group * 0.1 + constant
    assert math.isnan(partial_spearman(values, by_group, group))


def test_permutation_p_counts_itself() -> None:
    """The observed value is one of the draws, so p is at least 1 / (1 + draws)."""
    null = np.arange(99.0)
    assert statistics.permutation_p(1000, null) == 0.01
    assert statistics.permutation_p(-5, null) == 1
    assert statistics.permutation_p(98, null) == 0.02
    assert statistics.permutation_p(-98, null, two_sided=True) == 0.02
    assert math.isnan(statistics.permutation_p(math.nan, null))


def plain_tau(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Kendall's tau-b from its definition."""
    pairs = [(i, j) for i in range(len(left)) for j in range(i)]
    signs = [
        (np.sign(left[i] - left[j]), np.sign(right[i] - right[j])) for i, j in pairs
    ]
    both = sum(a * b for a, b in signs)
    sizes = sum(a * a for a, _ in signs) * sum(b * b for _, b in signs)
    return float(both / math.sqrt(sizes)) if sizes else math.nan


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_kendall(pairs: list[tuple[int, int]]) -> None:
    """Equal to the definition, ties included; NaN exactly where that has no value."""
    left = np.array([a for a, _ in pairs], float)
    right = np.array([b for _, b in pairs], float)
    found = statistics.kendall_tau(left, right)
    assert found == pytest.approx(plain_tau(left, right), nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_spearman(pairs: list[tuple[int, int]]) -> None:
    """It is scipy's, 1 of what is ranked alike, and nothing where one is constant."""
    from scipy.stats import spearmanr

    left, right = np.array(pairs, dtype=float).reshape(-1, 2).T
    found = statistics.spearman_rho(left, right)
    if left.size < 2 or not (np.ptp(left) and np.ptp(right)):
        assert math.isnan(found)
        return
    assert found == pytest.approx(spearmanr(left, right).statistic, abs=1e-12)
    assert statistics.spearman_rho(left, np.exp(left)) == 1


def test_holm_on_known_values() -> None:
    """Each p times the number not yet passed, never falling, in the order given."""
    assert statistics.correct_p_values([0.03, 0.01, 0.02]) == pytest.approx(
        [0.04, 0.03, 0.04]
    )
    assert statistics.correct_p_values([0.9, 0.8]) == [1.0, 1.0]
    assert statistics.correct_p_values([0.2]) == [0.2]
    assert statistics.correct_p_values([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_correction_keeps_the_order_and_lowers_nothing(values: list[float]) -> None:
    """Corrected values lie between each p and Bonferroni's, ordered as they were."""
    found = statistics.correct_p_values(values)
    for p, corrected in zip(values, found, strict=True):
        assert p <= corrected <= min(1.0, len(values) * p)
    by_p = [found[at] for at in np.argsort(values, kind="stable")]
    assert by_p == sorted(by_p)
