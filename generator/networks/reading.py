"""Networks of one shape, compiled once, whatever their weights.

A study asks many snapshots of one network. What is compiled here takes the weights as
an input, so that the next snapshot costs no compilation. Questions are asked in batches
of one fixed size, filled up with padding: then a row's answer does not depend on how
many others were asked with it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.networks.textgenrnn import Settings, build

BATCH = 64
"""Rows in every call of a compiled network."""

Weights = list[tf.Tensor]


class Reader:
    """A network of given settings and vocabulary size, without weights of its own."""

    def __init__(self, settings: Settings, vocabulary: int) -> None:
        self.settings = settings
        self._model = build(settings, vocabulary, 0)
        rows = tf.TensorSpec((BATCH, settings.max_length), tf.int32)
        ids = tf.TensorSpec((BATCH,), tf.int32)
        arrays = [tf.TensorSpec(v.shape, v.dtype) for v in self._model.weights]
        self.predict = tf.function(self._predict, input_signature=(arrays, rows))
        self.decompose = tf.function(
            self._decompose, input_signature=(arrays, rows, ids)
        )

    def outputs(self, weights: Weights, histories: tf.Tensor) -> dict[str, tf.Tensor]:
        """All outputs of the network with these weights, as `build` names them."""
        others = self._model.non_trainable_variables
        found, _ = self._model.stateless_call(
            weights, others, histories, training=False
        )
        return found

    def _predict(
        self, weights: Weights, histories: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Logits (n, vocabulary) and attention weights (n, window)."""
        found = self.outputs(weights, histories)
        return found["logits"], found["weights"]

    def _decompose(
        self, weights: Weights, histories: tf.Tensor, targets: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Logit of each target by slot and part, whole, and its bias.

        `logit_k = b_k + Σ a_i (x_i · W[:, k])`: the sum over a slot's channels falls
        apart into those of the embedding and of each layer.
        """
        found = self.outputs(weights, histories)
        columns = tf.gather(tf.transpose(weights[-2]), targets)
        shares = found["slots"] * found["weights"][..., None] * columns[:, None]
        parts = tf.split(shares, self.settings.widths, -1)
        by_part = tf.stack([tf.reduce_sum(part, -1) for part in parts], -1)
        logits = tf.gather(found["logits"], targets, batch_dims=1)
        return by_part, logits, tf.gather(weights[-1], targets)


def filled_up(rows: NDArray[Any], size: int = BATCH) -> tf.Tensor:
    """`rows` with rows of zeros, padding, after them, `size` in all."""
    more = [(0, size - len(rows))] + [(0, 0)] * (rows.ndim - 1)
    return tf.constant(np.pad(rows, more))


@cache
def reader(settings: Settings, vocabulary: int) -> Reader:
    """The one reader of this shape."""
    return Reader(settings, vocabulary)
