"""Spans as masks: drawn elsewhere, and found by scores."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.methods.common import spans

MASKS = st.lists(st.booleans(), min_size=1, max_size=25).map(np.array)


@given(MASKS, st.integers(0, 99))
def test_other_spans_are_as_long_and_elsewhere(mask: spans.Mask, seed: int) -> None:
    """They cover as many tokens, none of them covered before."""
    found = spans.draw_elsewhere(mask, np.random.default_rng(seed))
    if found is None:
        assert mask.any()
    else:
        assert not (found & mask).any()
        assert found.sum() == mask.sum()


def test_other_spans_are_drawn_evenly() -> None:
    """Every place where a span fits is as likely as any other."""
    mask = spans.spans_mask([(0, 2)], 6)
    rng = np.random.default_rng(3)
    starts = [int(np.argmax(spans.draw_elsewhere(mask, rng))) for _ in range(600)]
    assert set(starts) == {2, 3, 4}
    assert min(np.bincount(starts)[2:]) > 160


def test_no_room() -> None:
    """A span longer than what is left has no other place."""
    rng = np.random.default_rng(0)
    assert spans.draw_elsewhere(spans.spans_mask([(0, 3)], 5), rng) is None
    assert spans.draw_elsewhere(np.ones(4, np.bool_), rng) is None


def test_lengths_of_runs() -> None:
    """Spans that touch are one run."""
    assert spans.run_lengths(spans.spans_mask([(0, 2), (2, 3), (5, 6)], 6)) == [3, 1]
    assert spans.run_lengths(np.zeros(3, np.bool_)) == []


@pytest.mark.parametrize(
    ("scores", "known"),
    [([0.5, 0.3, 0.2], True), ([0.3, 0.4, 0.3], False), ([0.4, 0.4, 0.2], False)],
)
def test_the_largest_score(scores: list[float], known: bool) -> None:
    """It is on the first token, is not, or is tied, which is lost."""
    mask = spans.spans_mask([(0, 1)], 2)
    assert spans.holds_largest(np.array(scores), mask) is known


def test_ties_inside_the_span_are_won() -> None:
    """Two tokens of the span that share the largest score lose nothing."""
    mask = spans.spans_mask([(0, 2)], 3)
    assert spans.holds_largest(np.array([0.4, 0.4, 0.2]), mask)
    assert spans.holds_largest(np.ones(2), np.ones(2, np.bool_))
    assert not spans.holds_largest(np.ones(2), np.zeros(2, np.bool_))


def test_average_precision_of_known_orders() -> None:
    """Ranks 1 and 3 give (1 + 2/3) / 2; all on top give 1; ties count together."""
    mask = np.array([True, False, True, False])
    found = spans.average_precision(np.array([4.0, 3, 2, 1]), mask)
    assert found == pytest.approx((1 + 2 / 3) / 2)
    assert spans.average_precision(np.array([4.0, 1, 3, 2]), mask) == 1
    assert spans.average_precision(np.ones(4), mask) == 0.5
    assert math.isnan(spans.average_precision(np.ones(4), np.ones(4, np.bool_)))
    assert math.isnan(spans.average_precision(np.ones(4), np.zeros(4, np.bool_)))


@given(MASKS, st.integers(0, 99))
def test_average_precision_agrees_with_a_definition(
    mask: spans.Mask, seed: int
) -> None:
    """Without ties it is the mean precision at the ranks of what is sought."""
    if mask.all() or not mask.any():
        return
    scores = np.random.default_rng(seed).permutation(mask.size).astype(float)
    order = mask[np.argsort(-scores)]
    ranks = np.flatnonzero(order) + 1
    known = np.mean([(number + 1) / rank for number, rank in enumerate(ranks)])
    assert spans.average_precision(scores, mask) == pytest.approx(known)


@pytest.mark.parametrize(
    ("count", "tokens"), [(1, 2), (1, 5), (2, 5), (3, 5), (4, 5), (3, 7)]
)
def test_a_random_order_is_the_mean_of_all_orders(count: int, tokens: int) -> None:
    """The formula equals the mean over every place the sought tokens can take."""
    falling = -np.arange(tokens, dtype=float)
    every = []
    for places in itertools.combinations(range(tokens), count):
        mask = np.zeros(tokens, np.bool_)
        mask[list(places)] = True
        every.append(spans.average_precision(falling, mask))
    assert spans.random_precision(count, tokens) == pytest.approx(np.mean(every))


def test_a_random_order_of_nothing() -> None:
    """Where everything or nothing is sought there is no order to judge."""
    assert math.isnan(spans.random_precision(0, 4))
    assert math.isnan(spans.random_precision(4, 4))
