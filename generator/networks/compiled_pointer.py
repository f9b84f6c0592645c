"""A reader of stories of one shape, compiled once, whatever its weights.

See `compiled`, which does the same for a sentiment classifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import tensorflow as tf

from generator.networks import pointer
from generator.networks.compiled import CHOSEN, LABELS, MASK, function
from generator.networks.encoders import Tensor
from generator.networks.pointer import Settings


class Compiled:
    """What a network of these settings answers, given its arrays."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        arrays = [
            tf.TensorSpec([size or None for size in shape], tf.float32)
            for _, shape in pointer.shapes(settings, 0, 0)
        ]
        words, dim = settings.max_words, settings.dim_embeddings
        story = (
            tf.TensorSpec((None, None, words), tf.int32),
            tf.TensorSpec((None, words), tf.int32),
        )
        point = (
            tf.TensorSpec((None, None, dim), tf.float32),
            tf.TensorSpec((None, dim), tf.float32),
        )
        asked = (arrays, point, MASK, LABELS, CHOSEN)
        self.answer = function(self._answer, (arrays, *story))
        self.embed = function(self._embed, (arrays, *story))
        self.slopes = function(partial(self._slopes, frozen=False), asked)
        self.frozen_slopes = function(partial(self._slopes, frozen=True), asked)

    def _answer(
        self, held: Sequence[Tensor], ids: Tensor, asked: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits (n, labels), weights (n, T), what sentences say (n, T, labels)."""
        arrays = pointer.named(self.settings, held)
        found = pointer.read(
            self.settings,
            arrays,
            pointer.embed(arrays, ids, "sentence"),
            pointer.embed(arrays, asked, "question"),
            tf.reduce_any(tf.not_equal(ids, 0), -1),
        )
        said = tf.tensordot(found.values, arrays["output/kernel"], 1)
        return pointer.decide(arrays, found.context), found.weights, said

    def _embed(self, held: Sequence[Tensor], ids: Tensor, asked: Tensor) -> Tensor:
        """Vectors (n, T + 1, dim) of sentences, and behind them of the question."""
        arrays = pointer.named(self.settings, held)
        question = pointer.embed(arrays, asked, "question")[:, None]
        return tf.concat([pointer.embed(arrays, ids, "sentence"), question], 1)

    def _slopes(
        self,
        held: Sequence[Tensor],
        point: tuple[Tensor, Tensor],
        mask: Tensor,
        labels: Tensor,
        chosen: Tensor,
        *,
        frozen: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits, and gradients of a label's quantity by sentences and question.

        `chosen` is 1 at the place of the quantity in `Quantity`, 0 elsewhere.
        """
        arrays = pointer.named(self.settings, held)
        with tf.GradientTape() as tape:
            tape.watch(point)
            found = pointer.read(self.settings, arrays, *point, mask, frozen=frozen)
            logits = pointer.decide(arrays, found.context)
            logs = tf.nn.log_softmax(logits)
            quantities = tf.stack([logits, tf.exp(logs), logs], -1)
            of_label = tf.gather(quantities, labels, batch_dims=1)
            total = tf.reduce_sum(of_label * chosen)
        by_sentence, by_question = tape.gradient(
            total, point, unconnected_gradients="zero"
        )
        return logits, by_sentence, by_question


@cache
def compiled(settings: Settings) -> Compiled:
    """The one of these settings."""
    return Compiled(settings)
