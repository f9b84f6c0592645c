"""A multilayer perceptron: rows of numbers through hidden layers of rectified units.

`h_0 = x`, `h_l = max(0, h_{l-1} K_l + b_l)`, logits `h_L K + b`. With right reasons the
model reads an annotation mask beside the rows and puts out what each row is penalised
by (`right_reasons`). Inputs are in their own units unless the recipe standardises them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import keras
import tensorflow as tf

from generator.networks import weights
from generator.networks.right_reasons import PENALTY, penalised
from generator.networks.stepping import Loss, Tensor, cross_entropy
from generator.networks.weights import Shapes

DECAY = "squared weights"
"""The output that holds the sum of all squared weights, once for each row, (n,)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the network's shape."""

    features: int
    labels: int
    layers: tuple[int, ...] = (50, 30)


def shapes(settings: Settings) -> Shapes:
    """Name and shape of every array, in the order of the model's weights."""
    sizes = (settings.features, *settings.layers, settings.labels)
    found: list[tuple[str, tuple[int, ...]]] = []
    for number, (size, units) in enumerate(pairwise(sizes), 1):
        name = "output" if number == len(sizes) - 1 else f"hidden_{number}"
        found += [(f"{name}/kernel", (size, units)), (f"{name}/bias", (units,))]
    return tuple(found)


class Perceptron(keras.Model):
    """The network as Keras trains it; `shapes` names its weights."""

    def __init__(self, settings: Settings, *, masked: bool) -> None:
        super().__init__(name="perceptron")
        self.masked = masked
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in shapes(settings)
        ]
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Logits of rows, or of (rows, mask), and what the loss adds to them."""
        del training
        if self.masked:
            logits, penalty = penalised(self._logits, *inputs)
            outputs = {"logits": logits, PENALTY: penalty}
        else:
            outputs = {"logits": self._logits(inputs)}
        squares = tf.add_n([tf.reduce_sum(v.value**2) for v in self.arrays])
        return outputs | {DECAY: tf.fill(tf.shape(outputs["logits"])[:1], squares)}

    def _logits(self, rows: Tensor) -> Tensor:
        held = [v.value for v in self.arrays]
        for kernel, bias in zip(held[:-2:2], held[1:-2:2], strict=True):
            rows = tf.nn.relu(tf.matmul(rows, kernel) + bias)
        return tf.matmul(rows, held[-2]) + held[-1]


def build(settings: Settings, seed: int, *, masked: bool = False) -> Perceptron:
    """A network with freshly drawn weights; `masked` reads masks beside its rows."""
    model = Perceptron(settings, masked=masked)
    model.set_weights(weights.initial(shapes(settings), seed))
    return model


def decayed(decay: float, batch: int, loss: Loss = cross_entropy) -> Loss:
    """`loss`, with `decay` times the squared weights added to a whole batch."""

    def whole(outputs: dict[str, Tensor], targets: Tensor) -> Tensor:
        return loss(outputs, targets) + decay / batch * outputs[DECAY]

    return whole
