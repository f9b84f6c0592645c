"""Two models on the same documents: who alone is right, and whether that is chance.

Only documents on which one of the two is right and the other wrong tell them apart. If
neither model were better, each of these would fall to either like a coin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.methods.estimates import Verdict
from generator.methods.statistics import RESAMPLES, Interval, percentiles

Mask = NDArray[np.bool_]
SIGNIFICANT = 0.05


class Pair(NamedTuple):
    """How many documents each model alone has right, of how many."""

    mine: int
    other: int
    documents: int

    @property
    def difference(self) -> float:
        """My share of right answers minus the other's."""
        return (self.mine - self.other) / self.documents

    def p(self) -> float:
        """McNemar's exact two-sided p; 1 where nothing tells the models apart."""
        if not self.mine + self.other:
            return 1.0
        from scipy.stats import binomtest

        return float(binomtest(self.mine, self.mine + self.other).pvalue)

    def interval(self, rng: np.random.Generator) -> Interval:
        """The difference and its bootstrap interval over documents.

        A resampled document falls to me, to the other, or to neither, so that three
        numbers are drawn where all documents could be.
        """
        both = self.documents - self.mine - self.other
        shares = np.array([self.mine, self.other, both]) / self.documents
        drawn = rng.multinomial(self.documents, shares, size=RESAMPLES)
        low, high = percentiles((drawn[:, 0] - drawn[:, 1]) / self.documents)
        value = self.difference
        return Interval(value, min(low, value), max(high, value))

    def verdict(self) -> Verdict:
        """Whether I am right more often: by the sign of a significant difference."""
        if self.p() >= SIGNIFICANT:
            return "undecided"
        return "supported" if self.mine > self.other else "not supported"


def pair(mine: Mask, other: Mask) -> Pair:
    """Where two models were right, (documents,) each, compared."""
    return Pair(int(np.sum(mine & ~other)), int(np.sum(other & ~mine)), mine.size)
