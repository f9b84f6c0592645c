"""Shuffled attention weights: what cannot move, and what must."""

from __future__ import annotations

import numpy as np
import pytest

from generator.methods.attention.hypothesis_tests.permutation import median_shift
from generator.methods.common.divergence import softmax, total_variation
from tests.methods.weighed import draw_text, weighing


def rng(*seed: int) -> np.random.Generator:
    """Draws of their own."""
    return np.random.default_rng(seed)


def test_even_attention_cannot_be_changed() -> None:
    """Shuffling equal weights moves the answer by exactly nothing."""
    values = rng(1).normal(size=(7, 3))
    assert median_shift(weighing(values, np.full(7, 1 / 7)), 100, rng(2)) == 0


def test_slots_that_say_the_same_can_be_weighed_at_will() -> None:
    """Where all values are equal, no weights change the answer."""
    same = np.tile([1.0, -2.0], (5, 1))
    moved = median_shift(weighing(same, [0.8, 0.05, 0.05, 0.05, 0.05]), 100, rng(2))
    assert moved == pytest.approx(0, abs=1e-12)


def test_the_median_of_two_orders() -> None:
    """With all weight on one of three words, two of three shufflings move it."""
    found = weighing([[3.0, 0.0], [0.0, 0.0], [0.0, 0.0]], [1.0, 0.0, 0.0])
    expected = float(total_variation(softmax(np.array([3.0, 0])), [0.5, 0.5]))
    assert median_shift(found, 999, rng(3)) == pytest.approx(expected)


def test_the_same_draws_give_the_same() -> None:
    """Nothing is random but the generator, and the value is a share."""
    text = draw_text(9, 2, 0)
    first, second = (median_shift(text, 50, rng(4)) for _ in range(2))
    assert first == second
    assert 0 < first <= 1
