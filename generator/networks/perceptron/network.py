"""A multilayer perceptron: rows of numbers through hidden layers of rectified units.

`h_0 = x`, `h_l = max(0, h_{l-1} K_l + b_l)`, logits `h_L K + b`. With right reasons the
model reads an annotation mask beside the rows and puts out what each row is penalised
by (`training.regularization`). Inputs are in their own units unless the plan
standardises them.

A trained network (`PerceptronNetwork`) is evaluated by NumPy in double precision:
matrices are small and there are no recurrences, so nothing needs compiling. Double
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
    """The settings that decide the network's shape."""

    features: int
    labels: int
    layers: tuple[int, ...] = (50, 30)


def perceptron_shapes(settings: PerceptronSettings) -> Shapes:
    """Return the name and shape of every array, in the order of the model's weights."""
    sizes = (settings.features, *settings.layers, settings.labels)
    shapes: list[tuple[str, tuple[int, ...]]] = []
    for number, (size, units) in enumerate(pairwise(sizes), 1):
        name = "output" if number == len(sizes) - 1 else f"hidden_{number}"
        shapes += [(f"{name}/kernel", (size, units)), (f"{name}/bias", (units,))]
    return tuple(shapes)


class Perceptron(keras.Model):
    """The network as Keras trains it; `perceptron_shapes` names its weights."""

    def __init__(self, settings: PerceptronSettings, *, masked: bool) -> None:
        super().__init__(name="perceptron")
        self.masked = masked
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in perceptron_shapes(settings)
        ]
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> dict[str, Tensor]:
        """Return the outputs that the loss reads.

        Args:
            inputs: Rows (n, features), or rows and a mask of the same shape.
            training: Ignored: nothing is dropped.

        Returns:
            Logits (n, labels), squared weights (n,), and with a mask the penalty (n,).
        """
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
    """Build a network with freshly drawn weights.

    Args:
        settings: Its shape.
        seed: Decides the initial weights.
        masked: Whether the network reads masks beside its rows.
    """
    model = Perceptron(settings, masked=masked)
    model.set_weights(parameters.draw_initial_arrays(perceptron_shapes(settings), seed))
    return model


def add_weight_decay(
    decay: float, batch: int, loss: Loss = compute_cross_entropy
) -> Loss:
    """Return `loss` with weight decay.

    Args:
        decay: What the sum of squared weights is multiplied by, for a whole batch.
        batch: Rows in a batch.
        loss: The loss (n,) of each row.
    """

    def whole(outputs: dict[str, Tensor], targets: Tensor) -> Tensor:
        return loss(outputs, targets) + decay / batch * outputs[DECAY_OUTPUT]

    return whole


Array = NDArray[np.float64]
ROWS = 4096
"""Rows differentiated at once, which bounds memory."""


