"""Networks of one shape, compiled once, whatever their weights.

A study asks many snapshots of one network about texts of many lengths. What is compiled
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
    """What a classifier's network answers, given its arrays; a kind says `_logits`."""

    def __init__(self, shapes: Shapes, point: object) -> None:
        """`point` is what slopes are taken at: the kind of one array, or of some."""
        self.arrays = specify_arrays(shapes)
        asked = (self.arrays, point, MASK, LABELS, CHOSEN)
        self.slopes = compile_function(
            partial(self._compute_gradients, frozen=False), asked
        )
        self.frozen_slopes = compile_function(
            partial(self._compute_gradients, frozen=True), asked
        )

    def _logits(
        self, held: Sequence[Tensor], point: Tensor, mask: Tensor, *, frozen: bool
    ) -> Tensor:
        """Logits (n, labels) at `point`, of which `mask` (n, T) is visible."""
        raise NotImplementedError

    def _compute_gradients(
        self,
        held: Sequence[Tensor],
        point: Tensor,
        mask: Tensor,
        labels: Tensor,
        chosen: Tensor,
        *,
        frozen: bool,
    ) -> tuple[Tensor, ...]:
        """Logits, and gradients of a label's quantity, each like its part of `point`.

        `chosen` is 1 at the place of the quantity in `Quantity`, 0 elsewhere.
        """
        with tf.GradientTape() as tape:
            tape.watch(point)
            logits = self._logits(held, point, mask, frozen=frozen)
            logs = tf.nn.log_softmax(logits)
            quantities = tf.stack([logits, tf.exp(logs), logs], -1)
            of_label = tf.gather(quantities, labels, batch_dims=1)
            total = tf.reduce_sum(of_label * chosen)
        by_point = tape.gradient(total, point, unconnected_gradients="zero")
        return (logits, *tf.nest.flatten(by_point))


def specify_arrays(shapes: Shapes) -> list[tf.TensorSpec]:
    """Kinds of a network's arrays; a size of 0 is left open."""
    return [
        tf.TensorSpec([size or None for size in shape], tf.float32)
        for _, shape in shapes
    ]


def compile_function(of: object, signature: tuple[object, ...]) -> Tensor:
    """What `of` does, compiled for arguments of these kinds."""
    return tf.function(of, input_signature=signature, autograph=False)


def convert_to_tensors(arrays: Arrays) -> list[Tensor]:
    """Arrays as what is compiled takes them."""
    return [tf.constant(array) for array in arrays]
