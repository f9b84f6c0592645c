"""Compiled steps of training, and the loss without training.

Both are traced once, with the number of examples left open, and with it the length of
those that have one, so that neither the last, shorter batch of an epoch nor a batch of
longer texts costs a second trace. Everything that varies with the step comes in
as an argument: the learning rate and the states of the seed generators.

`CompiledStreamSteps` train along streams and carry what each step leaves to the next in
variables beside the model's: a checkpoint holds them, a snapshot does not. Gradients
are compiled by XLA, which joins the many small operations of a recurrent network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise, starmap
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


class CompiledSteps:
    """The compiled functions of one model: a training step and an evaluation."""

    def __init__(  # noqa: PLR0917 - all of them decide what is compiled
        self,
        model: keras.Model,
        loss: Loss,
        optimizer: keras.optimizers.Optimizer,
        states: list[Any],
        trained: Batch,
        evaluated: Batch | None = None,
        *,
        shards: int = 2,
    ) -> None:
        """Compile for batches of given specifications.

        Args:
            model: What is trained.
            loss: Of its outputs.
            optimizer: Built for its variables.
            states: Of its seed generators, set before each step.
            trained: TensorSpecs of a batch to train on, see `specify_batch`.
            evaluated: TensorSpecs of a batch to evaluate; None for those of `trained`.
            shards: Parts that a batch is divided into.
        """
        self._shards = shards
        self._model, self._loss = model, loss
        self._optimizer, self._states = optimizer, states
        self.carried: list[keras.Variable] = []
        numbers = (
            tf.TensorSpec((), tf.float32),
            tf.TensorSpec((len(states), 2), tf.int64),
        )
        self._train = tf.function(
            self._step, input_signature=[trained, *numbers], autograph=False
        )
        self._evaluate = tf.function(
            self._losses, input_signature=[evaluated or trained], autograph=False
        )

    def train(self, batch: Batch, rate: float, seeds: NDArray[np.int64]) -> np.float32:
        """Update the weights once.

        Args:
            batch: Inputs and targets.
            rate: The learning rate.
            seeds: The states of the seed generators, (generators, 2).

        Returns:
            The mean loss before the update, in nats.
        """
        loss: np.float32 = self._train(batch, np.float32(rate), seeds).numpy()
        return loss

    def evaluate(self, batch: Batch) -> NDArray[np.float32]:
        """Return the loss (n,) of every example without dropout, changing nothing."""
        losses: NDArray[np.float32] = self._evaluate(batch).numpy()
        return losses

    def _step(self, batch: Batch, rate: Tensor, seeds: Tensor) -> Tensor:
        for place, state in enumerate(self._states):
            state.assign(tf.cast(seeds[place], state.dtype))
        self._optimizer.learning_rate.assign(rate)
        sums, total, left = self._sum_shards(batch)
        size = self._size(batch)
        gradients = [one / size for one in sums]
        self._optimizer.apply(gradients, self._model.trainable_variables)
        for variable, value in zip(self.carried, left, strict=True):
            variable.assign(value)
        return total / size

    def _losses(self, batch: Batch) -> Tensor:
        return self._loss(self._model(batch[0], training=False), batch[1])

    def _size(self, batch: Batch) -> Tensor:
        """Return how many examples losses and gradients are divided by."""
        return tf.cast(_count_examples(batch), tf.float32)

    def _parts(self, batch: Batch) -> list[slice]:
        """Return the slices that divide a batch into shards of nearly one size."""
        return _divide(_count_examples(batch), self._shards)

    def _sum_shards(self, batch: Batch) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        """Return gradients and loss, summed over the examples, and the states left.

        Shards do not wait for each other, so that as many cores work where a recurrent
        network, slot by slot, keeps one busy. Their sums are added in a fixed order,
        whatever order they are finished in.
        """
        found = [
            self._take_shard(
                tf.nest.map_structure(lambda a, own=part: a[own], batch), part
            )
            for part in self._parts(batch)
        ]
        gradients, losses, left = zip(*found, strict=True)
        sums = [sum(each[1:], each[0]) for each in zip(*gradients, strict=True)]
        after = [tf.concat(each, 0) for each in zip(*left, strict=True)]
        return sums, sum(losses[1:], losses[0]), after

    def _take_shard(
        self, batch: Batch, part: slice
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        """Return gradients, summed loss and states left of the examples of a shard."""
        del part
        inputs, targets = batch
        with tf.GradientTape() as tape:
            outputs = self._model(inputs, training=True)
            summed = tf.reduce_sum(self._loss(outputs, targets))
        gradients = tape.gradient(summed, self._model.trainable_variables)
        return [tf.convert_to_tensor(one) for one in gradients], summed, []


def specify_batch(example: Batch, open_axes: int) -> Batch:
    """Return TensorSpecs of arrays like those of a batch.

    Args:
        example: Inputs and targets, as a model takes them.
        open_axes: How many axes, from the first, may change from batch to batch, in
            arrays that have as many.
    """
    inputs, targets = (
        tf.nest.map_structure(lambda array: _specify_array(array, open_axes), part)
        for part in example
    )
    return inputs, targets


def compute_cross_entropy(outputs: Mapping[str, Tensor], targets: Tensor) -> Tensor:
    """Compute the cross-entropy (n,) of `logits` (n, classes) and target ids (n,)."""
    logits = outputs["logits"]
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)


def make_weighted_loss(by_class: NDArray[np.float32]) -> Loss:
    """Return cross-entropy times the weight of each example's class.

    Args:
        by_class: The weight of each class, (classes,).
    """
    weights = tf.constant(by_class)

    def loss(outputs: Mapping[str, Tensor], targets: Tensor) -> Tensor:
        return compute_cross_entropy(outputs, targets) * tf.gather(weights, targets)

    return loss


def _divide(count: Any, shards: int) -> list[slice]:  # noqa: ANN401 - a number, or a tensor
    """Return slices that divide a number of things into shards, the last to the end."""
    ends = [None, *(count * k // shards for k in range(1, shards)), None]
    return list(starmap(slice, pairwise(ends)))


def _count_examples(batch: Batch) -> Tensor:
    """Return how many examples a batch holds, a scalar tensor."""
    return tf.shape(tf.nest.flatten(batch)[0])[0]


def _specify_array(array: NDArray[Any], open_axes: int) -> tf.TensorSpec:
    shape = (*[None] * min(open_axes, array.ndim), *array.shape[open_axes:])
    return tf.TensorSpec(shape, tf.as_dtype(array.dtype))


class CompiledStreamSteps(CompiledSteps):
    """The compiled functions of one model that puts out its states along streams."""

    def __init__(  # noqa: PLR0917 - the base class's, then a batch's size
        self,
        model: keras.Model,
        loss: Loss,
        optimizer: keras.optimizers.Optimizer,
        states: list[Any],
        streams: int,
        length: int,
        shards: int = 2,
    ) -> None:
        """Compile for parts of streams.

        Args:
            model: What is trained; its inputs after the second are the states.
            loss: Of its outputs.
            optimizer: Built for its variables.
            states: Of its seed generators, set before each step.
            streams: How many streams a step reads.
            length: Tokens of each stream that a step reads.
            shards: Parts that the streams are divided into.
        """
        whole = (
            _specify_stream_batch(streams, length),
            _specify_stream_batch(None, None),
        )
        super().__init__(model, loss, optimizer, states, *whole, shards=shards)
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
        return _divide(self._streams, min(self._shards, self._streams))

    def _take_shard(
        self, batch: Batch, part: slice
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        held = [one.value[part] for one in self.carried]
        gradients, summed, left = self._joined(batch, held)
        return gradients, summed, left

    def _gradients(
        self, batch: Batch, held: list[Tensor]
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        """Return gradients and summed loss of some streams, and the states left."""
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
        """Return the loss (n,) of examples, each read from rest by itself."""
        inputs, targets = batch
        rows = tf.shape(inputs[0])[0]
        rest = [tf.zeros((rows, *one.shape[1:])) for one in self.carried]
        return self._loss(self._model([*inputs, *rest], training=False), targets)


def _specify_stream_batch(rows: int | None, length: int | None) -> Batch:
    """Return the TensorSpecs of a batch of parts of streams."""
    ids = tf.TensorSpec((rows, length), tf.int32)
    return (
        (ids, tf.TensorSpec((rows,), tf.float32)),
        (ids, tf.TensorSpec((rows, length), tf.float32)),
    )
