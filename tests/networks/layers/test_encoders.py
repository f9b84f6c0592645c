"""Encoders: the same as Keras's layers, masks anywhere, what mixes and what not."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from generator.networks.layers.encoders import encode_points
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.sentiment.network import name_sentiment_arrays
from tests.networks.sentiments import by_name, draw_arrays, sigmoid, small

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(6, 7, 5)).astype(np.float32)
MASK = np.arange(7) < np.array([7, 1, 4, 5, 2, 6])[:, None]


def run(
    settings: Any, points: np.ndarray = POINTS, mask: np.ndarray | None = MASK
) -> tuple[np.ndarray, np.ndarray]:
    """States and last states of a network with large weights."""
    arrays = name_sentiment_arrays(
        settings, [tf.constant(array) for array in draw_arrays(settings)]
    )
    states, last = encode_points(
        settings, arrays, SlotVectors(tf.constant(points)), mask
    )
    return np.asarray(states), np.asarray(last)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("mask", [None, MASK, RNG.random((6, 7)) < 0.6])
def test_as_keras(kind: Any, mask: np.ndarray | None) -> None:
    """Keras's own layer with the same arrays gives the same states, mask or none."""
    settings = small(encoder=kind)
    made = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[kind]
    layer = keras.layers.Bidirectional(
        made(4, return_sequences=True, use_cudnn=False, seed=0)
    )
    layer.build(POINTS.shape)
    layer.set_weights(draw_arrays(settings)[1:7])
    expected = np.asarray(layer(POINTS, mask=mask))
    states, _ = run(settings, mask=mask)
    seen = np.ones((6, 7), bool) if mask is None else mask
    np.testing.assert_allclose(states[seen], expected[seen], atol=1e-6)


def test_layer_normalisation_by_hand() -> None:
    """The normalised GRU is that of the formulae, in double precision."""
    settings = small(encoder="gru", bidirectional=False, layer_normalization=True)
    arrays = by_name(settings, draw_arrays(settings))
    parts = ("kernel", "recurrent_kernel", "bias", "gain", "shift")
    kernel, recurrent, bias, gain, shift = (arrays[f"gru_1/{part}"] for part in parts)

    def normal(gate: np.ndarray, place: int) -> np.ndarray:
        part = slice(4 * place, 4 * place + 4)
        centred = gate - gate.mean(-1, keepdims=True)
        variance = (centred**2).mean(-1, keepdims=True)
        return np.asarray(centred / np.sqrt(variance + 1e-5) * gain[part] + shift[part])

    state = np.zeros((6, 4))
    for slot in range(7):
        z, r, c = np.split(POINTS[:, slot] @ kernel + bias[0], 3, -1)
        back = np.split(state @ recurrent + bias[1], 3, -1)
        z, r = sigmoid(normal(z + back[0], 0)), sigmoid(normal(r + back[1], 1))
        state = z * state + (1 - z) * np.tanh(normal(c + r * back[2], 2))
    np.testing.assert_allclose(run(settings, mask=None)[1], state, atol=1e-5)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_hidden_slots_are_passed_over(kind: Any) -> None:
    """A text with hidden slots inside has the states of the text without them."""
    settings = small(encoder=kind, layers=2)
    mask = np.array([[True, False, True, True, False, True, False]])
    whole, last = run(settings, POINTS[:1], mask)
    short, short_last = run(settings, POINTS[:1][:, mask[0]], None)
    np.testing.assert_allclose(whole[:, mask[0]], short, atol=1e-6)
    np.testing.assert_allclose(last, short_last, atol=1e-6)


def test_last_states() -> None:
    """Last is the last token on the way there, the first one on the way back."""
    states, last = run(small())
    ends = MASK.sum(1) - 1
    assert np.array_equal(last[:, :4], states[np.arange(6), ends, :4])
    assert np.array_equal(last[:, 4:], states[:, 0, 4:])


def test_backward_reads_the_text_reversed() -> None:
    """With one set of arrays for both, the way back is the way there of a mirror."""
    settings = small()
    arrays = draw_arrays(settings)
    arrays[4:7] = arrays[1:4]
    held = name_sentiment_arrays(settings, [tf.constant(array) for array in arrays])
    there, _ = encode_points(settings, held, SlotVectors(tf.constant(POINTS)), None)
    back, _ = encode_points(
        settings, held, SlotVectors(tf.constant(POINTS[:, ::-1])), None
    )
    mirrored = np.asarray(back)[:, ::-1, 4:]
    np.testing.assert_allclose(np.asarray(there)[..., :4], mirrored, atol=1e-6)


def test_average_does_not_mix_tokens() -> None:
    """Of the average encoder a state is its own token's; of an LSTM it is not."""
    order = RNG.permutation(7)
    for kind, same in (("average", True), ("lstm", False)):
        settings = small(encoder=kind, layers=2)
        straight, _ = run(settings, mask=None)
        moved, _ = run(settings, POINTS[:, order], None)
        assert np.allclose(straight[:, order], moved, atol=1e-6) == same
    settings = small(encoder="average")
    arrays = by_name(settings, draw_arrays(settings))
    by_hand = np.tanh(POINTS @ arrays["average_1/kernel"] + arrays["average_1/bias"])
    np.testing.assert_allclose(run(settings)[0], by_hand, atol=1e-6)
