"""Bounds by divergence: they solve their equation, and hold as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.methods.attribution import kl_lucb

NEAR = 1e-11


def coins(p: float, q: float) -> float:
    """The divergence, by its formula, for 0 < p < 1."""
    return p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))


@given(
    st.floats(min_value=0.001, max_value=0.999),
    st.floats(min_value=1e-4, max_value=8.0),
)
def test_bounds_solve_their_equation(mean: float, level: float) -> None:
    """On either side of the mean the divergence is the level, to 1e-4.

    Nearer to an end than floating point can tell, what is beyond has the level.
    """
    low, high = (
        float(kl_lucb.lower_bounds(mean, level)),
        float(kl_lucb.upper_bounds(mean, level)),
    )
    assert low < mean < high
    for bound, end in ((low, 0.0), (high, 1.0)):
        if abs(bound - end) > NEAR:
            assert coins(mean, bound) == pytest.approx(level, abs=1e-4)
        else:
            assert coins(mean, abs(end - NEAR)) <= level


@given(st.floats(min_value=1e-4, max_value=20.0))
def test_bounds_of_means_at_the_ends(level: float) -> None:
    """Where all draws agree the bound is `exp(−level)` from there, the other is exact.

    The divergence of 1 from q is `−ln q`, that of 0 is `−ln (1 − q)`.
    """
    assert kl_lucb.lower_bounds(1.0, level) == pytest.approx(math.exp(-level), rel=1e-6)
    assert kl_lucb.upper_bounds(1.0, level) == 1
    assert kl_lucb.upper_bounds(0.0, level) == pytest.approx(
        1 - math.exp(-level), rel=1e-6
    )
    assert kl_lucb.lower_bounds(0.0, level) == 0


def test_sixty_draws_that_agree_leave_a_precision_of_0962_possible() -> None:
    """At a risk of 0.1 and one look the truth may be 0.962, not 1; at 0.05, 0.951."""
    assert kl_lucb.lower_bounds(1.0, math.log(1 / 0.1) / 60) == pytest.approx(
        0.962, abs=5e-4
    )
    assert kl_lucb.lower_bounds(1.0, math.log(1 / 0.05) / 60) == pytest.approx(
        0.951, abs=5e-4
    )
    many_looks = kl_lucb.confidence_level(1, 1, 0.1) / 60
    assert kl_lucb.lower_bounds(1.0, many_looks) == pytest.approx(0.841, abs=5e-4)


def test_bounds_of_many_at_once() -> None:
    """Arrays are solved element by element, and a level of 0 leaves the mean alone."""
    means, levels = np.array([0.0, 0.3, 0.9, 1.0]), np.array([0.1, 0.0, 0.02, 0.0])
    low, high = kl_lucb.lower_bounds(means, levels), kl_lucb.upper_bounds(means, levels)
    for one, mean in enumerate(means):
        assert low[one] == kl_lucb.lower_bounds(mean, levels[one])
        assert high[one] == kl_lucb.upper_bounds(mean, levels[one])
    assert (low[1], high[1]) == pytest.approx((0.3, 0.3), abs=1e-7)
    assert low[3] == high[3] == 1
    assert kl_lucb.lower_bounds(np.zeros(0), 1.0).shape == (0,)


def test_bounds_widen_with_the_level() -> None:
    """A larger level leaves more possible."""
    levels = np.linspace(0.001, 3, 40)
    assert (np.diff(kl_lucb.lower_bounds(0.4, levels)) < 0).all()
    assert (np.diff(kl_lucb.upper_bounds(0.4, levels)) > 0).all()


def test_the_level_is_the_papers() -> None:
    """β + ln β with β = ln(405.5 n t^1.1 / δ): it grows with candidates and looks."""
    beta = math.log(405.5 * 20 * 3**1.1 / 0.05)
    assert kl_lucb.confidence_level(20, 3, 0.05) == pytest.approx(beta + math.log(beta))
    assert kl_lucb.confidence_level(20, 4, 0.05) > kl_lucb.confidence_level(20, 3, 0.05)
    assert kl_lucb.confidence_level(21, 3, 0.05) > kl_lucb.confidence_level(20, 3, 0.05)
    assert kl_lucb.confidence_level(20, 3, 0.01) > kl_lucb.confidence_level(20, 3, 0.05)


def test_divergence_of_what_is_excluded() -> None:
    """A coin that always falls one way cannot have given anything else."""
    assert kl_lucb.bernoulli_divergence(0.5, 1.0) == math.inf
    assert kl_lucb.bernoulli_divergence(0.5, 0.0) == math.inf
    assert (
        kl_lucb.bernoulli_divergence(0.0, 0.0)
        == kl_lucb.bernoulli_divergence(1.0, 1.0)
        == 0
    )
    assert kl_lucb.bernoulli_divergence(0.3, 0.7) == pytest.approx(coins(0.3, 0.7))


@pytest.mark.parametrize("truth", [0.02, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0])
@pytest.mark.parametrize("draws", [5, 60, 1000])
def test_the_interval_covers(truth: float, draws: int) -> None:
    """The chance of all counts whose interval misses the truth is at most 5 %."""
    from scipy.stats import binom

    counts = np.arange(draws + 1)
    level = math.log(2 / 0.05) / draws
    low, high = (
        bound(counts / draws, level)
        for bound in (kl_lucb.lower_bounds, kl_lucb.upper_bounds)
    )
    missed = (truth < low - 1e-9) | (truth > high + 1e-9)
    assert binom.pmf(counts, draws, truth)[missed].sum() <= 0.05
    one = draws // 3
    known = (one / draws, low[one], high[one])
    assert kl_lucb.confidence_interval(one / draws, draws) == pytest.approx(known)


def test_no_draws_have_no_interval() -> None:
    """Nothing is said of nothing."""
    assert all(map(math.isnan, kl_lucb.confidence_interval(math.nan, 0)))
