"""Texts with known values and weights, for tests that change the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.attention.hypothesis_tests.permutation import WeightedText
from generator.methods.common.divergence import softmax

Array = NDArray[Any]


def weighing(values: Any, weights: Any, biases: Any = None) -> WeightedText:
    """A text with these values (slots, labels) and weights (slots,)."""
    said = np.asarray(values, dtype=np.float64)
    none = np.zeros(said.shape[1]) if biases is None else np.asarray(biases)
    return WeightedText(said, np.asarray(weights, dtype=np.float64), none)


def draw_text(slots: int, labels: int, seed: int) -> WeightedText:
    """A text whose values and weights are drawn."""
    rng = np.random.default_rng([slots, labels, seed])
    return weighing(
        rng.normal(0, 2, (slots, labels)),
        softmax(rng.normal(0, 1.5, slots)),
        rng.normal(0, 1, labels),
    )
