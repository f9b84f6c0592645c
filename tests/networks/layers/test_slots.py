"""What is computed once for each different word, and looked up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from generator.networks.inference.batching import ROWS
from generator.networks.layers.recurrent import SlotVectors, look_up_vectors
from generator.networks.sentiment import network
from tests.networks.sentiments import SHAPES, draw_arrays, padded, small, texts

TABLE = tf.constant(np.random.default_rng(0).normal(size=(40, 3)), tf.float32)
IDS = tf.constant([[7, 7, 39, 0], [1, 7, 0, 0]])


def test_looked_up_is_what_every_slot_holds() -> None:
    """Each different row is there once, filled up to whole rows; slots find theirs."""
    found = look_up_vectors(TABLE, IDS)
    assert found.vectors.shape[0] % ROWS == 0
    assert found.rows == 2
    np.testing.assert_array_equal(found.expand_vectors(), tf.gather(TABLE, IDS))
    doubled = found.map_vectors(lambda vectors: 2 * vectors)
    np.testing.assert_array_equal(doubled.expand_vectors(), 2 * tf.gather(TABLE, IDS))


@pytest.mark.parametrize(
    "slots", [look_up_vectors(TABLE, IDS), SlotVectors(tf.gather(TABLE, IDS))]
)
def test_columns(slots: SlotVectors) -> None:
    """One slot of all texts after another, however the vectors are kept."""
    count, column = slots.split_columns()
    assert count == 4
    for place in range(4):
        np.testing.assert_array_equal(column(place), tf.gather(TABLE, IDS[:, place]))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_bits(shape: dict[str, Any]) -> None:
    """Reading words looked up gives what reading a vector for every slot gives."""
    settings = small(**shape)
    arrays = network.name_sentiment_arrays(
        settings, [tf.constant(a) for a in draw_arrays(settings)]
    )
    ids = tf.constant(padded((texts() * ROWS)[:ROWS]))
    table = arrays["embedding/embeddings"]
    mask = network.make_visible_mask(settings, ids)
    every = SlotVectors(tf.gather(table, ids))
    one = network.read_points(settings, arrays, look_up_vectors(table, ids), mask)
    other = network.read_points(settings, arrays, every, mask)
    np.testing.assert_array_equal(one.states, other.states)
    np.testing.assert_array_equal(one.context, other.context)
