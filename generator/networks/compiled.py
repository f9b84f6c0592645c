"""A sentiment classifier of one shape, compiled once, whatever its weights.

A study asks many snapshots of one network about texts of many lengths. What is compiled
here takes the weights as an input and leaves open how many texts there are, how long
they are, and how many words and labels the network knows: four traces at most serve
all states of all networks of one shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import tensorflow as tf

from generator.networks import sentiment
from generator.networks.encoders import Tensor
from generator.networks.sentiment import Settings
from generator.networks.slots import Slots, looked_up
from generator.networks.weights import Arrays

IDS = tf.TensorSpec((None, None), tf.int32)
MASK = tf.TensorSpec((None, None), tf.bool)
LABELS = tf.TensorSpec((None,), tf.int32)
CHOSEN = tf.TensorSpec((3,), tf.float32)


class Compiled:
    """What a network of these settings answers, given its arrays."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        arrays = [
            tf.TensorSpec([size or None for size in shape], tf.float32)
            for _, shape in sentiment.shapes(settings, 0, 0)
        ]
        points = tf.TensorSpec((None, None, settings.dim_embeddings), tf.float32)
        asked = (arrays, points, MASK, LABELS, CHOSEN)
        self.answer = function(self._answer, (arrays, IDS))
        self.average = function(self._average, (arrays, IDS))
        self.slopes = function(partial(self._slopes, frozen=False), asked)
        self.frozen_slopes = function(partial(self._slopes, frozen=True), asked)

    def _answer(self, held: Sequence[Tensor], ids: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, labels) and weights (n, T), (n, 0) without attention."""
        logits, found = self._read(held, ids)
        if found.weights is None:
            return logits, tf.zeros((tf.shape(ids)[0], 0))
        return logits, found.weights

    def _average(
        self, held: Sequence[Tensor], ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits, weights, and what each slot says, (n, T, labels).

        `logit_k = b_k + Σ a_t (h_t · K[:, k])`: with the context an average, the matrix
        may as well act before it.
        """
        logits, found = self._read(held, ids)
        kernel = sentiment.named(self.settings, held)["output/kernel"]
        return logits, found.weights, tf.tensordot(found.states, kernel, 1)

    def _read(
        self, held: Sequence[Tensor], ids: Tensor
    ) -> tuple[Tensor, sentiment.Read]:
        arrays = sentiment.named(self.settings, held)
        points = looked_up(arrays["embedding/embeddings"], ids)
        mask = sentiment.visible(self.settings, ids)
        found = sentiment.read(self.settings, arrays, points, mask)
        return sentiment.decide(arrays, found.context), found

    def _slopes(
        self,
        held: Sequence[Tensor],
        points: Tensor,
        mask: Tensor,
        labels: Tensor,
        chosen: Tensor,
        *,
        frozen: bool,
    ) -> tuple[Tensor, Tensor]:
        """Logits, and the gradient of a label's quantity, shaped like `points`.

        `chosen` is 1 at the place of the quantity in `Quantity`, 0 elsewhere.
        """
        arrays = sentiment.named(self.settings, held)
        seen = mask if self.settings.masked else None
        with tf.GradientTape() as tape:
            tape.watch(points)
            slots = Slots(points)
            found = sentiment.read(self.settings, arrays, slots, seen, frozen=frozen)
            logits = sentiment.decide(arrays, found.context)
            logs = tf.nn.log_softmax(logits)
            quantities = tf.stack([logits, tf.exp(logs), logs], -1)
            of_label = tf.gather(quantities, labels, batch_dims=1)
            total = tf.reduce_sum(of_label * chosen)
        return logits, tape.gradient(total, points)


def function(of: object, signature: tuple[object, ...]) -> Tensor:
    """What `of` does, compiled for arguments of these kinds."""
    return tf.function(of, input_signature=signature, autograph=False)


@cache
def compiled(settings: Settings) -> Compiled:
    """The one of these settings."""
    return Compiled(settings)


def held(arrays: Arrays) -> list[Tensor]:
    """Arrays as what is compiled takes them."""
    return [tf.constant(array) for array in arrays]
