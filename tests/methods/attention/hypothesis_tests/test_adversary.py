"""The furthest weights of two labels, against a grid and against what must be."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from generator.methods.attention.hypothesis_tests.adversary import find_furthest_weights
from generator.methods.attention.hypothesis_tests.permutation import WeightedText
from generator.methods.common.divergence import LN2, jensen_shannon
from tests.methods.weighed import Array, draw_text, weighing


def far(text: WeightedText, weights: Array) -> float:
    """How far weights are from the text's own."""
    return float(jensen_shannon(text.weights, weights))


def grid(slots: int, steps: int) -> Array:
    """All weightings of so many slots in steps."""
    counts = itertools.product(range(steps + 1), repeat=slots - 1)
    rows = [(*row, steps - sum(row)) for row in counts if sum(row) <= steps]
    return np.array(rows) / steps


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("slots", "steps"), [(2, 20_000), (3, 400)])
def test_no_weights_of_a_fine_grid_are_further(
    slots: int, steps: int, seed: int
) -> None:
    """Tried one by one, those within the tolerance come near it and never beyond."""
    text = draw_text(slots, 2, seed)
    rows = grid(slots, steps)
    within = rows[text.answer_shift(rows) <= 0.01]
    best = max(jensen_shannon(text.weights, within), default=0.0)
    found = far(text, find_furthest_weights(text, 0.01))
    assert best - 1e-9 <= found <= best + 0.01


@pytest.mark.parametrize("tolerance", [0.001, 0.01, 0.2, 0.9])
@pytest.mark.parametrize("slots", [2, 5, 30])
def test_the_answer_stays_within_the_tolerance(slots: int, tolerance: float) -> None:
    """The weights are weights, and they move the answer by no more than was allowed."""
    for seed in range(20):
        text = draw_text(slots, 2, seed)
        found = find_furthest_weights(text, tolerance)
        assert found.min() >= 0
        assert found.sum() == pytest.approx(1, abs=1e-12)
        assert text.answer_shift(found) <= tolerance


def test_a_certain_answer_is_kept_as_well() -> None:
    """Where the model is sure to the last bit, the tolerance holds too."""
    for size in (20.0, 60.0, 900.0):
        text = weighing([[0, size], [0, 2 * size], [size, 0]], [0.5, 0.4, 0.1])
        assert text.answer_shift(find_furthest_weights(text, 0.01)) <= 0.01


def test_slots_that_say_the_same_leave_every_weighting_open() -> None:
    """All weight goes to the least weighed slot: nearly ln 2 where that had little."""
    weights = np.array([0.91, *[0.01] * 9])
    text = weighing(np.tile([1.0, -1.0], (10, 1)), weights)
    found = find_furthest_weights(text, 0.01)
    assert found.max() == 1
    assert weights[found.argmax()] == pytest.approx(0.01)
    assert 0.6 < far(text, found) <= LN2


def test_a_word_that_alone_decides_holds_its_weight() -> None:
    """If one of two slots says everything, the weights can hardly move."""
    text = weighing([[0.0, 8.0], [0.0, 0.0]], [0.5, 0.5])
    found = find_furthest_weights(text, 0.001)
    assert far(text, found) < 0.001
    assert found == pytest.approx([0.5, 0.5], abs=0.02)


def test_more_freedom_never_brings_it_nearer() -> None:
    """The divergence rises with the tolerance, and all of it is reached at last."""
    text = draw_text(6, 2, 3)
    reached = [
        far(text, find_furthest_weights(text, t))
        for t in (0.001, 0.01, 0.1, 0.5, 0.999)
    ]
    assert reached == sorted(reached)
    alone = max(far(text, row) for row in np.eye(6))
    assert reached[-1] == pytest.approx(alone)
