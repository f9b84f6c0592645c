"""Whether a classifier is right as often as it is sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Predictions
from generator.methods.outcomes import right
from generator.methods.statistics import RESAMPLES, Interval, percentiles

BINS = 10
"""Of equal width; a bin holds its upper end, not its lower one."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Confidence:
    """How sure a model was of the label it gave, and whether it was right."""

    sure: Array  # (documents,), probability of the label given
    right: NDArray[np.bool_]  # (documents,)

    @property
    def bins(self) -> NDArray[np.intp]:
        """The bin of each document, (documents,)."""
        found = np.ceil(self.sure * BINS).astype(np.intp) - 1
        return np.clip(found, 0, BINS - 1)

    def each(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Bins that are not empty: their name, and who in them was right."""
        bins = self.bins
        for number in range(BINS):
            mine = bins == number
            if mine.any():
                ends = f"{number / BINS:.1f}–{(number + 1) / BINS:.1f}"
                yield f"{ends} (mean {self.sure[mine].mean():.2f})", self.right[mine]

    def error(self) -> float:
        """Expected calibration error: the gap of a bin, averaged over documents."""
        return gap(self.bins, self.right - self.sure)

    def interval(self, rng: np.random.Generator) -> Interval:
        """The error with its bootstrap interval over documents."""
        bins, gaps, size = self.bins, self.right - self.sure, len(self.sure)
        value = self.error()
        drawn = (rng.integers(0, size, size) for _ in range(RESAMPLES))
        found = [gap(bins[places], gaps[places]) for places in drawn]
        low, high = percentiles(np.array(found))
        return Interval(value, min(low, value), max(high, value))

    def perfect(self, rng: np.random.Generator) -> Interval:
        """The error of a model that is as sure, and right exactly as often.

        It is above 0, for in a finite sample no bin hits its mean.
        """
        bins = self.bins
        found = [
            gap(bins, (rng.random(len(self.sure)) < self.sure) - self.sure)
            for _ in range(RESAMPLES)
        ]
        low, high = percentiles(np.array(found))
        return Interval(float(np.mean(found)), low, high)


def confidence(found: Predictions) -> Confidence:
    """How sure predictions are, in double precision."""
    sure = found.probabilities.max(axis=1).astype(np.float64)
    return Confidence(np.clip(sure, 0.0, 1.0), right(found))


def gap(bins: NDArray[np.intp], gaps: NDArray[np.floating[Any]]) -> float:
    """Sizes of the sums of `gaps` in each bin, over the number of documents."""
    sums = np.bincount(bins, gaps, BINS)
    return float(np.abs(sums).sum() / len(bins))
