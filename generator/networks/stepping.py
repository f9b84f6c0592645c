"""One step of training, and the loss without training, as compiled functions.

Both are traced once, with the number of examples left open, and with it the length of
those that have one, so that neither the last, shorter batch of an epoch nor a batch of
longer texts costs a second trace. Everything that varies with the step comes in
as an argument: the learning rate and the states of the seed generators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Tensor = Any
"""TensorFlow's, which has no types to offer."""
Batch = tuple[Any, Any]
"""Inputs, as the model takes them, and targets: arrays, examples along their axis 0."""
Loss = Callable[[Any, Tensor], Tensor]
"""(outputs, targets) -> the loss (n,) of every example, in nats."""


class Steps:
    """The compiled functions of one model."""

    def __init__(
        self,
        model: keras.Model,
        loss: Loss,
        optimizer: keras.optimizers.Optimizer,
        states: list[Any],
        example: Batch,
        *,
        open_axes: int = 1,
    ) -> None:
        """So many axes may change from batch to batch, of arrays that have as many."""
        inputs, targets = example
        specs = (
            tf.nest.map_structure(lambda a: _spec(a, open_axes), inputs),
            tf.nest.map_structure(lambda a: _spec(a, open_axes), targets),
        )
        rate = tf.TensorSpec((), tf.float32)
        seeds = tf.TensorSpec((len(states), 2), tf.int64)

        def train(batch: Batch, rate: Tensor, seeds: Tensor) -> Tensor:
            for place, state in enumerate(states):
                state.assign(tf.cast(seeds[place], state.dtype))
            optimizer.learning_rate.assign(rate)
            sums, total = _halves(model, loss, batch)
            size = tf.cast(_count(batch), tf.float32)
            optimizer.apply([g / size for g in sums], model.trainable_variables)
            return total / size

        def evaluate(batch: Batch) -> Tensor:
            return loss(model(batch[0], training=False), batch[1])

        self._train = tf.function(
            train, input_signature=[specs, rate, seeds], autograph=False
        )
        self._evaluate = tf.function(evaluate, input_signature=[specs], autograph=False)

    def train(self, batch: Batch, rate: float, seeds: NDArray[np.int64]) -> np.float32:
        """Update the weights once and give the mean loss before the update."""
        found: np.float32 = self._train(batch, np.float32(rate), seeds).numpy()
        return found

    def evaluate(self, batch: Batch) -> NDArray[np.float32]:
        """The loss (n,) of every example, nothing dropped, nothing changed."""
        found: NDArray[np.float32] = self._evaluate(batch).numpy()
        return found


def cross_entropy(outputs: Mapping[str, Tensor], targets: Tensor) -> Tensor:
    """Loss of a model with an output `logits` (n, classes), targets being ids (n,)."""
    logits = outputs["logits"]
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)


def weighted(by_class: NDArray[np.float32]) -> Loss:
    """Cross-entropy, that of an example times the weight (classes,) of its class."""
    weights = tf.constant(by_class)

    def loss(outputs: Mapping[str, Tensor], targets: Tensor) -> Tensor:
        return cross_entropy(outputs, targets) * tf.gather(weights, targets)

    return loss


def _halves(
    model: keras.Model, loss: Loss, batch: Batch
) -> tuple[list[Tensor], Tensor]:
    """Gradients and loss, summed over the examples, each half on its own thread.

    The halves do not wait for each other, so two cores work where a recurrent network,
    slot by slot, keeps one busy. Their sums are added in a fixed order.
    """
    middle = _count(batch) // 2
    found = []
    for part in (slice(None, middle), slice(middle, None)):
        inputs, targets = tf.nest.map_structure(lambda a, half=part: a[half], batch)
        with tf.GradientTape() as tape:
            summed = tf.reduce_sum(loss(model(inputs, training=True), targets))
        gradients = tape.gradient(summed, model.trainable_variables)
        found.append(([tf.convert_to_tensor(one) for one in gradients], summed))
    (first, early), (second, late) = found
    return [a + b for a, b in zip(first, second, strict=True)], early + late


def _count(batch: Batch) -> Tensor:
    """How many examples the batch holds."""
    return tf.shape(tf.nest.flatten(batch)[0])[0]


def _spec(array: NDArray[Any], open_axes: int) -> tf.TensorSpec:
    shape = (*[None] * min(open_axes, array.ndim), *array.shape[open_axes:])
    return tf.TensorSpec(shape, tf.as_dtype(array.dtype))
