"""A multilayer perceptron: rows of numbers through hidden layers of rectified units.

`h_0 = x`, `h_l = max(0, h_{l-1} K_l + b_l)`, logits `h_L K + b`. With right reasons the
model reads an annotation mask beside the rows and puts out what each row is penalised
by (`right_reasons`). Inputs are in their own units unless the recipe standardises them.

A perceptron in one state, answered by NumPy in double precision.

Matrices are small and there are no recurrences, so nothing needs compiling. Double
precision matters: where a model is sure, a probability's gradient is tiny and still has
a direction. It is taken without a difference of nearly equal numbers,

    ∂p_k = p_k Σ_j p_j (∂z_k - ∂z_j),

so that it is right to rounding however close p_k is to 1.

What is differentiated is the quantity of each row's predicted label, or of one label
for all rows, or, with log probabilities, the sum over all labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.models.base import Floats, Quantity
from generator.models.capabilities import RowGradients
from generator.networks import parameters
from generator.networks.inference.batching import log_softmax
from generator.networks.parameters import Arrays, Shapes
from generator.networks.training.regularization import (
    PENALTY_OUTPUT,
    compute_penalised_logits,
)
from generator.networks.training.steps import Loss, Tensor, compute_cross_entropy

DECAY_OUTPUT = "squared weights"
"""The output that holds the sum of all squared weights, once for each row, (n,)."""


@dataclass(frozen=True, slots=True)
class PerceptronSettings:
    """What decides the network's shape."""

    features: int
    labels: int
    layers: tuple[int, ...] = (50, 30)


def perceptron_shapes(settings: PerceptronSettings) -> Shapes:
    """Name and shape of every array, in the order of the model's weights."""
    sizes = (settings.features, *settings.layers, settings.labels)
    found: list[tuple[str, tuple[int, ...]]] = []
    for number, (size, units) in enumerate(pairwise(sizes), 1):
        name = "output" if number == len(sizes) - 1 else f"hidden_{number}"
        found += [(f"{name}/kernel", (size, units)), (f"{name}/bias", (units,))]
    return tuple(found)


