"""The attention GRU: attention is how much of a slot is taken in, and order counts."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from generator.networks.layers.attention import pool_by_gates
from generator.networks.sentiment.network import name_sentiment_arrays
from tests.networks.sentiments import (
    by_name,
    draw_arrays,
    sigmoid,
    small,
    softmax,
    state,
)

RNG = np.random.default_rng(0)
SETTINGS = small(pooling="attention_gru")
ARRAYS = draw_arrays(SETTINGS)
NAMED = name_sentiment_arrays(SETTINGS, [tf.constant(array) for array in ARRAYS])
SLOTS = RNG.normal(size=(3, 6, 8)).astype(np.float32)
START = RNG.normal(size=(3, 4)).astype(np.float32)


def candidate(slot: np.ndarray, before: np.ndarray) -> np.ndarray:
    """h~ of a slot, in double precision."""
    found = by_name(SETTINGS, ARRAYS)
    r, c = np.split(slot @ found["pooling/kernel"] + found["pooling/bias"], 2, -1)
    r_back, c_back = np.split(before @ found["pooling/recurrent_kernel"], 2, -1)
    return np.asarray(np.tanh(c + sigmoid(r + r_back) * c_back))


def pooled(slots: np.ndarray, gates: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The context."""
    gates = np.broadcast_to(gates, slots.shape[:2]).astype(np.float32)
    return np.asarray(
        pool_by_gates(NAMED, tf.constant(slots), tf.constant(gates), start)
    )


def test_formula() -> None:
    """The context is that of the formula, slot by slot in double precision."""
    gates = softmax(RNG.normal(size=(3, 6)))
    before = START.astype(float)
    for slot in range(6):
        gate = gates[:, slot, None]
        before = gate * candidate(SLOTS[:, slot], before) + (1 - gate) * before
    np.testing.assert_allclose(pooled(SLOTS, gates, START), before, atol=1e-6)


def test_a_gate_of_one_takes_the_candidate() -> None:
    """With g = 1 the state is the candidate; an inverted gate would keep the old."""
    found = pooled(SLOTS[:, :1], np.ones(1), START)
    np.testing.assert_allclose(found, candidate(SLOTS[:, 0], START), atol=1e-6)
    assert np.abs(found - START).min() > 1e-3


def test_a_gate_of_zero_keeps_the_state() -> None:
    """With g = 0 it is exactly the state before; all zero, exactly the first state."""
    gates = np.array([0.3, 0, 0.5, 0, 0, 0.2])
    kept = [0, 2, 5]
    short = pooled(SLOTS[:, kept], gates[kept], START)
    assert np.array_equal(pooled(SLOTS, gates, START), short)
    assert np.array_equal(pooled(SLOTS, np.zeros(6), START), START)


def test_order_counts() -> None:
    """Moved tokens change the answer; with an average of a bag of words they do not."""
    text = (2, 3, 4, 5, 6, 7)
    moved = (7, 4, 2, 6, 3, 5)
    ordered = state(encoder="average", pooling="attention_gru").predict([text, moved])
    assert np.abs(ordered[0] - ordered[1]).max() > 1e-3
    bag = state(encoder="average").predict([text, moved])
    np.testing.assert_allclose(bag[0], bag[1], atol=1e-6)


def test_all_weight_on_one_token() -> None:
    """With weight 1 on a token the context depends on no other, before or after it."""
    slots = tf.constant(SLOTS)
    gates = tf.constant(np.tile(np.eye(6, dtype=np.float32)[2], (3, 1)))
    with tf.GradientTape() as tape:
        tape.watch(slots)
        total = tf.reduce_sum(pool_by_gates(NAMED, slots, gates))
    slopes = np.asarray(tape.gradient(total, slots))
    assert np.abs(slopes[:, 2]).max() > 1e-3
    assert not np.delete(slopes, 2, 1).any()
