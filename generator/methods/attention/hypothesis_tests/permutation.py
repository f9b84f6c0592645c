"""Attention weights handed to the wrong tokens: how far does the answer move?

What a classifier would say if its attention were other than it is.

Where a classifier's logits are a bias and the weighted mean of what each slot says, the
answer under any other weights follows from the same values, exactly and at no cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check
from generator.methods.attention.measures import checked
from generator.methods.common.checks import LOGIT_TOLERANCE, largest, verified
from generator.methods.common.classifier_texts import Question
from generator.methods.common.divergence import normalised, softmax, total_variation
from generator.methods.common.language_model_texts import narrow
from generator.models.capabilities import Averaged, Averaging

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighing:
    """One text: what its slots say, and how they are weighed."""

    values: Array  # (slots, labels)
    weights: Array  # (slots,), sums to 1
    biases: Array  # (labels,)

    def logits(self) -> Array:
        """The model's own, (labels,)."""
        return self.biases + self.weights @ self.values

    def says(self, weights: Array) -> Array:
        """Probabilities (…, labels) under other weights (…, slots).

        What differs from the model's own weights is added to its logits, so that equal
        weights give equal answers to the last bit.
        """
        return softmax(self.logits() + (weights - self.weights) @ self.values)

    def moved(self, weights: Array) -> Array:
        """Total variation between the answers under other weights and the model's."""
        return total_variation(self.says(weights), softmax(self.logits()))


def weighings(
    model: Averaging, questions: Sequence[Question]
) -> tuple[tuple[Weighing, ...], tuple[Check, ...]]:
    """What the model does with texts, and identities. Raises `IntegrityError`."""
    found = model.average([one.ids for one in questions])
    answers = narrow(softmax(found.logits))
    sound = checked(model, tuple(questions), found.weights, answers)
    biases = np.asarray(found.biases, dtype=np.float64)
    each = zip(found.values, found.weights, strict=True)
    said = tuple(
        Weighing(np.asarray(values, np.float64), normalised(weights), biases)
        for values, weights in each
    )
    return said, (*sound, *verified(average_identity(found)))


def average_identity(found: Averaged) -> Check:
    """Logits are a bias and a weighted mean, relative to the size of the terms."""
    error = np.array(list(_errors(found)))
    name = "bias and weighted values sum to the logit"
    return Check(name, largest(error), LOGIT_TOLERANCE)


def _errors(found: Averaged) -> Iterator[Array]:
    biases = np.asarray(found.biases, dtype=np.float64)
    each = zip(found.values, found.weights, found.logits, strict=True)
    for values, weights, logits in each:
        terms = np.asarray(weights, np.float64)[:, None] * values
        scale = np.maximum(1, np.abs(terms).sum(0) + np.abs(biases))
        yield np.abs(logits - biases - terms.sum(0)) / scale


def median_move(
    weighing: Weighing, permutations: int, rng: np.random.Generator
) -> float:
    """Median total variation over so many shufflings of the weights, from 0 to 1."""
    slots = len(weighing.weights)
    places = rng.random((permutations, slots)).argsort(1)
    return float(np.median(weighing.moved(weighing.weights[places])))
