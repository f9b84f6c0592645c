"""The coefficients of a bag of words under one penalty, or under each that is tried."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.models.bag_of_words_grams import Tally
from generator.models.bag_of_words_model import BagOfWords
from generator.progress import Progress

Array = NDArray[np.float64]
Numbers = NDArray[np.integer[Any]]
STRENGTHS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)
"""Penalties to try where the study names none, strong ones first."""
STEPS = 1000
"""Steps of L-BFGS at most."""


class Sample(NamedTuple):
    """Texts as weighted features, and the places of their labels."""

    tally: Tally
    values: Array  # parallel to the tally
    truths: Numbers  # (texts,)

    def loss(self, model: BagOfWords) -> float:
        """Mean cross-entropy of a model here, in nats; NaN for no texts."""
        count = len(self.truths)
        if not count:
            return math.nan
        logits = model.summed(self.tally, self.values, count)
        top = logits.max(axis=1)
        sums = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
        return float((sums - logits[np.arange(count), self.truths]).mean())


class Fit(NamedTuple):
    """A model fitted under one penalty."""

    strength: float
    model: BagOfWords
    validation_loss: float
    converged: bool


def ready() -> None:
    """Import what `fits` needs, so that who takes the time can do so before."""
    import scipy.sparse  # noqa: F401
    import sklearn.linear_model  # noqa: F401


def fits(
    before: BagOfWords,
    taught: Sample,
    held: Sample,
    strength: float | None,
    progress: Progress,
) -> Iterator[Fit]:
    """A fit under the penalty; without one, under weaker and weaker ones.

    Ends with the first that is worse on held-out texts than the one before: the weakest
    penalties take longest to fit.
    """
    tried = STRENGTHS if strength is None else (strength,)
    last = math.inf
    for number, penalty in enumerate(tried, 1):
        model, converged = _fit(before, taught, penalty)
        found = Fit(penalty, model, held.loss(model), converged)
        progress.step(1, number, len(tried), taught.loss(model))
        yield found
        if found.validation_loss > last:
            return
        last = found.validation_loss


def _fit(
    before: BagOfWords, taught: Sample, strength: float
) -> tuple[BagOfWords, bool]:
    """The coefficients with the lowest penalised loss, and whether they were found.

    On one thread, as sums over several differ in their last bits.
    """
    from scipy.sparse import csr_array
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    tally, shape = taught.tally, (len(taught.truths), len(before.grams))
    rows = csr_array((taught.values, (tally.texts, tally.features)), shape=shape)
    search = LogisticRegression(C=1 / strength, max_iter=STEPS)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        search.fit(rows, taught.truths)
    found = BagOfWords(
        before.grams, before.idf, search.coef_, search.intercept_, before.labels, 1
    )
    return found, int(search.n_iter_.max()) < STEPS
