"""Log odds of a label: what a search for inputs climbs, at texts and at points.

The log odds are `log p − log (1 − p)`. They rise with the probability and do not level
off where it comes near 1, so that inputs can still be compared there; and unlike a
logit they cannot rise with those of the other labels. With `q` being the shares of the
other labels among themselves, their gradient is that of the label's logit less the
average, by `q`, of those of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.models.base import Texts
from generator.models.differentiable import Differentiable

Array = NDArray[np.float64]
TINY = 1e-38
"""The smallest probability: float32 holds no smaller one at full precision."""


@dataclass(frozen=True)
class LogOdds:
    """The log odds of one label of a model, and their slope."""

    model: Differentiable
    label: int

    def of(self, texts: Texts) -> Array:
        """The log odds of texts, (texts,)."""
        return log_odds(self.model.predict(texts), self.label)

    def points(self, tokens: Array) -> list[NDArray[np.float32]]:
        """What is read for vectors (n, T, D) of tokens: padding after them, if any."""
        length = tokens.shape[1]
        after = self.model.embed([(1,) * length])[0][length:]
        narrow = tokens.astype(np.float32)
        return [np.concatenate([row, after]) for row in narrow]

    def slope(self, tokens: Array) -> tuple[Array, Array]:
        """The log odds (n,) at vectors (n, T, D) of tokens, and the gradient there."""
        points, labels = self.points(tokens), len(self.model.labels)
        asked = [label for label in range(labels) for _ in points]
        found = self.model.slopes(points * labels, asked, "logit")
        probabilities = found.probabilities[: len(points)]
        each = np.array([one[: tokens.shape[1]] for one in found.gradients], np.float64)
        each = each.reshape(labels, *tokens.shape)
        weights = -others(probabilities, self.label)
        weights[:, self.label] = 1
        slope = np.einsum("nk,kntd->ntd", weights, each)
        return log_odds(probabilities, self.label), slope


def others(probabilities: NDArray[Any], label: int) -> Array:
    """Shares (n, labels) of the other labels among themselves; 0 for the label."""
    rest = np.maximum(np.asarray(probabilities, np.float64), TINY)
    rest[:, label] = 0
    return np.asarray(rest / rest.sum(1, keepdims=True))


def log_odds(probabilities: NDArray[Any], label: int) -> Array:
    """`log p − log (1 − p)` of rows (n, labels); 1 − p is summed, not subtracted."""
    every = np.maximum(np.asarray(probabilities, np.float64), TINY)
    rest = np.delete(every, label, axis=1).sum(1)
    return np.asarray(np.log(every[:, label]) - np.log(rest))


def vectors_of(model: Differentiable, texts: Sequence[Sequence[int]]) -> Array:
    """The vectors (n, T, D) of the tokens of texts of one length."""
    return np.asarray(model.embedding().astype(np.float64)[np.array(texts)])
