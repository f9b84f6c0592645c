"""Base classes of classifiers whose networks are compiled.

`BatchedClassifier` checks texts, puts distinct ones in batches and reads the answers
back in order. `DifferentiableBatchedClassifier` adds gradients at points, which go in
batches of like lengths as texts do (`batching`). A subclass says how many ids there
are, how many slots a text has, what its network reads of a batch of ids, how points
are stacked for it, and what the gradient at one of them is.
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
    """A classifier with given weights that answers in batches and can be randomised."""

    _called: ClassVar[str] = "tokens"
    """What messages call the parts of a text."""

    def __init__(
        self,
        network: Any,  # noqa: ANN401 - each subclass compiles its own
        labels: Sequence[str],
        max_tokens: int,
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.labels, self.max_tokens, self.epoch = tuple(labels), max_tokens, epoch
        self.arrays = arrays
        self._tensors = convert_to_tensors(arrays)
        self._network = network

    @property
    def parameters(self) -> int:
        """The number of parameters, the vectors of all words among them."""
        return sum(array.size for array in self.arrays)

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers, from the output to the input."""
        return randomize.list_layers(self._shapes())

    def randomise_layers(self, layers: int, seed: int) -> Self:
        """Return a copy with some layers drawn afresh, the rest as trained.

        Args:
            layers: How many layers are drawn afresh, counted from the output.
            seed: Decides the fresh values.

        Returns:
            A classifier of the same class.

        Raises:
            ValueError: There are not so many layers.
        """
        return self._with_arrays(
            randomize.randomise_layers(self._shapes(), self.arrays, layers, seed)
        )

    @abstractmethod
    def _shapes(self) -> Shapes:
        """Return the name and shape of every array."""

    @abstractmethod
    def _with_arrays(self, arrays: Arrays) -> Self:
        """Return a classifier with the same settings and other weights."""

    @abstractmethod
    def _count_ids(self) -> int:
        """Return how many ids there are."""

    def _count_slots(self, tokens: int) -> int:
        """Return how many slots a text of `tokens` tokens has."""
        return tokens

    def _count_batch_slots(self) -> int:
        """Return how many slots a batch may have where no gradients are taken."""
        return GRADIENT_SLOTS

    def _prepare_inputs(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
        """Return the network's inputs for ids (n, slots)."""
        return (ids,)

    def _run_batches(self, ask: Callable[..., Any], texts: Ids) -> BatchAnswers:
        """Run a compiled function on texts, batch by batch.

        Args:
            ask: Takes the weights and the network's inputs; returns tensors (rows, …).
            texts: Texts as ids.

        Yields:
            The indices of a batch's texts, and the arrays (texts of the batch, …) of
            each output, without the rows that fill up the batch.
        """
        lengths = [self._count_slots(len(text)) for text in texts]
        for places, width in plan_batches(
            lengths, self.max_tokens, self._count_batch_slots()
        ):
            rows = np.zeros((compute_batch_rows(len(places)), width), np.int32)
            for row, place in zip(rows, places, strict=False):
                row[: len(texts[place])] = texts[place]
            answers = ask(self._tensors, *self._prepare_inputs(rows))
            yield places, [answer.numpy()[: len(places)] for answer in answers]

    def _store_rows(
        self, stored: list[Floats], places: Places, rows: NDArray[Any], texts: Ids
    ) -> None:
        """Store each text's slots, without padding beyond them, at the text's index.

        Args:
            stored: One array for each text, filled in place.
            places: Indices of the batch's texts.
            rows: An output of the batch, (texts of the batch, slots, …).
            texts: All texts as ids.
        """
        for place, row in zip(places, rows, strict=True):
            stored[place] = row[: self._count_slots(len(texts[place]))].copy()

    def _decompose_averages(
        self, ask: Callable[..., Any], texts: Texts
    ) -> AverageDecomposition:
        """Divide logits over the slots of texts.

        Args:
            ask: Compiled function that returns logits (rows, labels), weights
                (rows, slots) and each slot's logits (rows, slots, labels).
            texts: Texts as ids.

        Returns:
            The decomposition of each text, in the order of `texts`.
        """
        distinct, back = find_distinct_texts(self._check_texts(texts))
        logits = np.empty((len(distinct), len(self.labels)), np.float32)
        weights: list[Floats] = [np.zeros(0, np.float32)] * len(distinct)
        values: list[Floats] = [np.zeros((0, 0), np.float32)] * len(distinct)
        for places, answers in self._run_batches(ask, distinct):
            logits[places] = answers[0]
            self._store_rows(weights, places, answers[1], distinct)
            self._store_rows(values, places, answers[2], distinct)
        return AverageDecomposition(
            tuple(values[place] for place in back),
            tuple(weights[place] for place in back),
            self.arrays[-1],
            logits[back],
        )

    def _check_texts(self, texts: Texts) -> Texts:
        """Return `texts` if the network can read them.

        Raises:
            ValueError: A text is too long, or holds an unknown id.
        """
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
    """A classifier whose quantities can be differentiated by the points it reads."""

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """Compute the gradient of `labels[i]`'s quantity at `points[i]`.

        Args:
            points: What the network reads of each text, (slots, channels).
            labels: The index of a label for each point.
            quantity: What of the label is differentiated.
            frozen: Whether attention weights are constants, through which no gradient
                flows.

        Returns:
            Values (points,) of the quantity, a gradient shaped like each point, and
            probabilities (points, labels).

        Raises:
            ValueError: Points and labels do not fit each other or the network.
        """
        self._check_points(points, labels)
        ask = self._network.frozen_slopes if frozen else self._network.slopes
        chosen = np.array([quantity == known for known in QUANTITIES], np.float32)
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
                for answer in ask(self._tensors, stacked, mask, rows, chosen)
            )
            logits[places] = first[: len(places)]
            for row, place in enumerate(places):
                parts = [gradient[row] for gradient in by]
                gradients[place] = self._cut_gradient(parts, lengths[place])
        values = compute_quantities(logits, wanted, quantity)
        return InputGradients(values, tuple(gradients), softmax(logits))

    def _count_point_slots(self, point: Floats) -> int:
        """Return how many slots a point has."""
        return len(point)

    @abstractmethod
    def _stack_points(
        self, points: Sequence[Floats], width: int
    ) -> tuple[Any, NDArray[np.bool_]]:
        """Return points as the network reads them, and which of their slots are real.

        Args:
            points: The points of one batch.
            width: Slots they are padded to.

        Returns:
            The stacked points, and a mask (rows, width) that is true at real slots.
        """

    @abstractmethod
    def _cut_gradient(self, found: Sequence[Floats], slots: int) -> Floats:
        """Return the gradient at a point, without padding.

        Args:
            found: One row of each array that the compiled gradients return.
            slots: Slots of the point.
        """

    def _check_points(self, points: Sequence[Floats], labels: Sequence[int]) -> None:
        """Check that each point has a known label.

        Raises:
            ValueError: There are not as many labels as points, or one is unknown.
        """
        if len(points) != len(labels):
            raise ValueError(f"{len(points)} points with {len(labels)} labels")
        if any(not 0 <= label < len(self.labels) for label in labels):
            raise ValueError(f"labels must be from 0 to {len(self.labels) - 1}")


def compute_quantities(
    logits: Floats, labels: NDArray[np.int32], quantity: Quantity
) -> Floats:
    """Return the quantity of each row's label.

    Args:
        logits: Logits (n, labels).
        labels: Indices (n,) of labels.
        quantity: Logit, probability or log probability.

    Returns:
        The quantities (n,), float32.
    """
    logs = log_softmax(logits)
    table = {"logit": logits, "probability": np.exp(logs), "log probability": logs}
    values: Floats = table[quantity][np.arange(len(labels)), labels].astype(np.float32)
    return values