@dataclass(frozen=True)
class PerceptronNetwork:
    """A perceptron with given weights: a `RowClassifier`."""

    settings: PerceptronSettings
    features: tuple[str, ...]
    labels: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    arrays: Arrays
    epoch: int

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return sum(array.size for array in self.arrays)

    def predict(self, rows: NDArray[np.floating[Any]]) -> Floats:
        """Return probabilities (n, labels) of rows (n, features).

        Raises:
            ValueError: Rows are of another shape.
        """
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
        """Compute the gradient of a label's quantity by every feature.

        Args:
            rows: Rows (n, features), in their own units.
            quantity: What of the label is differentiated.
            label: The label's index; None for each row's predicted label.
            summed: Whether log probabilities of all labels are summed instead.

        Returns:
            Values (n,), gradients (n, features) and probabilities (n, labels).

        Raises:
            ValueError: Rows are of another shape, the label is unknown, or the sum is
                of anything but the log probabilities of all labels.
        """
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
            values, by_logits = logs.sum(1), 1 - len(self.labels) * shares
        else:
            table = {"logit": logits, "probability": shares, "log probability": logs}
            values = table[quantity][np.arange(len(rows)), chosen]
            by_logits = _differentiate_by_logits(shares, chosen, quantity)
        return values, self._backpropagate(by_logits, active), shares

    def _forward(self, rows: Array) -> tuple[Array, list[NDArray[np.bool_]]]:
        """Return logits (n, labels), and which units of each layer are active."""
        active = []
        *hidden, (kernel, bias) = self._list_layers()
        for matrix, shift in hidden:
            before = rows @ matrix + shift
            active.append(before > 0)
            rows = np.maximum(before, 0)
        return rows @ kernel + bias, active

    def _backpropagate(
        self, by_logits: Array, active: list[NDArray[np.bool_]]
    ) -> Array:
        """Return a gradient by the features, (n, features).

        Args:
            by_logits: The gradient by the logits, (n, labels).
            active: Which units of each hidden layer are active, (n, units) each.
        """
        *hidden, (kernel, _) = self._list_layers()
        slopes = by_logits @ kernel.T
        for (matrix, _), is_active in zip(
            reversed(hidden), reversed(active), strict=True
        ):
            slopes = (slopes * is_active) @ matrix.T
        return slopes / np.array(self.deviations)

    def _list_layers(self) -> list[tuple[Array, Array]]:
        """Return kernel and bias of each layer, in double precision."""
        every = [array.astype(np.float64) for array in self.arrays]
        return list(zip(every[::2], every[1::2], strict=True))

    def _standardise_rows(self, rows: NDArray[np.floating[Any]]) -> Array:
        """Return rows as the network reads them.

        Raises:
            ValueError: Rows are of another shape.
        """
        if rows.ndim != 2 or rows.shape[1] != len(self.features):  # noqa: PLR2004 - a matrix has 2 axes
            raise ValueError(
                f"rows of {rows.shape}; expected (n, {len(self.features)})"
            )
        shifted = rows.astype(np.float64) - np.array(self.means)
        return np.asarray(shifted / np.array(self.deviations))

    def _check(self, quantity: Quantity, label: int | None, *, summed: bool) -> None:
        """Check that a quantity can be differentiated.

        Raises:
            ValueError: The label is unknown, or the sum is of anything but the log
                probabilities of all labels.
        """
        if label is not None and not 0 <= label < len(self.labels):
            raise ValueError(f"labels must be from 0 to {len(self.labels) - 1}")
        if summed and (quantity != "log probability" or label is not None):
            raise ValueError("only log probabilities are summed, and over all labels")


def compute_standardisation(
    rows: NDArray[np.float32], *, wanted: bool
) -> tuple[Sequence[float], ...]:
    """Compute means and standard deviations of training rows.

    Args:
        rows: Training rows (n, features).
        wanted: Whether to standardise; if not, means are 0 and deviations 1.

    Returns:
        Means (features,) and deviations (features,), 1 where a feature is constant.
    """
    if not wanted or not len(rows):
        return [0.0] * rows.shape[1], [1.0] * rows.shape[1]
    means = rows.mean(0, dtype=np.float64)
    deviations = rows.std(0, dtype=np.float64)
    return means.tolist(), np.where(deviations > 0, deviations, 1.0).tolist()


def _differentiate_by_logits(
    shares: Array, chosen: NDArray[np.integer[Any]], quantity: Quantity
) -> Array:
    """Return the gradient (n, labels) of the chosen labels' quantity by all logits.

    Args:
        shares: Probabilities (n, labels).
        chosen: Indices (n,) of labels.
        quantity: What of the label is differentiated.
    """
    rows = np.arange(len(shares))
    gradient = np.zeros_like(shares)
    if quantity == "logit":
        gradient[rows, chosen] = 1
        return gradient
    others = shares.copy()
    others[rows, chosen] = 0
    gradient = -others
    gradient[rows, chosen] = others.sum(1)
    return (
        gradient * shares[rows, chosen][:, None]
        if quantity == "probability"
        else gradient
    )
