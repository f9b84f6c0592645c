"""A translator as Keras trains it, with the loss of every text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from generator.networks import translation, weights
from generator.networks.slots import Slots
from generator.networks.translation import Settings

Tensor = Any


class Translation(keras.Model):
    """The network; `translation.shapes` names its weights."""

    def __init__(
        self, settings: Settings, wanted: weights.Shapes, seed: int, dropout: float
    ) -> None:
        super().__init__(name="translation")
        self.settings = settings
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in wanted
        ]
        self.drops = None
        if dropout > 0:
            self.drops = keras.layers.SpatialDropout1D(dropout, seed=seed)
        self.built = True

    def call(
        self, pairs: tuple[Tensor, Tensor], training: bool = False
    ) -> dict[str, Tensor]:
        """The mean loss (n,) of the tokens of each target, and what leads to it.

        `pairs` are ids of sources (n, S) and targets (n, T), each closed, 0 after it.
        """
        sources, targets = pairs
        arrays = translation.named(self.settings, [v.value for v in self.arrays])
        points = tf.gather(arrays["source/embeddings"], sources)
        if self.drops:
            points = self.drops(points, training=training)
        mask = tf.not_equal(sources, 0)
        memory = translation.read_source(self.settings, arrays, Slots(points), mask)
        logits, found = translation.force(self.settings, arrays, memory, targets)
        return {"logits": logits, "weights": found, "losses": losses(logits, targets)}


def losses(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean cross-entropy (n,) of each target's tokens, padding left out."""
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
    seen = tf.cast(tf.not_equal(targets, 0), each.dtype)
    return tf.reduce_sum(each * seen, -1) / tf.maximum(tf.reduce_sum(seen, -1), 1.0)


def loss(outputs: Mapping[str, Tensor], lengths: Tensor) -> Tensor:
    """The loss (n,) as `training` asks for it; the targets are among the inputs."""
    del lengths
    return outputs["losses"]


def build(
    settings: Settings, sources: int, targets: int, seed: int, dropout: float = 0.0
) -> Translation:
    """A network with freshly drawn weights, for so many ids on either side."""
    wanted = translation.shapes(settings, sources, targets)
    model = Translation(settings, wanted, seed, dropout)
    model.set_weights(weights.initial(wanted, seed))
    return model
