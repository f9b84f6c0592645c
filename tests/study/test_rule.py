"""The rule of decision: its regions, its symmetries, and what it leaves open."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.artifacts import Estimate
from generator.core.decision import (
    LEAST_UNITS,
    VERDICTS,
    Decision,
    ExpectedSide,
    decide_interval,
    locate_difference,
)
from generator.study.comparison import ComparedEstimate, compare_estimates


class ClaimInterval(NamedTuple):
    """An estimate's interval, which is all that is known of it."""

    low: float
    high: float


def decide_claim(
    value: ClaimInterval,
    n: int,
    than: ClaimInterval,
    expects: ExpectedSide,
    margin: float = 0.0,
) -> Decision:
    """The verdict on two intervals whose relation is not known."""
    one, other = (
        ComparedEstimate(Estimate("", (low + high) / 2, low, high, n))
        for low, high in (value, than)
    )
    gap = compare_estimates(one, other)
    ends = gap.interval.low, gap.interval.high
    return decide_interval(*ends, gap.n, expects, margin=margin)


SIDES: tuple[ExpectedSide, ...] = ("above", "below", "within")
numbers = st.integers(-64, 64).map(lambda n: n / 8)
"""Numbers whose sums and differences are exact."""
margins = st.integers(1, 40).map(lambda n: n / 8)
sides = st.sampled_from(SIDES)


@st.composite
def intervals(draw: st.DrawFn) -> ClaimInterval:
    """Any interval, of width 0 too."""
    low, high = sorted((draw(numbers), draw(numbers)))
    return ClaimInterval(low, high)


def verdict(
    value: ClaimInterval, than: ClaimInterval, side: ExpectedSide, margin: float
) -> str:
    """What 100 units say."""
    return decide_claim(value, 100, than, side, margin).verdict


@given(numbers, numbers, sides, margins)
def test_a_difference_without_width_is_always_decided(
    value: float, than: float, side: ExpectedSide, margin: float
) -> None:
    """A point is supported exactly if it lies in the region that the claim names."""
    region = {
        "above": value - than > margin,
        "below": than - value > margin,
        "within": abs(value - than) < margin,
    }
    known = "supported" if region[side] else "not supported"
    one, other = ClaimInterval(value, value), ClaimInterval(than, than)
    assert verdict(one, other, side, margin) == known


@given(intervals(), intervals(), sides, margins)
def test_an_interval_says_what_all_its_points_say(
    value: ClaimInterval, than: ClaimInterval, side: ExpectedSide, margin: float
) -> None:
    """Decided exactly if every pair of values that are possible gives one verdict.

    Differences form an interval and each region has at most two ends, so that a grid
    finer than the numbers shows every verdict that is possible.
    """
    steps = range(17)
    lows = [value.low + (value.high - value.low) * i / 16 for i in steps]
    others = [than.low + (than.high - than.low) * i / 16 for i in steps]
    found = {
        verdict(ClaimInterval(v, v), ClaimInterval(t, t), side, margin)
        for v in lows
        for t in others
    }
    said = verdict(value, than, side, margin)
    if said == "undecided":
        low, high = value.low - than.high, value.high - than.low
        inside, outside = locate_difference(low, high, side, margin)
        assert not inside
        assert not outside
    else:
        assert found == {said}


@given(intervals(), intervals(), sides, margins)
def test_never_both(
    value: ClaimInterval, than: ClaimInterval, side: ExpectedSide, margin: float
) -> None:
    """No difference lies wholly in a region and wholly outside it."""
    low, high = value.low - than.high, value.high - than.low
    assert not all(locate_difference(low, high, side, margin))


@given(intervals(), intervals(), st.just(0.0) | margins)
def test_above_and_below_are_reflections(
    value: ClaimInterval, than: ClaimInterval, margin: float
) -> None:
    """With all signs turned, below says what above said; within says the same."""
    turned = (
        ClaimInterval(-value.high, -value.low),
        ClaimInterval(-than.high, -than.low),
    )
    above, below = (
        verdict(value, than, "above", margin),
        verdict(*turned, "below", margin),
    )
    assert above == below
    if margin:
        within = verdict(value, than, "within", margin)
        assert within == verdict(*turned, "within", margin)


