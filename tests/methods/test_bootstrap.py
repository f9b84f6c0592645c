"""Intervals of the methods that move inputs: ends by resampling, around the value."""

from __future__ import annotations

import numpy as np
import pytest

from generator.methods.inputs.boundary import (
    RESAMPLES,
    bootstrap_statistic,
    median_difference,
)


@pytest.mark.parametrize("size", [2, 7, 40])
def test_an_interval_is_that_of_means_of_resamples(size: int) -> None:
    """Ends are the 2.5th and 97.5th percentile, or the value where it lies outside."""
    values = np.random.default_rng(size).normal(size=size)
    found = bootstrap_statistic("mean", values, np.mean, np.random.default_rng(1))
    drawn = np.random.default_rng(1).integers(0, size, (RESAMPLES, size))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(min(low, values.mean()))
    assert found.high == pytest.approx(max(high, values.mean()))
    assert found.low < found.value < found.high


@pytest.mark.parametrize("sizes", [(5, 9), (30, 12)])
def test_a_difference_of_medians_changes_its_sign_with_its_sides(
    sizes: tuple[int, int],
) -> None:
    """Both ends enclose it, and its size is that of both samples."""
    near, away = (np.random.default_rng(n).normal(n, 1, n) for n in sizes)
    one = median_difference("d", near, away, np.random.default_rng(2))
    other = median_difference("d", away, near, np.random.default_rng(2))
    assert one.value == -other.value == np.median(near) - np.median(away)
    for found in (one, other):
        assert found.low < found.value < found.high
        assert found.n == sum(sizes)
