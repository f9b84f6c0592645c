"""Scores of attention: their formulae, and what they can and cannot do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from generator.networks.layers.attention import (
    compute_attention_weights,
    compute_scores,
    find_weight_ratio,
)
from generator.networks.sentiment.network import name_sentiment_arrays
from tests.networks.sentiments import by_name, draw_arrays, small

RNG = np.random.default_rng(0)
STATES = RNG.normal(size=(4, 6, 8)).astype(np.float32)


def scores(settings: Any, arrays: Any, states: np.ndarray = STATES) -> np.ndarray:
    """Scores of states."""
    held = name_sentiment_arrays(settings, [tf.constant(array) for array in arrays])
    return np.asarray(compute_scores(settings.attention, held, tf.constant(states)))


@pytest.mark.parametrize("kind", ["tanh", "dot", "double_tanh", "uniform"])
def test_formulae(kind: Any) -> None:
    """Scores are those of the formulae in double precision."""
    settings = small(attention=kind)
    arrays = draw_arrays(settings)
    found = by_name(settings, arrays)
    if kind == "uniform":
        expected = np.zeros((4, 6))
    elif kind == "dot":
        expected = STATES @ found["attention/score"] / math.sqrt(8)
    else:
        inner = STATES @ found["attention/kernel"] + found["attention/bias"]
        expected = np.tanh(inner) @ found["attention/score"]
    if kind == "double_tanh":
        expected = np.tanh(expected + found["attention/shift"])
    np.testing.assert_allclose(scores(settings, arrays), expected, atol=1e-6)


def test_squashed_scores_cannot_ignore() -> None:
    """Huge weights reach the bound of 7.389 and never pass it; tanh has none."""
    states = np.repeat(STATES[:1, :3], 100, 1)  # a third of 300 slots alike
    for kind, bounded in (("double_tanh", True), ("tanh", False)):
        settings = small(attention=kind)
        arrays = [100 * array for array in draw_arrays(settings, seed=2)]
        weights = np.asarray(
            compute_attention_weights(tf.constant(scores(settings, arrays, states)))
        )
        largest = weights.max() / max(weights.min(), 1e-30)
        assert (largest <= find_weight_ratio("double_tanh") * (1 + 1e-5)) == bounded
        assert largest > 7.38
    assert find_weight_ratio("double_tanh") == pytest.approx(7.389056, abs=1e-6)


def test_what_the_bound_means_for_a_window_of_300() -> None:
    """No slot above 0.0241 or below 0.00045; 100 slots together keep 6.3 %."""
    one = np.full((1, 300), -1, np.float32)
    one[0, 0] = 1
    weights = np.asarray(compute_attention_weights(tf.constant(one)))
    assert weights.max() == pytest.approx(0.0241, abs=5e-5)
    weights = np.asarray(compute_attention_weights(tf.constant(-one)))
    assert weights.min() == pytest.approx(0.00045, abs=5e-6)
    third = np.ones((1, 300), np.float32)
    third[0, 200:] = -1
    mass = np.asarray(compute_attention_weights(tf.constant(third)))[0, 200:].sum()
    assert mass == pytest.approx(0.063, abs=5e-4)


def test_bounds() -> None:
    """Only squashed and uniform scores have a bound."""
    kinds = ("tanh", "dot", "uniform", "none")
    assert [find_weight_ratio(kind) for kind in kinds] == [None, None, 1.0, None]
