"""The search for different weights, against the exact answer and a grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from generator.methods.attention.hypothesis_tests.adversary import (
    find_furthest_weights,
    search_furthest_weights,
)
from generator.methods.attention.hypothesis_tests.permutation import WeightedText
from generator.methods.common.divergence import LN2, jensen_shannon
from tests.methods.attention.hypothesis_tests.test_adversary import far, grid
from tests.methods.weighed import Array, draw_text, weighing


def search(texts: Sequence[WeightedText], tolerance: float = 0.01) -> tuple[Array, ...]:
    """The weights found, with draws of each text's own."""
    draws = [np.random.default_rng([5, at]) for at in range(len(texts))]
    return search_furthest_weights(texts, tolerance, draws)


def test_it_comes_near_the_exact_answer() -> None:
    """With two labels it falls short by little on average, and is never beyond."""
    texts = [draw_text(12, 2, seed) for seed in range(20)]
    exact = np.array([far(text, find_furthest_weights(text, 0.01)) for text in texts])
    pairs = zip(texts, search(texts), strict=True)
    found = np.array([far(text, weights) for text, weights in pairs])
    assert (found <= exact + 1e-9).all()
    assert (exact - found).mean() < 0.02


def test_it_comes_near_the_best_of_a_grid() -> None:
    """With three labels and slots, a fine grid is not much further on average."""
    texts = [draw_text(3, 3, seed) for seed in range(12)]
    rows = grid(3, 200)
    short = []
    for text, found in zip(texts, search(texts, 0.05), strict=True):
        within = rows[text.answer_shift(rows) <= 0.05]
        best = max(jensen_shannon(text.weights, within), default=0.0)
        short.append(float(best) - far(text, found))
    assert max(short) < 0.03
    assert np.mean(short) < 0.01


@pytest.mark.parametrize("labels", [3, 5])
def test_the_answer_stays_within_the_tolerance(labels: int) -> None:
    """Texts of any lengths, all together: weights of their slots, answer in place."""
    texts = [draw_text(2 + seed, labels, seed) for seed in range(12)]
    for text, found in zip(texts, search(texts), strict=True):
        assert found.shape == text.weights.shape
        assert found.sum() == pytest.approx(1, abs=1e-9)
        assert text.answer_shift(found) <= 0.01


def test_slots_that_say_the_same_leave_every_weighting_open() -> None:
    """The divergence comes near ln 2 where weights may go anywhere."""
    text = weighing(np.tile([1.0, -1.0, 0.5], (10, 1)), [0.91, *[0.01] * 9])
    assert 0.6 < far(text, search([text])[0]) <= LN2


def test_the_same_draws_give_the_same() -> None:
    """Nothing is random but the generators."""
    texts = [draw_text(6, 5, seed) for seed in range(3)]
    for first, second in zip(search(texts), search(texts), strict=True):
        assert first.tolist() == second.tolist()