class Perceptron(keras.Model):
    """The network as Keras trains it; `shapes` names its weights."""

    def __init__(self, settings: PerceptronSettings, *, masked: bool) -> None:
        super().__init__(name="perceptron")
        self.masked = masked
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in perceptron_shapes(settings)
        ]
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Logits of rows, or of (rows, mask), and what the loss adds to them."""
        del training
        if self.masked:
            logits, penalty = compute_penalised_logits(self._logits, *inputs)
            outputs = {"logits": logits, PENALTY_OUTPUT: penalty}
        else:
            outputs = {"logits": self._logits(inputs)}
        squares = tf.add_n([tf.reduce_sum(v.value**2) for v in self.arrays])
        return outputs | {
            DECAY_OUTPUT: tf.fill(tf.shape(outputs["logits"])[:1], squares)
        }

    def _logits(self, rows: Tensor) -> Tensor:
        held = [v.value for v in self.arrays]
        for kernel, bias in zip(held[:-2:2], held[1:-2:2], strict=True):
            rows = tf.nn.relu(tf.matmul(rows, kernel) + bias)
        return tf.matmul(rows, held[-2]) + held[-1]


def build_perceptron(
    settings: PerceptronSettings, seed: int, *, masked: bool = False
) -> Perceptron:
    """A network with freshly drawn weights; `masked` reads masks beside its rows."""
    model = Perceptron(settings, masked=masked)
    model.set_weights(parameters.draw_initial_arrays(perceptron_shapes(settings), seed))
    return model


def add_weight_decay(
    decay: float, batch: int, loss: Loss = compute_cross_entropy
) -> Loss:
    """`loss`, with `decay` times the squared weights added to a whole batch."""

    def whole(outputs: dict[str, Tensor], targets: Tensor) -> Tensor:
        return loss(outputs, targets) + decay / batch * outputs[DECAY_OUTPUT]

    return whole


Array = NDArray[np.float64]
ROWS = 4096
"""Rows differentiated at once, which bounds memory."""


@dataclass(frozen=True)
class PerceptronNetwork:
    """A network with given weights: a `RowClassifier`."""

    settings: PerceptronSettings
    features: tuple[str, ...]
    labels: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    arrays: Arrays
    epoch: int

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(array.size for array in self.arrays)

    def predict(self, rows: NDArray[np.floating[Any]]) -> Floats:
        """Probabilities (rows, labels), rows sum to 1."""
        logits, _ = self._forward(self._standardise_rows(rows))
        return np.exp(log_softmax(logits)).astype(np.float32)

    def compute_gradients(
        self,
        rows: NDArray[np.floating[Any]],
        quantity: Quantity = "probability",
        label: int | None = None,
        *,
        summed: bool = False,
    ) -> RowGradients:
        """The quantity's gradient by every feature; see `RowClassifier`."""
        self._check(quantity, label, summed=summed)
        parts = [
            self._differentiate(
                rows[start : start + ROWS], quantity, label, summed=summed
            )
            for start in range(0, max(len(rows), 1), ROWS)
        ]
        values, gradients, probabilities = map(np.concatenate, zip(*parts, strict=True))
        return RowGradients(values, gradients, probabilities)

    def _differentiate(
        self,
        rows: NDArray[np.floating[Any]],
        quantity: Quantity,
        label: int | None,
        *,
        summed: bool,
    ) -> tuple[Array, Array, Array]:
        logits, active = self._forward(self._standardise_rows(rows))
        logs = log_softmax(logits)
        shares = np.exp(logs)
        chosen = logits.argmax(1) if label is None else np.full(len(rows), label)
        if summed:
            values, wanted = logs.sum(1), 1 - len(self.labels) * shares
        else:
            table = {"logit": logits, "probability": shares, "log probability": logs}
            values = table[quantity][np.arange(len(rows)), chosen]
            wanted = _differentiate_by_logits(shares, chosen, quantity)
        return values, self._backpropagate(wanted, active), shares

    def _forward(self, rows: Array) -> tuple[Array, list[NDArray[np.bool_]]]:
        """Logits (rows, labels), and which units of each layer are at work."""
        active = []
        *hidden, (kernel, bias) = self._list_layers()
        for one, other in hidden:
            before = rows @ one + other
            active.append(before > 0)
            rows = np.maximum(before, 0)
        return rows @ kernel + bias, active

    def _backpropagate(self, wanted: Array, active: list[NDArray[np.bool_]]) -> Array:
        """The gradient by the features of what has the gradient `wanted` by logits."""
        *hidden, (kernel, _) = self._list_layers()
        slopes = wanted @ kernel.T
        for (one, _), on in zip(reversed(hidden), reversed(active), strict=True):
            slopes = (slopes * on) @ one.T
        return slopes / np.array(self.deviations)

    def _list_layers(self) -> list[tuple[Array, Array]]:
        """Kernel and bias of each layer."""
        every = [array.astype(np.float64) for array in self.arrays]
        return list(zip(every[::2], every[1::2], strict=True))

    def _standardise_rows(self, rows: NDArray[np.floating[Any]]) -> Array:
        """Rows as the network reads them. Raises `ValueError` for others."""
        if rows.ndim != 2 or rows.shape[1] != len(self.features):  # noqa: PLR2004
            raise ValueError(
                f"rows of {rows.shape}; expected (n, {len(self.features)})"
            )
        shifted = rows.astype(np.float64) - np.array(self.means)
        return np.asarray(shifted / np.array(self.deviations))

    def _check(self, quantity: Quantity, label: int | None, *, summed: bool) -> None:
        """Raises `ValueError` for what cannot be differentiated."""
        if label is not None and not 0 <= label < len(self.labels):
            raise ValueError(f"labels must be from 0 to {len(self.labels) - 1}")
        if summed and (quantity != "log probability" or label is not None):
            raise ValueError("only log probabilities are summed, and over all labels")


def compute_standardisation(
    rows: NDArray[np.float32], *, wanted: bool
) -> tuple[Sequence[float], ...]:
    """Means and deviations (features,) of training rows; 0 and 1 if not `wanted`."""
    if not wanted or not len(rows):
        return [0.0] * rows.shape[1], [1.0] * rows.shape[1]
    means = rows.mean(0, dtype=np.float64)
    deviations = rows.std(0, dtype=np.float64)
    return means.tolist(), np.where(deviations > 0, deviations, 1.0).tolist()


def _differentiate_by_logits(
    shares: Array, chosen: NDArray[np.integer[Any]], quantity: Quantity
) -> Array:
    """The gradient, by all logits, of the chosen label's quantity, (rows, labels)."""
    rows = np.arange(len(shares))
    found = np.zeros_like(shares)
    if quantity == "logit":
        found[rows, chosen] = 1
        return found
    others = shares.copy()
    others[rows, chosen] = 0
    found = -others
    found[rows, chosen] = others.sum(1)
    return found * shares[rows, chosen][:, None] if quantity == "probability" else found
