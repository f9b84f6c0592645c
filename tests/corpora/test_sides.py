"""Which document is on which side: by its number and the seed, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.corpora.base import (
    Corpus,
    Document,
    SplitPart,
    hold_out_fraction,
    split_by_document,
    split_corpus,
)

SHARES = st.floats(0, 1)
SEEDS = st.integers(0, 99)


def corpus(*parts: SplitPart | None) -> Corpus:
    """Documents on these sides."""
    return Corpus(tuple(Document(str(n), part=p) for n, p in enumerate(parts)), "key")


@given(st.integers(0, 40), SHARES, SHARES, SEEDS)
def test_every_document_is_on_one_side(
    count: int, validation: float, test: float, seed: int
) -> None:
    """The sides are sorted, share nothing, and the test side has its share."""
    found = split_corpus(corpus(*[None] * count), validation, test, seed)
    every = [*found.train, *found.validation, *found.test]
    assert sorted(every) == list(range(count))
    for side in (found.train, found.validation, found.test):
        assert list(side) == sorted(side)
    if count > 1:
        assert abs(len(found.test) - count * test) <= 1
        assert found.train


@given(st.integers(2, 40), st.floats(0.05, 0.5), SEEDS)
def test_the_validation_side_has_draws_of_its_own(
    count: int, share: float, seed: int
) -> None:
    """It is what the next seed divides from what the test side leaves.

    Drawn from the same seed it would be the documents next in the test side's rank.
    """
    one = corpus(*[None] * count)
    left, tested = split_by_document(one, share, seed)
    found = split_corpus(one, share, share, seed)
    assert found.test == tested
    assert (found.train, found.validation) == hold_out_fraction(left, share, seed + 1)


def test_a_division_stays_as_it_is() -> None:
    """Models are kept under keys that hold the seed and not the sides drawn from it."""
    found = split_corpus(corpus(*[None] * 12), 0.25, 0.25, 3)
    assert found.test == (1, 6, 10)
    assert found.validation == (0, 8)


@pytest.mark.parametrize("seed", [0, 5])
def test_who_is_on_a_side_stays_there(seed: int) -> None:
    """The publisher's sides are kept; a share is taken of a side that is missing."""
    found = split_corpus(
        corpus("train", "test", None, "test", "train", None), 0.5, 0.5, seed
    )
    assert found.test == (1, 3)
    assert len(found.validation) == len(found.train) == 2
    whole = split_corpus(corpus("train", "validation", "test"), 0.5, 0.5, seed)
    assert (whole.train, whole.validation, whole.test) == ((0,), (1,), (2,))


def test_one_document_is_trained_on() -> None:
    """There is no other side without two; with two, any share takes one."""
    assert hold_out_fraction([7], 0.9, 1) == ((7,), ())
    assert [len(side) for side in hold_out_fraction([7, 8], 0.01, 1)] == [1, 1]
    assert [len(side) for side in hold_out_fraction([7, 8], 1.0, 1)] == [1, 1]
    assert hold_out_fraction([7, 8], 0.0, 1) == ((7, 8), ())