@given(intervals(), intervals(), st.just(0.0) | margins, margins)
def test_a_larger_estimate_speaks_no_less_for_above(
    value: ClaimInterval, than: ClaimInterval, margin: float, more: float
) -> None:
    """Moving the interval up, or asking for less, never makes it worse for above."""
    order = ("not supported", "undecided", "supported")
    before = order.index(verdict(value, than, "above", margin))
    up = ClaimInterval(value.low + more, value.high + more)
    assert order.index(verdict(up, than, "above", margin)) >= before
    assert order.index(verdict(value, than, "above", margin + more)) <= before


@given(intervals(), intervals(), sides, margins, margins)
def test_a_wider_interval_decides_no_more(
    value: ClaimInterval,
    than: ClaimInterval,
    side: ExpectedSide,
    margin: float,
    more: float,
) -> None:
    """Widening either interval keeps a verdict or takes it back."""
    before = verdict(value, than, side, margin)
    for wide in (
        verdict(ClaimInterval(value.low - more, value.high + more), than, side, margin),
        verdict(value, ClaimInterval(than.low - more, than.high + more), side, margin),
    ):
        assert wide in {before, "undecided"}


@given(intervals(), sides, margins)
def test_an_interval_that_holds_everything_decides_nothing(
    than: ClaimInterval, side: ExpectedSide, margin: float
) -> None:
    """Who knows nothing can say nothing."""
    assert verdict(ClaimInterval(-999.0, 999.0), than, side, margin) == "undecided"


@pytest.mark.parametrize(
    ("value", "n", "than", "reason"),
    [
        (
            ClaimInterval(math.nan, math.nan),
            100,
            ClaimInterval(0, 0),
            "difference has no interval",
        ),
        (
            ClaimInterval(1, math.inf),
            100,
            ClaimInterval(0, 0),
            "difference has no interval",
        ),
        (
            ClaimInterval(1, 2),
            100,
            ClaimInterval(math.nan, 0),
            "difference has no interval",
        ),
        (
            ClaimInterval(1, 2),
            LEAST_UNITS - 1,
            ClaimInterval(0, 0),
            "n = 9, fewer than 10",
        ),
        (ClaimInterval(1, 2), 0, ClaimInterval(0, 0), "n = 0, fewer than 10"),
        (ClaimInterval(-1, 2), 100, ClaimInterval(0, 0), "reaches both sides"),
    ],
)
def test_what_decides_nothing_says_why(
    value: ClaimInterval, n: int, than: ClaimInterval, reason: str
) -> None:
    """A missing end, too few units and an interval on both sides are told apart."""
    found = decide_claim(value, n, than, "above")
    assert found.verdict == "undecided"
    assert reason in found.reason


def test_two_intervals_that_touch_are_not_apart() -> None:
    """Above an interval means above all of it."""
    assert verdict(ClaimInterval(2, 3), ClaimInterval(1, 2), "above", 0) == "undecided"
    assert (
        verdict(ClaimInterval(2.125, 3), ClaimInterval(1, 2), "above", 0) == "supported"
    )
    assert (
        verdict(ClaimInterval(0, 1), ClaimInterval(1, 2), "above", 0) == "not supported"
    )
    assert set(VERDICTS) == {"supported", "not supported", "undecided"}


def test_within_needs_the_whole_interval_inside_the_margin() -> None:
    """No difference that was found is not the same as no difference."""
    assert (
        verdict(ClaimInterval(-0.125, 0.25), ClaimInterval(0, 0), "within", 1)
        == "supported"
    )
    assert (
        verdict(ClaimInterval(-2, 2), ClaimInterval(0, 0), "within", 1) == "undecided"
    )
    assert (
        verdict(ClaimInterval(1, 2), ClaimInterval(0, 0), "within", 1)
        == "not supported"
    )
