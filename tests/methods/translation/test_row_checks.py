"""Checks of a translator's attention: both sides of every tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from generator.methods.common.checks import SUM_TOLERANCE
from generator.methods.translation.attention import row_checks
from generator.models.capabilities import TranslationScores


def failed(*rows: list[float]) -> set[str]:
    """Names of the checks that fail of one pair's matrix, beside one that passes."""
    right, weights = np.full((1, 2), 0.5), np.array(rows)
    scores = TranslationScores((), (), (), (right, weights, right))
    return {check.name for check in row_checks(scores) if not check.passed}


@pytest.mark.parametrize("sign", [-1, 1])
def test_rows_sum_to_one(sign: int) -> None:
    """Each for itself: 0.9 fails, also beside 1.1, and rounding does not."""
    assert failed([0.5, 0.5 + sign * 0.1]) == {"attention rows sum to 1"}
    assert failed([0.5, 0.4], [0.5, 0.6]) == {"attention rows sum to 1"}
    assert not failed([0.5, 0.5 + sign * SUM_TOLERANCE * 0.9], [0.0, 1.0])


def test_a_weight_below_zero_fails_however_small() -> None:
    """Attention has no rounding below 0."""
    assert failed([1.0, -1e-12]) == {"attention is not negative"}
