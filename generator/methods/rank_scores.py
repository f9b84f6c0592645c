"""How well each cell tells each hypothesis, by ranks alone.

A hypothesis that is true or false of a character is scored by the area under the ROC
curve (AUROC): the chance that the cell is higher at a character of which it is true
than at one of which it is not, ties counting half. A graded one (a depth, a position)
is scored by Spearman's rank correlation. Both are the covariance of the cell's ranks
with the labels, up to factors that the labels fix, so one matrix product scores all
cells against all hypotheses; and the same covariance at all circular shifts is a
correlation of two sequences, see `circular_shifts`.

`strength` puts both on one scale, from 0 to 1: |2 AUROC − 1|, and |ρ|. A cell that is
low where a hypothesis holds is as good as one that is high: its direction is kept, its
strength has no sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]
Doubles = NDArray[np.float64]

TOGETHER = 32
"""Cells ranked at once: 100,000 characters of them take 26 MB."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Hypotheses over a text, ready to be compared with ranks.

    `rows` are 0 and 1 or, of graded hypotheses, ranks minus their mean. Their product
    with centred ranks, divided by `sizes` (and for graded ones by the length of the
    ranks), is the signed strength. Of what does not vary no cell can tell anything.
    """

    rows: Doubles  # (hypotheses, characters)
    sizes: Doubles  # (hypotheses,)
    graded: NDArray[np.bool_]  # (hypotheses,)
    varies: NDArray[np.bool_]  # (hypotheses,)


def labels_of(values: Numbers, graded: NDArray[np.bool_]) -> Labels:
    """`values` (hypotheses, characters) as they are compared with ranks."""
    rows, sizes = np.zeros(values.shape), np.ones(len(values))
    varies = np.ptp(values, axis=1) > 0
    for i in np.flatnonzero(varies):
        if graded[i]:
            ranks = ranked(values[i])
            rows[i] = ranks - ranks.mean()
            sizes[i] = norm(rows[i])
            continue
        rows[i] = values[i] > 0
        true = float(rows[i].sum())
        varies[i] = 0 < true < rows[i].size
        # Of n characters with k true, 2 AUROC − 1 = 2 Σ rank·label / (k (n − k)).
        sizes[i] = max(1.0, true * (rows[i].size - true)) / 2
    return Labels(rows, sizes, np.asarray(graded, dtype=bool), varies)


def ranked(values: Numbers) -> Doubles:
    """Ranks of `values` from 1 down their first axis, ties sharing their mean rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values, axis=0), dtype=np.float64)


def norm(values: Doubles) -> float:
    """The length of a row, 1 where it has none."""
    return float(np.sqrt(values @ values)) or 1.0


def centred_ranks(cells: Numbers) -> Iterator[tuple[slice, Doubles]]:
    """Ranks of `cells` (characters, cells) minus their mean, (part, characters).

    Some cells at a time, and which they are.
    """
    for start in range(0, cells.shape[1], TOGETHER):
        part = slice(start, min(start + TOGETHER, cells.shape[1]))
        ranks = ranked(cells[:, part]).T
        yield part, ranks - ranks.mean(1, keepdims=True)


def graded_norms(ranks: Doubles) -> Doubles:
    """What a graded hypothesis's product with `ranks` is divided by, (cells, 1)."""
    sizes = np.sqrt(np.einsum("cn,cn->c", ranks, ranks))
    return np.where(sizes > 0, sizes, 1.0)[:, None]


def signed_strengths(cells: Numbers, labels: Labels) -> Doubles:
    """2 AUROC − 1 or ρ of every hypothesis and cell, (hypotheses, cells).

    NaN where a hypothesis does not vary; 0 for a cell that does not.
    """
    found = np.empty((len(labels.graded), cells.shape[1]))
    for part, ranks in centred_ranks(cells):
        products = ranks @ labels.rows.T / labels.sizes  # (part, hypotheses)
        products /= np.where(labels.graded, graded_norms(ranks), 1.0)
        found[:, part] = products.T
    found[~labels.varies] = np.nan
    return np.clip(found, -1, 1)


def score_of(signed: float, *, graded: bool) -> float:
    """The score as it is printed: AUROC, or Spearman's ρ."""
    return signed if graded else (1 + signed) / 2
