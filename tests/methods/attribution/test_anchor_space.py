"""Exact precisions: against counting, and no shorter anchor than the shortest."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.methods.attribution.anchor_search import (
    SameLabel,
    anchor_precisions,
    find_shortest,
)
from generator.methods.attribution.shapley_values import all_coalitions


def answers(tokens: int, seed: int, share: float = 0.6) -> SameLabel:
    """Answers at random, the whole text's being its own."""
    same = np.random.default_rng(seed).random(2**tokens) < share
    same[-1] = True
    return same


def counted(same: SameLabel, anchor: tuple[int, ...], keep: float) -> float:
    """The precision of an anchor by its definition."""
    sets = all_coalitions(len(same).bit_length() - 1)
    holds = sets[:, list(anchor)].all(axis=1)
    chances = np.where(sets, keep, 1 - keep).prod(axis=1)
    return float((chances * same)[holds].sum() / chances[holds].sum())


def row(anchor: tuple[int, ...]) -> int:
    """Where a set stands among all."""
    return sum(2**token for token in anchor)


@given(
    st.integers(min_value=1, max_value=6),
    st.integers(min_value=0, max_value=10**6),
    st.sampled_from([0.5, 0.2, 0.9]),
)
def test_precisions_are_counted(tokens: int, seed: int, keep: float) -> None:
    """Of every anchor, the share of the texts that hold it, by their chances."""
    same = answers(tokens, seed)
    found = anchor_precisions(same, keep)
    for size in range(tokens + 1):
        for anchor in combinations(range(tokens), size):
            assert found[row(anchor)] == pytest.approx(counted(same, anchor, keep))
    assert found[-1] == 1


def test_halves_are_exact() -> None:
    """With a coin, precisions are counts over powers of two, to the last bit."""
    same = answers(8, 3)
    found = anchor_precisions(same, 0.5)
    assert found[0] == same.mean()
    assert found[1] == same[1::2].mean()


@given(
    st.integers(min_value=1, max_value=7),
    st.integers(min_value=0, max_value=10**6),
    st.sampled_from([0.5, 0.8, 0.95, 1.0]),
)
def test_no_shorter_anchor_reaches_it(tokens: int, seed: int, threshold: float) -> None:
    """All smaller sets are below the threshold; of its size none is more precise."""
    same = answers(tokens, seed, 0.8)
    found = anchor_precisions(same, 0.5)
    anchor, rivals, reached = find_shortest(found, threshold, tokens)
    assert reached
    assert found[row(anchor)] >= threshold
    for size in range(len(anchor)):
        for smaller in combinations(range(tokens), size):
            assert counted(same, smaller, 0.5) < threshold
    alike = [found[row(a)] for a in combinations(range(tokens), len(anchor))]
    assert found[row(anchor)] == max(alike)
    assert rivals == sum(p >= threshold for p in alike) - 1


def test_ties_go_to_the_left() -> None:
    """Of two words that do the same, the first is the anchor, the other its rival."""
    sets = all_coalitions(4)
    found = anchor_precisions(sets[:, 1] | sets[:, 3], 0.5)
    assert find_shortest(found, 0.95, 4) == ((1,), 1, True)


def test_the_empty_anchor() -> None:
    """Where the answer hardly ever changes, nothing is needed."""
    same = np.ones(16, np.bool_)
    assert find_shortest(anchor_precisions(same, 0.5), 0.95, 4) == ((), 0, True)


def test_a_length_that_does_not_suffice() -> None:
    """Then the most precise of that length is given, and that it is no anchor."""
    sets = all_coalitions(4)
    found = anchor_precisions(sets[:, 1] & sets[:, 2] & sets[:, 3], 0.5)
    assert find_shortest(found, 0.95, 2) == ((1, 2), 0, False)
    assert found[row((1, 2))] == 0.5
    assert find_shortest(found, 0.95, 3) == ((1, 2, 3), 0, True)
