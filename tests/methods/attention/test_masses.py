"""What one row of attention says, against rows whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.methods.attention import measures

SIZES = st.integers(1, 40)
ROWS = st.lists(st.floats(0, 1), min_size=2, max_size=30).filter(lambda r: sum(r) > 0.1)


@given(SIZES)
def test_even_attention_gives_each_fifth_a_fifth(tokens: int) -> None:
    """Whatever the number of tokens, and whatever padding takes."""
    row = np.full(tokens + 3, 1 / (tokens + 3), np.float32)
    assert measures.attention_by_fifth(row, tokens) == pytest.approx(
        [0.2] * 5, abs=1e-6
    )


@given(ROWS)
def test_fifths_divide_the_attention_on_words(row: list[float]) -> None:
    """Five shares that are not negative and sum to 1."""
    found = measures.attention_by_fifth(np.array(row), len(row))
    assert found.sum() == pytest.approx(1)
    assert found.min() >= -1e-12


def test_fifths_of_whole_words() -> None:
    """Ten words: two to a fifth, in their order, padding left out."""
    row = np.array([0.1, 0.2, 0, 0, 0, 0, 0, 0, 0.1, 0.2, 0.4])
    assert measures.attention_by_fifth(row, 10) == pytest.approx([0.5, 0, 0, 0, 0.5])


def test_fifths_of_words_without_attention() -> None:
    """Where padding takes everything, the fifths are not defined."""
    assert np.isnan(measures.attention_by_fifth(np.array([0, 0, 1.0]), 2)).all()


def test_a_word_on_a_border_is_divided() -> None:
    """Of six words, the last fifth has the last and a fifth of the one before."""
    row = np.array([0, 0, 0, 0, 1.0, 0])
    assert measures.attention_by_fifth(row, 6) == pytest.approx([0, 0, 0, 0.8, 0.2])


@given(ROWS)
def test_evenness_lies_between_one_slot_and_all(row: list[float]) -> None:
    """From 0 to 1, and the same whatever the order."""
    weights = np.array(row) / sum(row)
    found = measures.attention_evenness(weights)
    assert -1e-12 <= found <= 1 + 1e-12
    assert measures.attention_evenness(weights[::-1]) == pytest.approx(found)


def test_evenness_at_its_ends() -> None:
    """One slot alone is 0, all alike is 1, and a single slot is neither."""
    assert measures.attention_evenness(np.array([0, 1.0, 0])) == 0
    assert measures.attention_evenness(
        np.full(300, 1 / 300, np.float32)
    ) == pytest.approx(1)
    assert math.isnan(measures.attention_evenness(np.ones(1)))


def test_the_least_on_padding() -> None:
    """A hundred of 300 slots keep 6.3 % at a ratio of e², a third at a ratio of 1."""
    assert measures.least_padding_attention(300, 200, math.exp(2)) == pytest.approx(
        0.0634, 1e-3
    )
    assert measures.least_padding_attention(300, 200, 1) == pytest.approx(1 / 3)


@given(st.integers(1, 20), st.integers(1, 20), st.floats(1, 10), st.integers(0, 99))
def test_no_bounded_row_gives_padding_less(
    tokens: int, pads: int, ratio: float, seed: int
) -> None:
    """Rows whose weights are at most `ratio` apart give padding at least that."""
    drawn = np.random.default_rng(seed).uniform(1, ratio, tokens + pads)
    found = measures.padding_attention(drawn / drawn.sum(), tokens)
    assert (
        found >= measures.least_padding_attention(tokens + pads, tokens, ratio) - 1e-9
    )
