"""A sparse linear probe: what all cells together say of a hypothesis.

A single cell can be no better than the best weighted sum of cells, so the probe is the
upper bound that a cell's score is read against. It is a logistic regression with an L1
penalty for hypotheses that are true or false, a lasso for graded ones, on standardised
cells of one text, scored on another by AUROC or by Spearman's ρ. It says that the
network holds something, not where, and not that the network uses it.

Source: Alain and Bengio (2016), linear classifier probes; Tibshirani (1996), the lasso.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from generator.methods.cells.rank_scores import (
    Doubles,
    Numbers,
    prepare_labels,
    printed_score,
    signed_strengths,
)

MOST = 4000
"""Characters the probe is fitted on, evenly spread: neighbours say much the same."""
PENALTY = 0.02
"""Inverse strength of the logistic penalty; some tens of cells stay."""
SHRINK = 0.02
"""Strength of the lasso's penalty, in standard deviations of the labels."""
ROUNDS = 300
"""Passes after which the fit is taken as it is."""


class ProbeScore(NamedTuple):
    """The probe's score on the other text, and how many cells it uses."""

    score: float
    cells: int


NOTHING = ProbeScore(math.nan, 0)


def fit_probe(
    fitted: tuple[Numbers, Numbers], judged: tuple[Numbers, Numbers], *, graded: bool
) -> ProbeScore:
    """Fit a probe on one text and score it on another.

    Args:
        fitted: Cells (characters, cells) and labels (characters,) to fit.
        judged: Those of the other text.
        graded: Whether labels are graded, not true or false.

    Returns:
        AUROC, or Spearman's ρ where graded; NaN where labels do not vary.
    """
    cells, labels = (part[:: fit_stride(len(fitted[0]))] for part in fitted)
    middle, wide = cells.mean(0), cells.std(0)
    wide = np.where(wide > 0, wide, 1.0)
    if not (np.ptp(labels) and np.ptp(judged[1])):
        return NOTHING
    weights = fit_weights((cells - middle) / wide, labels, graded=graded)
    predicted = ((judged[0] - middle) / wide) @ weights
    known = prepare_labels(np.asarray(judged[1])[None], np.array([graded]))
    signed = float(signed_strengths(predicted[:, None], known)[0, 0])
    return ProbeScore(printed_score(signed, graded=graded), int((weights != 0).sum()))


def fit_stride(length: int) -> int:
    """Return the stride at which characters are fitted."""
    return max(1, math.ceil(length / MOST))


def fit_weights(cells: Numbers, labels: Numbers, *, graded: bool) -> Doubles:
    """Fit the weights (cells,) of the sparse sum."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso, LogisticRegression

    with warnings.catch_warnings():
        # A fit that is stopped early is a lower bound of the upper bound, and fast.
        warnings.simplefilter("ignore", ConvergenceWarning)
        if graded:
            wanted = (labels - labels.mean()) / labels.std()
            lasso = Lasso(alpha=SHRINK, max_iter=ROUNDS).fit(cells, wanted)
            return np.asarray(lasso.coef_, dtype=np.float64)
        regression = LogisticRegression(
            l1_ratio=1.0, C=PENALTY, solver="liblinear", max_iter=ROUNDS, random_state=0
        ).fit(cells, labels > 0)
        return np.asarray(regression.coef_[0], dtype=np.float64)
