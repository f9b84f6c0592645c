"""A classifier's answer under other attention weights, such as shuffled ones.

Where a classifier's logits are a bias and the weighted mean of what each slot says, the
answer under any other weights follows from the same values, exactly and at no cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Check
from generator.methods.attention.measures import check_attention
from generator.methods.common.checks import (
    LOGIT_TOLERANCE,
    largest_error,
    verify_checks,
)
from generator.methods.common.classifier_texts import InputText
from generator.methods.common.divergence import normalize_rows, softmax, total_variation
from generator.methods.common.language_model_texts import to_float32
from generator.models.capabilities import AverageDecomposition, Averaging

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WeightedText:
    """One text: what its slots say, and how they are weighed."""

    values: Array  # (slots, labels)
    weights: Array  # (slots,), sums to 1
    biases: Array  # (labels,)

    def logits(self) -> Array:
        """Compute the model's own logits, (labels,)."""
        return self.biases + self.weights @ self.values

    def probabilities(self, weights: Array) -> Array:
        """Compute probabilities under other weights.

        What differs from the model's own weights is added to its logits, so that equal
        weights
        give equal answers to the last bit.

        Args:
            weights: (…, slots).

        Returns:
            (…, labels).
        """
        return softmax(self.logits() + (weights - self.weights) @ self.values)

    def answer_shift(self, weights: Array) -> Array:
        """Compute the total variation between answers under other weights and the model's."""
        return total_variation(self.probabilities(weights), softmax(self.logits()))


def weigh_texts(
    model: Averaging, questions: Sequence[InputText]
) -> tuple[tuple[WeightedText, ...], tuple[Check, ...]]:
    """Decompose the model's answers to texts.

    Args:
        model: The model.
        questions: The texts.

    Returns:
        The texts, and the checks of their identities.

    Raises:
        IntegrityError: A check failed.
    """
    averages = model.average([one.ids for one in questions])
    answers = to_float32(softmax(averages.logits))
    checks = check_attention(model, tuple(questions), averages.weights, answers)
    biases = np.asarray(averages.biases, dtype=np.float64)
    each = zip(averages.values, averages.weights, strict=True)
    weighings = tuple(
        WeightedText(np.asarray(values, np.float64), normalize_rows(weights), biases)
        for values, weights in each
    )
    return weighings, (*checks, *verify_checks(weighted_mean_check(averages)))


def weighted_mean_check(averages: AverageDecomposition) -> Check:
    """Check that logits are a bias and a weighted mean, relative to the size of the terms."""
    error = np.array(list(_errors(averages)))
    name = "bias and weighted values sum to the logit"
    return Check(name, largest_error(error), LOGIT_TOLERANCE)


def _errors(averages: AverageDecomposition) -> Iterator[Array]:
    biases = np.asarray(averages.biases, dtype=np.float64)
    each = zip(averages.values, averages.weights, averages.logits, strict=True)
    for values, weights, logits in each:
        terms = np.asarray(weights, np.float64)[:, None] * values
        scale = np.maximum(1, np.abs(terms).sum(0) + np.abs(biases))
        yield np.abs(logits - biases - terms.sum(0)) / scale


def median_shift(
    weighing: WeightedText, permutations: int, rng: np.random.Generator
) -> float:
    """Compute the median shift of the answer over shuffles of the weights.

    Args:
        weighing: The text.
        permutations: How many shuffles.
        rng: Draws them.

    Returns:
        Total variation, from 0 to 1.
    """
    slots = len(weighing.weights)
    places = rng.random((permutations, slots)).argsort(1)
    return float(np.median(weighing.answer_shift(weighing.weights[places])))
