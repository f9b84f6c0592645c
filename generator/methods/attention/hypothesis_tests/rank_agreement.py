"""Three rankings of which words mattered, and how far they agree.

Attention, the gradient of the predicted label's probability with attention held fixed,
and leaving out each word in turn; compared by Kendall's tau over the words of a text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generator.methods.attention.measures import AttendedTexts
from generator.methods.attribution.gradients import GradientScore as GradientScore
from generator.methods.attribution.gradients import slot_scores
from generator.methods.common.classifier_texts import predicted_labels
from generator.methods.common.divergence import total_variation
from generator.methods.common.perturbation import (
    leave_out_masks,
    perturbed_answers,
    split_portions,
)
from generator.methods.common.statistics import (
    RESAMPLES,
    UNDEFINED,
    Interval,
    kendall_tau,
    percentiles,
)
from generator.models.base import Texts
from generator.models.capabilities import Attentive, Classifier, Differentiable

Array = NDArray[np.floating[Any]]
IDS = 4_000_000
"""Ids of shortened texts that are held at once, so that memory is bounded."""
SHORT = 150
"""Words of a text whose pairs are written down at once."""
ROUNDING = 1e-6
"""Answers, and shares of the largest weight, that differ by less do not differ."""


class RankableClassifier(Attentive, Differentiable, Protocol):
    """A classifier with attention, gradients and predictions."""


@dataclass(frozen=True, slots=True)
class Rankings:
    """What mattered in one text by each of the three, (tokens,)."""

    attention: Array
    gradient: Array
    leaving_out: Array

    def taus(self) -> tuple[float, float, float]:
        """Compute tau of attention–gradient, attention–leaving out, gradient–leaving out.

        All are NaN where one of the three does not vary but by rounding.
        """
        still = np.ptp(self.attention) < ROUNDING * self.attention.max()
        if still or np.ptp(self.leaving_out) < ROUNDING or not np.ptp(self.gradient):
            return math.nan, math.nan, math.nan
        matrix = kendall_matrix(
            np.array([self.attention, self.gradient, self.leaving_out])
        )
        return float(matrix[0, 1]), float(matrix[0, 2]), float(matrix[1, 2])


def kendall_matrix(rows: Array) -> NDArray[np.float64]:
    """Compute Kendall's tau-b of every two rows.

    In short texts all pairs of places are written down, a hundred times as fast as to
    call
    `statistics.kendall_tau` for each pair of rows.

    Args:
        rows: (k, n), none of them constant.

    Returns:
        (k, k), from −1 to 1.
    """
    if rows.shape[1] > SHORT:
        return np.array([[kendall_tau(one, other) for other in rows] for one in rows])
    wide = np.asarray(rows, dtype=np.float64)
    signs = np.sign(wide[:, :, None] - wide[:, None, :]).reshape(len(wide), -1)
    both = signs @ signs.T
    alone = np.sqrt(np.diag(both))
    return np.asarray(both / np.outer(alone, alone))


def rank_words(
    model: RankableClassifier, attended: AttendedTexts, gradient: GradientScore
) -> Iterator[Rankings]:
    """Yield all three rankings of each text.

    Args:
        model: The model.
        attended: Its attention to the texts.
        gradient: Which score a gradient gives.
    """
    every = [one.ids for one in attended.questions]
    for part in split_portions(range(len(every)), lambda at: len(every[at]) ** 2, IDS):
        texts = [every[at] for at in part]
        labels = predicted_labels(attended.probabilities[part])
        slopes = gradient_sizes(model, texts, labels, gradient)
        moves = leave_out_changes(model, texts)
        for at, slope, move in zip(part, slopes, moves, strict=True):
            words = len(move)
            yield Rankings(attended.weights[at][:words], slope[:words], move)


def gradient_sizes(
    model: Differentiable,
    texts: Texts,
    labels: NDArray[np.intp],
    gradient: GradientScore,
) -> tuple[Array, ...]:
    """Compute the size of each slot's gradient, attention held fixed.

    "input" is the slope along the word's own vector, which is the slope by its place in
    a
    one-hot input. "norm" is the length of the gradient.

    Args:
        model: The model.
        texts: Token ids.
        labels: The label of each, (texts,).
        gradient: Which size.

    Returns:
        (slots,) for each text, at least 0.
    """
    points = model.embed(texts)
    targets = [int(label) for label in labels]
    gradients = model.compute_gradients(
        points, targets, "probability", frozen=True
    ).gradients
    each = zip(gradients, points, strict=True)
    return tuple(np.abs(slot_scores(slope, point, gradient)) for slope, point in each)


def leave_out_changes(model: Classifier, texts: Texts) -> Iterator[Array]:
    """Yield how far the answer moves when a token is taken out, (tokens,) from 0 to 1."""
    masks = [leave_out_masks(len(text)) for text in texts]
    for probabilities in perturbed_answers(model, texts, masks, "remove"):
        yield total_variation(probabilities[1:], probabilities[0])


def tau_lead(taus: Array, rng: np.random.Generator) -> Interval:
    """Compute by how much the third mean exceeds the larger of the other two.

    Args:
        taus: (texts, 3).
        rng: Resamples texts, each with its three values.

    Returns:
        The lead and its interval.
    """
    texts = len(taus)
    if not texts:
        return UNDEFINED
    resampled = (taus[rng.integers(0, texts, texts)].mean(0) for _ in range(RESAMPLES))
    low, high = percentiles(np.array([_lead(means) for means in resampled]))
    return Interval(_lead(taus.mean(0)), low, high)


def _lead(means: Array) -> float:
    return float(means[2] - max(means[0], means[1]))
