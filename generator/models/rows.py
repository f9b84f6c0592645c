"""What a classifier of rows of numbers can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from generator.models.base import Floats, Quantity

Rows = NDArray[np.floating[Any]]
"""Rows of numbers (rows, features), each in its own unit."""


@dataclass(frozen=True, slots=True)
class RowSlopes:
    """Values of one output at rows of numbers, and its gradient there."""

    values: NDArray[np.float64]  # (rows,), of the quantity asked for
    gradients: NDArray[np.float64]  # (rows, features), per unit of the feature
    probabilities: NDArray[np.float64]  # (rows, labels)


@runtime_checkable
class RowClassifier(Protocol):
    """A classifier of rows of numbers that can be differentiated by them."""

    epoch: int
    labels: tuple[str, ...]
    features: tuple[str, ...]

    def predict(self, rows: Rows) -> Floats:
        """Probabilities (rows, labels), rows sum to 1."""
        ...

    def slopes(
        self,
        rows: Rows,
        quantity: Quantity = "probability",
        label: int | None = None,
        *,
        summed: bool = False,
    ) -> RowSlopes:
        """The gradient of the quantity of `label`, or of each row's predicted one.

        `summed` differentiates the sum over all labels of their log probabilities,
        which the penalty of right reasons is about.
        """
        ...
