"""How a classifier whose networks are compiled is differentiated by what it reads.

Points go in batches of like lengths, as texts do (`asking`). A subclass says how points
are put together for its network and what the gradient at one of them is.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.models.base import QUANTITIES, Floats, Quantity
from generator.models.differentiable import Slopes
from generator.networks.answering import Answering
from generator.networks.asking import batches
from generator.networks.softmax import log_softmax, softmax


class Differentiating(Answering):
    """A network that can be differentiated: `Differentiable`, but for its vectors."""

    def slopes(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> Slopes:
        """The gradient of `labels[i]`'s quantity at `points[i]`; `Differentiable`."""
        self._check_points(points, labels)
        ask = self._network.frozen_slopes if frozen else self._network.slopes
        chosen = np.array([quantity == one for one in QUANTITIES], np.float32)
        wanted = np.array(labels, np.int32)
        logits = np.empty((len(points), len(self.labels)), np.float32)
        gradients: list[Floats] = [np.zeros((0, 0), np.float32)] * len(points)
        lengths = [self._length(point) for point in points]
        for places, width in batches(lengths, self.max_tokens):
            stacked, mask = self._stacked([points[place] for place in places], width)
            rows = np.zeros(len(mask), np.int32)
            rows[: len(places)] = wanted[places]
            first, *by = (
                answer.numpy()
                for answer in ask(self._held, stacked, mask, rows, chosen)
            )
            logits[places] = first[: len(places)]
            for row, place in enumerate(places):
                found = [gradient[row] for gradient in by]
                gradients[place] = self._gradient(found, lengths[place])
        values = quantities(logits, wanted, quantity)
        return Slopes(values, tuple(gradients), softmax(logits))

    def _length(self, point: Floats) -> int:
        """Slots of a point."""
        return len(point)

    @abstractmethod
    def _stacked(
        self, points: Sequence[Floats], width: int
    ) -> tuple[Any, NDArray[np.bool_]]:
        """Points as the network reads them, and which of their slots are real."""

    @abstractmethod
    def _gradient(self, found: Sequence[Floats], slots: int) -> Floats:
        """The gradient at a point of so many slots, of a row of the answers."""

    def _check_points(self, points: Sequence[Floats], labels: Sequence[int]) -> None:
        """Raises `ValueError` unless there is a known label for each point."""
        if len(points) != len(labels):
            raise ValueError(f"{len(points)} points with {len(labels)} labels")
        if any(not 0 <= label < len(self.labels) for label in labels):
            raise ValueError(f"labels must be from 0 to {len(self.labels) - 1}")


def quantities(logits: Floats, labels: NDArray[np.int32], quantity: Quantity) -> Floats:
    """The quantity (n,) of each row's label."""
    logs = log_softmax(logits)
    table = {"logit": logits, "probability": np.exp(logs), "log probability": logs}
    found: Floats = table[quantity][np.arange(len(labels)), labels].astype(np.float32)
    return found
