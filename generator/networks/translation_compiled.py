"""A translator of one shape, compiled once, whatever its weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import tensorflow as tf

from generator.networks import translation
from generator.networks.aligning import Memory
from generator.networks.compiled import IDS, MASK, function, specified
from generator.networks.encoders import Tensor
from generator.networks.slots import Slots
from generator.networks.translation import Named, Now, Settings

FLOATS = tf.TensorSpec((None, None), tf.float32)


class CompiledTranslation:
    """What a network of these settings answers, given its arrays."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        arrays = specified(translation.shapes(settings, 0, 0))
        memory = Memory(
            tf.TensorSpec((None, None, settings.width), tf.float32),
            tf.TensorSpec((None, None, None), tf.float32),
            MASK,
            tf.TensorSpec((None, settings.size), tf.float32),
        )
        now = Now(tf.TensorSpec((None, settings.size), tf.float32), FLOATS)
        before = tf.TensorSpec((None,), tf.int32)
        self.force = function(self._force, (arrays, IDS, IDS))
        self.open = function(self._open, (arrays, IDS))
        self.step = function(self._step, (arrays, memory, now, before))
        self.products = function(self._products, (arrays, IDS, IDS, FLOATS))

    def _force(
        self, held: Sequence[Tensor], sources: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Log probabilities (n, T) of targets, likeliest ids (n, T), weights."""
        arrays = translation.named(self.settings, held)
        memory = self._read(arrays, sources)
        logits, weights = translation.force(self.settings, arrays, memory, targets)
        logs = tf.nn.log_softmax(logits)
        best = tf.argmax(logs, -1, output_type=tf.int32)
        return tf.gather(logs, targets, batch_dims=2), best, weights

    def _open(self, held: Sequence[Tensor], sources: Tensor) -> Memory:
        return self._read(translation.named(self.settings, held), sources)

    def _read(self, arrays: Named, sources: Tensor) -> Memory:
        points = tf.gather(arrays["source/embeddings"], sources)
        mask = tf.not_equal(sources, 0)
        return translation.read_source(self.settings, arrays, Slots(points), mask)

    def _step(
        self, held: Sequence[Tensor], memory: Memory, now: Now, before: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Log probabilities (n, targets) of the next token, the state, the weights."""
        arrays = translation.named(self.settings, held)
        share = translation.shares_of(self.settings, arrays, before)
        found = translation.step(self.settings, arrays, memory, now, share)
        logits = translation.logits(arrays, found.state, found.context)
        return tf.nn.log_softmax(logits), found.state, found.weights

    def _products(
        self, held: Sequence[Tensor], sources: Tensor, targets: Tensor, chosen: Tensor
    ) -> Tensor:
        """Gradient times vector (n, S) of the log probabilities that are chosen.

        `chosen` (n, T) is 1 at the target token that a row is about, 0 elsewhere.
        """
        arrays = translation.named(self.settings, held)
        points = tf.gather(arrays["source/embeddings"], sources)
        mask = tf.not_equal(sources, 0)
        with tf.GradientTape() as tape:
            tape.watch(points)
            memory = translation.read_source(self.settings, arrays, Slots(points), mask)
            logits, _ = translation.force(self.settings, arrays, memory, targets)
            logs = tf.gather(tf.nn.log_softmax(logits), targets, batch_dims=2)
            total = tf.reduce_sum(logs * chosen)
        return tf.reduce_sum(tape.gradient(total, points) * points, -1)


compiled = cache(CompiledTranslation)
"""The one of these settings."""
