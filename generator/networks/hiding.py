"""Words hidden from a network while it learns.

Where a share of the words read as the unknown one, no single word can be relied on;
and the unknown word's own vector, which no training text would touch where all its
words are known, is learnt for texts to come.

Source: word dropout as in Iyyer et al., Deep Unordered Composition Rivals Syntactic
Methods for Text Classification, 2015.
Differs: there a hidden word is left out; here it becomes the unknown one.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

UNKNOWN = 1
"""The id of unknown words; 0 is padding, which stays."""


class Hiding(keras.layers.Layer):
    """In training, makes a share of the words unknown, drawn anew for each slot."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__()
        self.share = share
        self.generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, ids: Any, training: bool = False) -> Any:  # noqa: ANN401 - tensors
        """Ids of the same shape."""
        if not training:
            return ids
        drawn = keras.random.uniform(tf.shape(ids), seed=self.generator)
        hidden = tf.logical_and(tf.not_equal(ids, 0), drawn < self.share)
        return tf.where(hidden, UNKNOWN, ids)
