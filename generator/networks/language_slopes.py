"""How a language model's answer changes with the vectors it reads.

1. A network is entered behind its embedding: at a window of vectors, which need not be
   those of any tokens.
2. The gradient of one token's logit, probability or log probability by these vectors
   goes back through attention, all layers and both directions. `frozen` takes attention
   weights as constants, so that nothing flows through them.
3. As with other questions, weights are an input of what is compiled, and points are
   asked about in batches of one size. A row's answer does not depend on the others'.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.models.base import QUANTITIES, Floats, Quantity
from generator.models.differentiable import Slopes
from generator.networks.reading import BATCH, Weights, filled_up
from generator.networks.softmax import log_softmax
from generator.networks.textgenrnn import Settings, build


class Sloper:
    """A network of given settings, entered behind its embedding, without weights."""

    def __init__(self, settings: Settings, vocabulary: int) -> None:
        whole = build(settings, vocabulary, 0)
        inside = whole.get_layer("embedding").output
        self._model = keras.Model(inside, whole.output)
        channels = (settings.max_length, settings.dim_embeddings)
        signature = (
            [tf.TensorSpec(v.shape, v.dtype) for v in whole.weights],
            tf.TensorSpec((BATCH, *channels), tf.float32),
            tf.TensorSpec((BATCH,), tf.int32),
            tf.TensorSpec((len(QUANTITIES),), tf.float32),
        )
        self.free = tf.function(
            partial(self._slopes, frozen=False), input_signature=signature
        )
        self.frozen = tf.function(
            partial(self._slopes, frozen=True), input_signature=signature
        )

    def logits(self, weights: Weights, points: tf.Tensor, *, frozen: bool) -> tf.Tensor:
        """Logits (n, vocabulary) at points (n, window, dimensions)."""
        others = self._model.non_trainable_variables
        found, _ = self._model.stateless_call(
            weights[1:], others, points, training=False
        )
        if not frozen:
            return found["logits"]
        attention = tf.stop_gradient(found["weights"])
        average = tf.linalg.matvec(found["slots"], attention, transpose_a=True)
        return tf.matmul(average, weights[-2]) + weights[-1]

    def _slopes(
        self,
        weights: Weights,
        points: tf.Tensor,
        targets: tf.Tensor,
        chosen: tf.Tensor,
        *,
        frozen: bool,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Logits, and the gradient of a target's quantity, shaped like `points`.

        `chosen` is 1 at the place of the quantity in `Quantity`, 0 elsewhere.
        """
        with tf.GradientTape() as tape:
            tape.watch(points)
            logits = self.logits(weights, points, frozen=frozen)
            logit = tf.gather(logits, targets, batch_dims=1)
            log = logit - tf.reduce_logsumexp(logits, -1)
            total = tf.reduce_sum(tf.stack([logit, tf.exp(log), log], -1) * chosen)
        return logits, tape.gradient(total, points)


@cache
def sloper(settings: Settings, vocabulary: int) -> Sloper:
    """The one of this shape."""
    return Sloper(settings, vocabulary)


def slopes(
    found: Sloper,
    weights: Weights,
    points: Sequence[Floats],
    targets: NDArray[np.int32],
    quantity: Quantity,
    *,
    frozen: bool,
) -> Slopes:
    """The answer of `DifferentiableLanguageModel.slopes`; points are right in shape."""
    ask = found.frozen if frozen else found.free
    chosen = tf.constant([float(quantity == one) for one in QUANTITIES])
    values = np.empty((len(points), len(QUANTITIES)), np.float64)
    gradients: list[Floats] = []
    for start in range(0, len(points), BATCH):
        part = points[start : start + BATCH]
        ids = targets[start : start + BATCH]
        logits, gradient = ask(
            weights, filled_up(np.array(part, np.float32)), filled_up(ids), chosen
        )
        values[start : start + len(part)] = _values(logits.numpy()[: len(part)], ids)
        gradients.extend(gradient.numpy()[: len(part)])
    own = values[:, QUANTITIES.index("probability")]
    return Slopes(
        values[:, QUANTITIES.index(quantity)].astype(np.float32),
        tuple(gradients),
        np.stack([1 - own, own], axis=1).astype(np.float32),
    )


def _values(logits: Floats, targets: NDArray[np.int32]) -> NDArray[np.float64]:
    """Every quantity of each row's target, (n, quantities)."""
    rows = np.arange(len(targets))
    logs = log_softmax(logits)[rows, targets]
    return np.stack([logits[rows, targets], np.exp(logs), logs], axis=-1)
