"""Networks of one shape, compiled once, whatever their weights.

A study puts texts of many lengths to many snapshots of one network. What is compiled
here takes the weights as an input and leaves open how many texts there are, how long
they are, and how many words and labels the network knows: four traces at most serve
all states of all networks of one shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import tensorflow as tf

from generator.networks.layers.encoders import Tensor
from generator.networks.parameters import Arrays, Shapes

IDS = tf.TensorSpec((None, None), tf.int32)
MASK = tf.TensorSpec((None, None), tf.bool)
LABELS = tf.TensorSpec((None,), tf.int32)
CHOSEN = tf.TensorSpec((3,), tf.float32)


class CompiledClassifier:
    """Compiled gradients of a classifier; a subclass computes its logits."""

    def __init__(self, shapes: Shapes, point: object) -> None:
        """Compile the gradients, with attention free and frozen.

        Args:
            shapes: Name and shape of every array; a size of 0 is left open.
            point: The TensorSpec of what gradients are taken at, or a nest of some.
        """
        self.arrays = specify_arrays(shapes)
        signature = (self.arrays, point, MASK, LABELS, CHOSEN)
        self.slopes = compile_function(
            partial(self._compute_gradients, frozen=False), signature
        )
        self.frozen_slopes = compile_function(
            partial(self._compute_gradients, frozen=True), signature
        )

    def _logits(
        self, tensors: Sequence[Tensor], point: Tensor, mask: Tensor, *, frozen: bool
    ) -> Tensor:
        """Return logits (n, labels) at points.

        Args:
            tensors: The network's weights, in the order of its shapes.
            point: What the network reads, (n, T, channels) or a nest of such tensors.
            mask: Which slots are real, (n, T).
            frozen: Whether attention weights are constants.
        """
        raise NotImplementedError

    def _compute_gradients(
        self,
        tensors: Sequence[Tensor],
        point: Tensor,
        mask: Tensor,
        labels: Tensor,
        chosen: Tensor,
        *,
        frozen: bool,
    ) -> tuple[Tensor, ...]:
        """Return logits, and a label's quantity differentiated by each part of `point`.

        Args:
            tensors: The network's weights, in the order of its shapes.
            point: What the network reads, (n, T, channels) or a nest of such tensors.
            mask: Which slots are real, (n, T).
            labels: Indices (n,) of labels.
            chosen: 1 at the place of the quantity in `Quantity`, 0 elsewhere, (3,).
            frozen: Whether attention weights are constants.
        """
        with tf.GradientTape() as tape:
            tape.watch(point)
            logits = self._logits(tensors, point, mask, frozen=frozen)
            logs = tf.nn.log_softmax(logits)
            quantities = tf.stack([logits, tf.exp(logs), logs], -1)
            of_label = tf.gather(quantities, labels, batch_dims=1)
            total = tf.reduce_sum(of_label * chosen)
        by_point = tape.gradient(total, point, unconnected_gradients="zero")
        return (logits, *tf.nest.flatten(by_point))


def specify_arrays(shapes: Shapes) -> list[tf.TensorSpec]:
    """Return a float32 TensorSpec for every array; a size of 0 is left open."""
    return [
        tf.TensorSpec([size or None for size in shape], tf.float32)
        for _, shape in shapes
    ]


def compile_function(function: object, signature: tuple[object, ...]) -> Tensor:
    """Compile a function for arguments of given specifications.

    Args:
        function: A function of tensors.
        signature: TensorSpecs, or nests of them, one for each argument.

    Returns:
        The compiled function, traced once.
    """
    return tf.function(function, input_signature=signature, autograph=False)


def convert_to_tensors(arrays: Arrays) -> list[Tensor]:
    """Convert arrays to the tensors that compiled functions take."""
    return [tf.constant(array) for array in arrays]
