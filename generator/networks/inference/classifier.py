"""How a classifier whose networks are compiled answers: checked, in batches, once each.

`Answering` is what every such classifier has in common. A subclass says how many ids
there are, how many slots a text has, and what its network reads of a batch of ids.

How a classifier whose networks are compiled is differentiated by what it reads.

Points go in batches of like lengths, as texts do (`asking`). A subclass says how points
are put together for its network and what the gradient at one of them is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from generator.models.base import QUANTITIES, Floats, Quantity, Texts
from generator.models.capabilities import AverageDecomposition, InputGradients
from generator.networks.inference import randomize
from generator.networks.inference.batching import (
    GRADIENT_SLOTS,
    Places,
    compute_batch_rows,
    find_distinct_texts,
    log_softmax,
    plan_batches,
    softmax,
)
from generator.networks.inference.compiled import convert_to_tensors
from generator.networks.parameters import Arrays, Shapes

Ids = list[tuple[int, ...]]
BatchAnswers = Iterator[tuple[Places, list[NDArray[Any]]]]


class BatchedClassifier(ABC):
    """A network with given weights: `Counted` and `Randomisable`."""

    _called: ClassVar[str] = "tokens"
    """What messages call the parts of a text."""

    def __init__(
        self,
        network: Any,  # noqa: ANN401 - whatever is compiled for its settings
        labels: Sequence[str],
        max_tokens: int,
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.labels, self.max_tokens, self.epoch = tuple(labels), max_tokens, epoch
        self.arrays = arrays
        self._held = convert_to_tensors(arrays)
        self._network = network

    @property
    def parameters(self) -> int:
        """How many numbers it has, the vectors of all words among them."""
        return sum(array.size for array in self.arrays)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers, from the output to the input."""
        return randomize.list_layers(self._shapes())

    def randomise_layers(self, layers: int, seed: int) -> Self:
        """The same with so many layers next to the output as before training."""
        return self._with_arrays(
            randomize.randomise_layers(self._shapes(), self.arrays, layers, seed)
        )

    @abstractmethod
    def _shapes(self) -> Shapes:
        """Name and shape of every array."""

    @abstractmethod
    def _with_arrays(self, arrays: Arrays) -> Self:
        """The same with other weights."""

    @abstractmethod
    def _count_ids(self) -> int:
        """How many ids there are."""

    def _count_slots(self, tokens: int) -> int:
        """Slots of a text of so many tokens."""
        return tokens

    def _count_batch_slots(self) -> int:
        """Slots in a batch that is answered, padding included."""
        return GRADIENT_SLOTS

    def _prepare_inputs(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
        """What the network reads of ids (n, slots)."""
        return (ids,)

    def _run_batches(self, ask: Callable[..., Any], texts: Ids) -> BatchAnswers:
        """What `ask` answers to each batch of texts, and which they are."""
        lengths = [self._count_slots(len(text)) for text in texts]
        for places, width in plan_batches(
            lengths, self.max_tokens, self._count_batch_slots()
        ):
            rows = np.zeros((compute_batch_rows(len(places)), width), np.int32)
            for row, place in zip(rows, places, strict=False):
                row[: len(texts[place])] = texts[place]
            answers = ask(self._held, *self._prepare_inputs(rows))
            yield places, [answer.numpy()[: len(places)] for answer in answers]

    def _store_rows(
        self, kept: list[Floats], places: Places, rows: NDArray[Any], asked: Ids
    ) -> None:
        """Put each text's slots, without those of padding beyond, in its place."""
        for place, row in zip(places, rows, strict=True):
            kept[place] = row[: self._count_slots(len(asked[place]))].copy()

    def _decompose_averages(
        self, ask: Callable[..., Any], texts: Texts
    ) -> AverageDecomposition:
        """Logits, weights and what slots say, as `ask` answers, in the texts' order."""
        asked, back = find_distinct_texts(self._check_texts(texts))
        logits = np.empty((len(asked), len(self.labels)), np.float32)
        weights: list[Floats] = [np.zeros(0, np.float32)] * len(asked)
        values: list[Floats] = [np.zeros((0, 0), np.float32)] * len(asked)
        for places, found in self._run_batches(ask, asked):
            logits[places] = found[0]
            self._store_rows(weights, places, found[1], asked)
            self._store_rows(values, places, found[2], asked)
        return AverageDecomposition(
            tuple(values[place] for place in back),
            tuple(weights[place] for place in back),
            self.arrays[-1],
            logits[back],
        )

    def _check_texts(self, texts: Texts) -> Texts:
        """`texts`. Raises `ValueError` for one too long, or of unknown ids."""
        known = self._count_ids()
        for text in texts:
            if len(text) > self.max_tokens:
                raise ValueError(
                    f"{len(text)} {self._called}; at most {self.max_tokens} are read"
                )
            if len(text) and not (min(text) >= 0 and max(text) < known):
                raise ValueError(f"ids must be from 0 to {known - 1}")
        return texts


class DifferentiableBatchedClassifier(BatchedClassifier):
    """A network that can be differentiated: `Differentiable`, but for its vectors."""

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """The gradient of `labels[i]`'s quantity at `points[i]`; `Differentiable`."""
        self._check_points(points, labels)
        ask = self._network.frozen_slopes if frozen else self._network.slopes
        chosen = np.array([quantity == one for one in QUANTITIES], np.float32)
        wanted = np.array(labels, np.int32)
        logits = np.empty((len(points), len(self.labels)), np.float32)
        gradients: list[Floats] = [np.zeros((0, 0), np.float32)] * len(points)
        lengths = [self._count_point_slots(point) for point in points]
        for places, width in plan_batches(lengths, self.max_tokens):
            stacked, mask = self._stack_points(
                [points[place] for place in places], width
            )
            rows = np.zeros(len(mask), np.int32)
            rows[: len(places)] = wanted[places]
            first, *by = (
                answer.numpy()
                for answer in ask(self._held, stacked, mask, rows, chosen)
            )
            logits[places] = first[: len(places)]
            for row, place in enumerate(places):
                found = [gradient[row] for gradient in by]
                gradients[place] = self._cut_gradient(found, lengths[place])
        values = compute_quantities(logits, wanted, quantity)
        return InputGradients(values, tuple(gradients), softmax(logits))

    def _count_point_slots(self, point: Floats) -> int:
        """Slots of a point."""
        return len(point)

    @abstractmethod
    def _stack_points(
        self, points: Sequence[Floats], width: int
    ) -> tuple[Any, NDArray[np.bool_]]:
        """Points as the network reads them, and which of their slots are real."""

    @abstractmethod
    def _cut_gradient(self, found: Sequence[Floats], slots: int) -> Floats:
        """The gradient at a point of so many slots, of a row of the answers."""

    def _check_points(self, points: Sequence[Floats], labels: Sequence[int]) -> None:
        """Raises `ValueError` unless there is a known label for each point."""
        if len(points) != len(labels):
            raise ValueError(f"{len(points)} points with {len(labels)} labels")
        if any(not 0 <= label < len(self.labels) for label in labels):
            raise ValueError(f"labels must be from 0 to {len(self.labels) - 1}")


def compute_quantities(
    logits: Floats, labels: NDArray[np.int32], quantity: Quantity
) -> Floats:
    """The quantity (n,) of each row's label."""
    logs = log_softmax(logits)
    table = {"logit": logits, "probability": np.exp(logs), "log probability": logs}
    found: Floats = table[quantity][np.arange(len(labels)), labels].astype(np.float32)
    return found
