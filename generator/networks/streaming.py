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
from numpy.typing import NDArray

from generator.networks.stepping import Batch, Loss, Tensor


class StreamSteps:
    """The compiled functions of one model."""

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
        self._model, self._loss, self._streams = model, loss, streams
        self.carried = [
            keras.Variable(np.zeros((streams, *one.shape[1:]), np.float32))
            for one in model.inputs[2:]
        ]
        compiled = tf.function(self._half, autograph=False, jit_compile=True)

        def train(batch: Batch, rate: Tensor, seeds: Tensor) -> Tensor:
            for place, state in enumerate(states):
                state.assign(tf.cast(seeds[place], state.dtype))
            optimizer.learning_rate.assign(rate)
            sums, total, left = self._halves(compiled, batch)
            optimizer.apply([g / streams for g in sums], model.trainable_variables)
            for variable, value in zip(self.carried, left, strict=True):
                variable.assign(value)
            return total / streams

        numbers = (
            tf.TensorSpec((), tf.float32),
            tf.TensorSpec((len(states), 2), tf.int64),
        )
        self._train = tf.function(
            train,
            input_signature=[_batch(streams, length), *numbers],
            autograph=False,
        )
        self._evaluate = tf.function(
            self._alone, input_signature=[_batch(None, None)], autograph=False
        )

    def train(self, batch: Batch, rate: float, seeds: NDArray[np.int64]) -> np.float32:
        """Update the weights once and give the mean loss before the update."""
        found: np.float32 = self._train(batch, np.float32(rate), seeds).numpy()
        return found

    def evaluate(self, batch: Batch) -> NDArray[np.float32]:
        """The loss (n,) of every example, each read from rest by itself."""
        found: NDArray[np.float32] = self._evaluate(batch).numpy()
        return found

    def _halves(
        self, compiled: Tensor, batch: Batch
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        """Gradients and loss, summed over the streams, and what they leave."""
        middle = self._streams // 2
        found = []
        for part in (slice(None, middle), slice(middle, None)):
            if part.stop == 0:
                continue
            cut = tf.nest.map_structure(lambda a, half=part: a[half], batch)
            held = [one.value[part] for one in self.carried]
            found.append(compiled(cut, held))
        sums = [
            sum(each[1:], each[0]) for each in zip(*[f[0] for f in found], strict=True)
        ]
        left = [tf.concat(each, 0) for each in zip(*[f[2] for f in found], strict=True)]
        return sums, sum(f[1] for f in found), left

    def _half(
        self, batch: Batch, held: list[Tensor]
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        """The same of some streams."""
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

    def _alone(self, batch: Batch) -> Tensor:
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
