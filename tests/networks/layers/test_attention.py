"""Attention's weights and their sum, with and without a mask."""

from __future__ import annotations

import numpy as np
import pytest

from generator.networks.layers.attention import (
    AttentionWeightedAverage,
    average_by_attention,
)

RNG = np.random.default_rng(0)
SLOTS = RNG.normal(size=(5, 7, 4)).astype(np.float32)
KERNEL = RNG.normal(size=(4, 1)).astype(np.float32)


def by_hand(slots: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The formula in float64, slot by slot."""
    scores = slots.astype(float) @ KERNEL[:, 0]
    shares = np.exp(scores) * mask
    weights = shares / shares.sum(1, keepdims=True)
    return (slots * weights[..., None]).sum(1), weights


def test_formula() -> None:
    """Weights and average are those of the formula, and weights sum to 1."""
    average, weights = average_by_attention(SLOTS, KERNEL)
    expected = by_hand(SLOTS, np.ones((5, 7)))
    np.testing.assert_allclose(average, expected[0], atol=1e-6)
    np.testing.assert_allclose(weights, expected[1], atol=1e-6)
    np.testing.assert_allclose(np.sum(weights, 1), 1, atol=1e-6)


def test_mask_hides() -> None:
    """A masked slot weighs exactly 0, changes nothing, and the rest sums to 1."""
    mask = RNG.random((5, 7)) < 0.5
    mask[:, 2] = True
    average, weights = average_by_attention(SLOTS, KERNEL, mask)
    np.testing.assert_allclose(weights, by_hand(SLOTS, mask)[1], atol=1e-6)
    assert not np.asarray(weights)[~mask].any()
    other = np.where(mask[..., None], SLOTS, 7).astype(np.float32)
    assert np.array_equal(average_by_attention(other, KERNEL, mask)[0], average)


def test_a_hidden_giant_drowns_nobody() -> None:
    """A masked slot with a huge score leaves the visible weights summing to 1."""
    slots = SLOTS.copy()
    slots[:, 0] = 50 * np.sign(KERNEL[:, 0])
    mask = np.ones((5, 7), bool)
    mask[:, 0] = False
    np.testing.assert_allclose(
        np.sum(average_by_attention(slots, KERNEL, mask)[1], 1), 1, atol=1e-6
    )


def test_nothing_visible() -> None:
    """A wholly masked sequence has weights and an average of 0, not NaN."""
    average, weights = average_by_attention(SLOTS, KERNEL, np.zeros((5, 7), bool))
    assert not np.any(average)
    assert not np.any(weights)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 300.0])
def test_rows_sum_to_one_at_any_scale(scale: float) -> None:
    """However flat or sharp, weights sum to 1 within 1e-6 and are not negative."""
    weights = np.asarray(average_by_attention(scale * SLOTS, KERNEL)[1])
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    assert weights.min() >= 0


def test_layer_gives_both() -> None:
    """The layer gives average and weights, and states their shapes."""
    layer = AttentionWeightedAverage()
    layer.build((None, 7, 4))
    layer.set_weights([KERNEL])
    found, expected = layer(SLOTS), average_by_attention(SLOTS, KERNEL)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert layer.compute_output_shape((None, 7, 4)) == ((None, 4), (None, 7))
