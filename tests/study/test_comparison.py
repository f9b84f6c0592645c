"""Comparisons of two estimates: over the same units, over others, or of intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.artifacts import Estimate
from generator.methods.common.statistics import (
    Interval,
    bootstrap_mean,
    build_sample,
    mean_estimate,
    pair_samples,
    share_estimate,
    subtract_independent,
)
from generator.study.comparison import ComparedEstimate, compare_estimates

Numbers = NDArray[np.float64]


def rng(seed: int = 0) -> np.random.Generator:
    """The same draws for the same seed."""
    return np.random.default_rng(seed)


def estimate(
    values: Numbers, ids: Sequence[int] | None, seed: int = 1
) -> ComparedEstimate:
    """The mean of values of documents of one corpus."""
    return ComparedEstimate(mean_estimate("m", values, rng(seed), ids=ids), "a", "c")


def correlated(n: int, rho: float, gap: float, seed: int) -> tuple[Numbers, Numbers]:
    """Two normal values of each of n units, which correlate, `gap` apart."""
    draws = rng(seed).normal(size=(2, n))
    other = rho * draws[0] + math.sqrt(1 - rho * rho) * draws[1]
    return draws[0] + gap, other


TWENTY = np.arange(20.0)


def test_the_same_units_are_paired() -> None:
    """Where both are of the same texts the interval is that of differences by text."""
    one, other = correlated(100, 0.9, 0.3, 3)
    found = compare_estimates(estimate(one, range(100)), estimate(other, range(100)))
    assert (found.kind, found.n) == ("paired", 100)
    gaps = one.astype(np.float32).astype(float) - other.astype(np.float32)
    known = bootstrap_mean(gaps, np.random.Generator(np.random.PCG64(0)))
    assert found.interval == pytest.approx(known)


def test_only_the_units_of_both_are_paired() -> None:
    """Units of one alone change nothing, whatever their values and their order."""
    one, other = correlated(60, 0.5, 0.3, 4)
    whole = compare_estimates(estimate(one, range(60)), estimate(other, range(60)))
    more = np.concatenate([[1e3, -1e3, 1e3], one[::-1]])
    ids = [70, 71, 72, *range(59, -1, -1)]
    found = compare_estimates(estimate(more, ids), estimate(other, range(60)))
    assert (found.kind, found.n) == ("paired", 60)
    assert found.interval == whole.interval


def test_what_is_undefined_for_one_is_paired_for_neither() -> None:
    """A text without a value on one side is left out of the difference."""
    one, other = correlated(50, 0.5, 0.3, 5)
    one[::5] = math.nan
    found = compare_estimates(estimate(one, range(50)), estimate(other, range(50)))
    assert (found.kind, found.n) == ("paired", 40)


def test_other_units_are_not_paired() -> None:
    """Over texts of which none is in both, errors are independent, and it is said."""
    one, other = correlated(80, 0.0, 0.3, 6)
    apart = estimate(one, range(80)), estimate(other, range(80, 160))
    found = compare_estimates(*apart)
    assert found.kind == "independent"
    assert found.n == 80
    low, high = found.interval[1:]
    bounds = [each.estimate for each in apart]
    assert bounds[0].low - bounds[1].high < low < high < bounds[0].high - bounds[1].low


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ComparedEstimate(Estimate("m", 0.5, 0.4, 0.6, 50), "a", "c"),
         ComparedEstimate(Estimate("m", 0.2, 0.1, 0.3, 50), "a", "c")),
        (estimate(TWENTY, None), estimate(TWENTY, range(20))),
        (estimate(TWENTY, range(20)), estimate(TWENTY, range(15, 35))),
    ],
)  # fmt: skip
def test_what_is_not_known_to_be_shared_bounds_the_difference(
    one: ComparedEstimate, other: ComparedEstimate
) -> None:
    """Without samples, or with too few units in both, intervals must not overlap."""
    found = compare_estimates(one, other)
    assert found.kind == "bounded"
    mine, others = one.estimate, other.estimate
    assert found.interval[1:] == (mine.low - others.high, mine.high - others.low)


def test_numbers_of_two_corpora_do_not_pair() -> None:
    """Document 3 of one corpus is another text than document 3 of another."""
    one, other = correlated(30, 0.9, 0.3, 7)
    mine, others = estimate(one, range(30)), estimate(other, range(30))
    found = compare_estimates(mine, ComparedEstimate(others.estimate, "b", "d"))
    assert found.kind == "independent"
    unknown = compare_estimates(mine, ComparedEstimate(others.estimate, "b", ""))
    assert unknown.kind == "bounded"


def test_a_percentile_of_a_null_is_a_number() -> None:
    """A threshold has no error of its own; one text without an interval is none."""
    mine = ComparedEstimate(Estimate("m", 0.5, 0.4, 0.6, 50))
    null = Estimate("random cells", 0.02, math.nan, math.nan, 100, "null")
    found = compare_estimates(mine, ComparedEstimate(null))
    assert found.kind == "number"
    assert found.interval == pytest.approx((0.48, 0.38, 0.58))
    single = Estimate("before training", 0.02, math.nan, math.nan, 1, "null")
    assert math.isnan(compare_estimates(mine, ComparedEstimate(single)).interval.low)


@given(st.integers(0, 2**16), st.integers(10, 40))
def test_a_paired_difference_turns_with_its_sides(seed: int, n: int) -> None:
    """One less the other is the other less the one with all signs turned."""
    one, other = (build_sample(v) for v in correlated(n, 0.5, 0.2, seed))
    there, back = pair_samples(one, other), pair_samples(other, one)
    assert there is not None
    assert back is not None
    turned = (-back.value, -back.high, -back.low)
    assert there[:3] == pytest.approx(turned, abs=1e-9)


def test_a_ratio_is_paired_by_its_counts() -> None:
    """Shares pooled over texts differ by the pooled shares, not by means of shares."""
    right, total = np.array([1.0, 9.0] * 10), np.array([1.0, 99.0] * 10)
    one = build_sample(right, range(20), weights=total)
    other = build_sample(np.zeros(20), range(20), weights=total)
    found = pair_samples(one, other)
    assert found is not None
    assert found.value == pytest.approx(0.1)
    assert found.low < 0.1 < found.high
    same = pair_samples(one, one)
    assert same is not None
    assert same[:3] == (0, 0, 0)


def test_shares_of_the_same_texts_are_paired() -> None:
    """Two models that err on the same texts differ by less than their intervals say."""
    easy = np.arange(200) < 150
    better = np.arange(200) < 158
    one = ComparedEstimate(share_estimate("b", better, ids=range(200)), "a", "c")
    other = ComparedEstimate(share_estimate("a", easy, ids=range(200)), "a", "c")
    found = compare_estimates(one, other)
    assert found.kind == "paired"
    assert found.interval.low > 0
    assert one.estimate.low < other.estimate.high


def test_independent_shares_have_the_published_interval() -> None:
    """Newcombe (1998), table II, 56/70 against 48/80: 0.2 [0.0524, 0.3339]."""
    one, other = (
        share_estimate("", np.arange(n) < hits) for hits, n in ((56, 70), (48, 80))
    )
    found = subtract_independent(
        Interval(one.value, one.low, one.high),
        Interval(other.value, other.low, other.high),
    )
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.slow(20)
def test_intervals_hold_the_difference_as_often_as_they_say() -> None:
    """Of 400 draws of pairs that correlate, 95 % hold the true difference.

    The paired interval does, and is narrower than the unpaired one, which for pairs
    holds it nearly always; over different units the unpaired one does.
    """
    gap, n, hits = 0.3, 60, np.zeros(3)
    narrower = 0
    for seed in range(400):
        one, other = correlated(n, 0.8, gap, seed)
        apart = rng(10_000 + seed).normal(size=n)
        mine = estimate(one, range(n))
        found = [
            compare_estimates(mine, estimate(other, range(n), 2)).interval,
            compare_estimates(mine, estimate(other, range(n, 2 * n), 2)).interval,
            compare_estimates(mine, estimate(apart, range(n, 2 * n), 2)).interval,
        ]
        hits += [each.low <= gap <= each.high for each in found]
        paired, unpaired = (each.high - each.low for each in found[:2])
        narrower += paired < 0.7 * unpaired
    paired, wide, apart_share = hits / 400
    assert 0.92 <= paired <= 0.975
    assert wide >= 0.99
    assert 0.92 <= apart_share <= 0.975
    assert narrower >= 396
