"""How scores find words: against definitions, and against all orders of ties."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.methods.common import spans as finding
from generator.methods.common.spans import (
    average_precision,
    random_precision,
    spans_mask,
)

TEXTS = st.integers(2, 5).flatmap(
    lambda size: st.tuples(
        st.lists(st.integers(0, 2), min_size=size, max_size=size),
        st.lists(st.booleans(), min_size=size, max_size=size),
    )
)


def settled(scores: np.ndarray) -> list[np.ndarray]:
    """Every order in which ties can be broken, as scores without ties."""
    found = []
    for order in itertools.permutations(range(scores.size)):
        ranks = np.argsort(np.lexsort((order, scores)))
        found.append(ranks.astype(float))
    return found


@given(TEXTS)
def test_ties_are_settled_by_chance(case: tuple[list[int], list[bool]]) -> None:
    """Each measure is its mean over all orders of the tied words, in exact form."""
    scores, mask = np.array(case[0], float), np.array(case[1])
    if mask.all() or not mask.any():
        return
    every, count = settled(scores), int(mask.sum())
    known = np.mean([average_precision(one, mask) for one in every])
    assert finding.expected_precision(scores, mask) == pytest.approx(known)
    tops = np.mean(
        [np.isin(np.arange(mask.size), np.argsort(-s)[:count]) for s in every], 0
    )
    assert finding.top_chances(scores, count) == pytest.approx(tops)
    assert finding.top_hits(scores, mask, count) == pytest.approx(tops @ mask / count)


@given(st.integers(2, 30), st.data())
def test_equal_scores_are_a_random_order(size: int, data: st.DataObject) -> None:
    """An explanation that says nothing gets exactly what chance gets."""
    count = data.draw(st.integers(1, size - 1))
    mask = np.arange(size) < count
    flat = np.full(size, 0.3)
    assert finding.expected_precision(flat, mask) == pytest.approx(
        random_precision(count, size)
    )
    assert finding.top_hits(flat, mask, count) == pytest.approx(count / size)
    assert finding.top_hits(flat, mask, 1) == pytest.approx(count / size)


def test_a_perfect_order_gets_one() -> None:
    """All that is sought on top is 1 by every measure, all at the bottom is low."""
    mask = spans_mask([(1, 3), (5, 6)], 8)
    noise = np.random.default_rng(0).random((5, 8))
    best, worst = mask.astype(float), -mask.astype(float)
    assert finding.expected_precision(best, mask) == 1
    assert finding.top_hits(best, mask, 3) == 1
    assert finding.span_f1(finding.draw_tops(best, 3, noise), mask) == 1
    assert finding.expected_precision(worst, mask) < 0.5
    assert finding.top_hits(worst, mask, 3) == 0
    assert finding.span_f1(finding.draw_tops(worst, 3, noise), mask) == 0


def spans(
    *found: tuple[int, int], of: tuple[tuple[int, int], ...], size: int = 12
) -> float:
    """F1 of spans against those sought."""
    return finding.span_f1(spans_mask(found, size)[None], spans_mask(of, size))


def test_spans_that_share_half_of_their_union_are_one() -> None:
    """Half is enough, less is not; one of two found is a recall of a half."""
    assert spans((0, 2), of=((0, 4),)) == 1
    assert spans((0, 1), of=((0, 4),)) == 0
    assert spans((0, 8), of=((0, 4),)) == 1
    assert spans((0, 9), of=((0, 4),)) == 0
    assert spans((0, 4), of=((0, 4), (6, 8))) == pytest.approx(2 / 3)
    assert spans((0, 4), (6, 8), (9, 10), of=((0, 4),)) == pytest.approx(0.5)


@given(st.lists(st.booleans(), min_size=6, max_size=20), st.integers(0, 50))
def test_spans_are_found_one_for_one(mask: list[bool], seed: int) -> None:
    """F1 is at most 1, is 1 for the spans themselves, and swaps sides freely."""
    sought = np.array(mask)
    other = np.random.default_rng(seed).permutation(sought)
    if not sought.any():
        return
    assert finding.span_f1(sought[None], sought) == 1
    there = finding.span_f1(other[None], sought)
    assert 0 <= there <= 1
    assert there == pytest.approx(finding.span_f1(sought[None], other))


def test_noise_breaks_ties_alone() -> None:
    """Without a tie at the edge there is one mask; with one, as many as draws."""
    noise = np.random.default_rng(2).random((400, 5))
    one = finding.draw_tops(np.array([5.0, 4, 1, 1, 1]), 2, noise)
    assert one.tolist() == [[True, True, False, False, False]]
    many = finding.draw_tops(np.array([5.0, 1, 1, 1, 0]), 2, noise)
    assert many.shape == (400, 5)
    assert (many.sum(1) == 2).all()
    assert many[:, 0].all()
    assert not many[:, 4].any()
    assert many[:, 1:4].mean(0) == pytest.approx(1 / 3, abs=0.08)
