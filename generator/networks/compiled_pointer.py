"""A reader of stories of one shape, compiled once, whatever its weights.

See `compiled`, which does the same for a sentiment classifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import tensorflow as tf

from generator.networks import pointer
from generator.networks.compiled import Compiled, function
from generator.networks.encoders import Tensor
from generator.networks.pointer import Settings


class CompiledPointer(Compiled):
    """What a network of these settings answers, given its arrays."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        words, dim = settings.max_words, settings.dim_embeddings
        point = (
            tf.TensorSpec((None, None, dim), tf.float32),
            tf.TensorSpec((None, dim), tf.float32),
        )
        super().__init__(pointer.shapes(settings, 0, 0), point)
        story = (
            self.arrays,
            tf.TensorSpec((None, None, words), tf.int32),
            tf.TensorSpec((None, words), tf.int32),
        )
        self.answer = function(self._answer, story)
        self.embed = function(self._embed, story)

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

    def _logits(
        self, held: Sequence[Tensor], point: Tensor, mask: Tensor, *, frozen: bool
    ) -> Tensor:
        arrays = pointer.named(self.settings, held)
        sentences, question = point
        found = pointer.read(
            self.settings, arrays, sentences, question, mask, frozen=frozen
        )
        return pointer.decide(arrays, found.context)


compiled = cache(CompiledPointer)
"""The one of these settings."""
