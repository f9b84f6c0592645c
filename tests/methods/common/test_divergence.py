"""Distances between distributions, against their bounds and scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from generator.methods.common.divergence import (
    LN2,
    jensen_shannon,
    normalize_rows,
    softmax,
    total_variation,
)

SIZES = st.lists(st.floats(0, 5, allow_subnormal=False), min_size=4, max_size=4).filter(
    lambda x: sum(x) > 0.1
)


@given(SIZES, SIZES)
def test_the_divergence_has_its_bounds_and_is_symmetric(
    one: list[float], other: list[float]
) -> None:
    """It lies from 0 to ln 2, either way round, and is the square of scipy's."""
    left, right = normalize_rows(np.array(one)), normalize_rows(np.array(other))
    found = float(jensen_shannon(left, right))
    assert 0 <= found <= LN2
    assert found == pytest.approx(float(jensen_shannon(right, left)), abs=1e-15)
    assert found == pytest.approx(float(jensenshannon(left, right)) ** 2, abs=1e-9)


@given(SIZES)
def test_the_divergence_of_the_same_is_nothing(sizes: list[float]) -> None:
    """Equal distributions are 0 apart to the last bit; others are not."""
    row = normalize_rows(np.array(sizes))
    assert jensen_shannon(row, row) == 0
    moved = normalize_rows(row + np.array([0.01, 0, 0, 0]))
    assert (jensen_shannon(row, moved) > 0) or moved == pytest.approx(row)


def test_known_divergences() -> None:
    """Nothing shared is ln 2, half of the weight shared is half of it."""
    rows = np.array([[1.0, 0, 0], [0.5, 0.5, 0]])
    others = np.array([[0.0, 0, 1], [0.5, 0, 0.5]])
    assert jensen_shannon(rows, others) == pytest.approx([LN2, LN2 / 2])


@given(SIZES, SIZES)
def test_total_variation_is_the_weight_to_be_moved(
    one: list[float], other: list[float]
) -> None:
    """It is one less the weight that both have, from 0 to 1."""
    left, right = normalize_rows(np.array(one)), normalize_rows(np.array(other))
    shared = float(np.minimum(left, right).sum())
    assert float(total_variation(left, right)) == pytest.approx(1 - shared, abs=1e-12)


def test_softmax_is_sound_far_out() -> None:
    """Rows sum to 1 whatever the logits; minus infinity is no share."""
    found = softmax(np.array([[800.0, 799.0], [-math.inf, 2.0]]))
    assert found.sum(1) == pytest.approx([1, 1])
    assert found[1].tolist() == [0, 1]
    assert found[0, 0] / found[0, 1] == pytest.approx(math.e)


def test_normalised_rows_sum_to_one() -> None:
    """Rounding of float32 is gone, and even rows stay even."""
    rows = np.full((1, 7), 1 / 7, dtype=np.float32)
    found = normalize_rows(rows)
    assert abs(found.sum() - 1) < 1e-15
    assert np.ptp(found) == 0
