"""Steps of training along streams, with what each leaves to the next.

What is carried are variables beside the model's: a checkpoint holds them, a snapshot
does not. Gradients are compiled by XLA, which joins the many small operations of a
recurrent network; each half of the streams works on a thread of its own, as in
`stepping`, and their sums are added in a fixed order.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generator.networks.stepping import Batch, Loss, Steps, Tensor


class StreamSteps(Steps):
    """The compiled functions of one model that carries its states."""

    def __init__(  # noqa: PLR0917 - as of `Steps`, then how much a step reads
        self,
        model: keras.Model,
        loss: Loss,
        optimizer: keras.optimizers.Optimizer,
        states: list[Any],
        streams: int,
        length: int,
    ) -> None:
        """A step reads `length` tokens of so many streams."""
        whole = _batch(streams, length), _batch(None, None)
        super().__init__(model, loss, optimizer, states, *whole)
        self._streams = streams
        self.carried = [
            keras.Variable(np.zeros((streams, *one.shape[1:]), np.float32))
            for one in model.inputs[2:]
        ]
        self._joined = tf.function(self._gradients, autograph=False, jit_compile=True)

    def _size(self, batch: Batch) -> int:
        del batch
        return self._streams

    def _parts(self, batch: Batch) -> list[slice]:
        del batch
        middle = self._streams // 2
        return [slice(None, middle), slice(middle, None)][middle == 0 :]

    def _half(
        self, batch: Batch, part: slice
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        held = [one.value[part] for one in self.carried]
        gradients, summed, left = self._joined(batch, held)
        return gradients, summed, left

    def _gradients(
        self, batch: Batch, held: list[Tensor]
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        """Gradients and loss of some streams, and what they leave."""
        inputs, targets = batch
        with tf.GradientTape() as tape:
            outputs = self._model([*inputs, *held], training=True)
            summed = tf.reduce_sum(self._loss(outputs, targets))
        gradients = tape.gradient(summed, self._model.trainable_variables)
        return (
            [tf.convert_to_tensor(one) for one in gradients],
            summed,
            outputs["carried"],
        )

    def _losses(self, batch: Batch) -> Tensor:
        """Each example read from rest by itself."""
        inputs, targets = batch
        rows = tf.shape(inputs[0])[0]
        rest = [tf.zeros((rows, *one.shape[1:])) for one in self.carried]
        return self._loss(self._model([*inputs, *rest], training=False), targets)


def _batch(rows: int | None, length: int | None) -> Batch:
    """What a batch of so many rows consists of."""
    ids = tf.TensorSpec((rows, length), tf.int32)
    return (
        (ids, tf.TensorSpec((rows,), tf.float32)),
        (ids, tf.TensorSpec((rows, length), tf.float32)),
    )
