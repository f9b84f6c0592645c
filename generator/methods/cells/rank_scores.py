"""How well each cell tells each hypothesis, by ranks alone, with intervals.

A hypothesis that is true or false of a character is scored by the area under the ROC
curve (AUROC): the chance that the cell is higher at a character of which it is true
than at one of which it is not, ties counting half. A graded one (a depth, a position)
is scored by Spearman's rank correlation. Both are the covariance of the cell's ranks
with the labels, up to factors that the labels fix, so one matrix product scores all
cells against all hypotheses; and the same covariance at all circular shifts is a
correlation of two sequences, see `null_hypotheses`.

The strength puts both on one scale, from 0 to 1: |2 AUROC − 1|, and |ρ|. A cell that is
low where a hypothesis holds is as good as one that is high: its direction is recorded,
its
strength has no sign.

Characters of a text are not independent, so for intervals the text is cut into blocks
of
equal length, longer than nearly all strings and comments, and blocks are what varies.

AUROC is a mean of placement values: each true character counts with the share of false
ones below it, each false one with the share of true ones above it. How far the values
of a block lie from AUROC, summed and divided by the number of true or of false ones in
the text, is what the block adds to the error, and the squares of these make the
variance. The interval is made on the scale of the logit, log(A / (1 − A)), and brought
back, for two reasons: it cannot leave [0, 1], and near 1, where errors upwards have
less room than errors downwards, it holds the true value more often than an interval
that is symmetric. Its width comes from Student's t with one degree of freedom less than
there are blocks with true ones, or with false ones if these are fewer: a hypothesis
that is true in eight blocks is known from eight. In a single block nothing varies, and
there is no interval. A score of 1 or of 0 has an interval of no width.

For Spearman's ρ blocks are drawn with replacement, and the correlation of the ranks is
computed over each draw.

Source: DeLong and others (1988), placement values; Obuchowski (1997), their sums over
clusters; Cameron, Gelbach and Miller (2008), Student's t for few clusters; Pepe (2003)
and Qin and Hotilovac (2008), the scale of the logit; Künsch (1989), blocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.common.statistics import (
    LEVEL,
    RESAMPLES,
    UNDEFINED,
    Interval,
    percentiles,
)

Numbers = NDArray[np.floating[Any]]
Doubles = NDArray[np.float64]

TOGETHER = 32
"""Cells ranked at once: 100,000 characters of them take 26 MB."""


@dataclass(frozen=True, slots=True)
class HypothesisLabels:
    """Hypotheses over a text, ready to be compared with ranks.

    `rows` are 0 and 1 or, of graded hypotheses, ranks minus their mean. Their product
    with centred ranks, divided by `sizes` (and for graded ones by the length of the
    ranks), is the signed strength. Of what does not vary no cell can tell anything.
    """

    rows: Doubles  # (hypotheses, characters)
    sizes: Doubles  # (hypotheses,)
    graded: NDArray[np.bool_]  # (hypotheses,)
    varies: NDArray[np.bool_]  # (hypotheses,)


def prepare_labels(values: Numbers, graded: NDArray[np.bool_]) -> HypothesisLabels:
    """Prepare hypotheses to be compared with ranks.

    Args:
        values: (hypotheses, characters).
        graded: Which are graded, (hypotheses,).
    """
    rows, sizes = np.zeros(values.shape), np.ones(len(values))
    varies = np.ptp(values, axis=1) > 0
    for i in np.flatnonzero(varies):
        if graded[i]:
            ranks = rank_values(values[i])
            rows[i] = ranks - ranks.mean()
            sizes[i] = row_norm(rows[i])
            continue
        rows[i] = values[i] > 0
        true = float(rows[i].sum())
        varies[i] = 0 < true < rows[i].size
        # Of n characters with k true, 2 AUROC − 1 = 2 Σ rank·label / (k (n − k)).
        sizes[i] = max(1.0, true * (rows[i].size - true)) / 2
    return HypothesisLabels(rows, sizes, np.asarray(graded, dtype=bool), varies)


def rank_values(values: Numbers) -> Doubles:
    """Rank values from 1 down their first axis, ties sharing their mean rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values, axis=0), dtype=np.float64)


def row_norm(values: Doubles) -> float:
    """Return the length of a row, 1 where it has none."""
    return float(np.sqrt(values @ values)) or 1.0


def centred_ranks(cells: Numbers) -> Iterator[tuple[slice, Doubles]]:
    """Yield the ranks of some cells at a time, minus their mean.

    Args:
        cells: (characters, cells).

    Yields:
        Which cells they are, and their ranks, (part, characters).
    """
    for start in range(0, cells.shape[1], TOGETHER):
        part = slice(start, min(start + TOGETHER, cells.shape[1]))
        ranks = rank_values(cells[:, part]).T
        yield part, ranks - ranks.mean(1, keepdims=True)


def graded_norms(ranks: Doubles) -> Doubles:
    """Return what a graded hypothesis's product with `ranks` is divided by, (cells, 1)."""
    sizes = np.sqrt(np.einsum("cn,cn->c", ranks, ranks))
    return np.where(sizes > 0, sizes, 1.0)[:, None]


def signed_strengths(cells: Numbers, labels: HypothesisLabels) -> Doubles:
    """Compute 2 AUROC − 1 or ρ of every hypothesis and cell.

    Args:
        cells: (characters, cells).
        labels: The hypotheses.

    Returns:
        (hypotheses, cells), from −1 to 1; NaN where a hypothesis does not vary, 0 for a
        cell
        that does not.
    """
    strengths = np.empty((len(labels.graded), cells.shape[1]))
    for part, ranks in centred_ranks(cells):
        products = ranks @ labels.rows.T / labels.sizes  # (part, hypotheses)
        products /= np.where(labels.graded, graded_norms(ranks), 1.0)
        strengths[:, part] = products.T
    strengths[~labels.varies] = np.nan
    return np.clip(strengths, -1, 1)


def printed_score(signed: float, *, graded: bool) -> float:
    """Convert a signed strength to the score that is printed: AUROC, or Spearman's ρ."""
    return signed if graded else (1 + signed) / 2


BLOCKS = 50
"""Blocks of a text; fewer where it has not so many characters."""


def estimate_auroc(values: Numbers, labels: NDArray[np.bool_]) -> Interval:
    """Estimate AUROC with its interval over blocks.

    Args:
        values: A cell, (characters,).
        labels: (characters,).

    Returns:
        From 0 to 1; NaN where labels do not vary.
    """
    if labels.all() or not labels.any():
        return UNDEFINED
    placed_values = placements(values, labels)
    auroc = float(placed_values[labels].mean())
    shares = np.where(labels, 1 / labels.sum(), 1 / (~labels).sum())
    errors = sum_blocks((placed_values - auroc) * shares)
    seen = min(int(np.count_nonzero(sum_blocks(one))) for one in (labels, ~labels))
    if seen < 2:  # noqa: PLR2004 - a single block has no variance
        return Interval(auroc, math.nan, math.nan)
    variance = len(errors) / (len(errors) - 1) * float(errors @ errors)
    return logit_interval(auroc, math.sqrt(variance), seen - 1)


def placements(values: Numbers, labels: NDArray[np.bool_]) -> Doubles:
    """Compute the share of the other side that each character is rightly placed to.

    Args:
        values: (characters,).
        labels: (characters,).

    Returns:
        (characters,), from 0 to 1.
    """
    within = np.empty(len(values))
    within[labels], within[~labels] = (
        rank_values(values[labels]),
        rank_values(values[~labels]),
    )
    # Ranks among all, minus ranks among its own: how many of the others lie below.
    placed = (rank_values(values) - within) / np.where(
        labels, (~labels).sum(), labels.sum()
    )
    placed[~labels] = 1 - placed[~labels]
    return np.asarray(placed, dtype=np.float64)


def logit_interval(share: float, error: float, freedom: int) -> Interval:
    """Compute the interval of a share on the scale of the logit, within [0, 1].

    Args:
        share: From 0 to 1.
        error: Its standard error.
        freedom: Degrees of freedom of Student's t.
    """
    from scipy.special import expit, logit
    from scipy.stats import t

    if not error:
        return Interval(share, share, share)
    far = float(t.ppf((1 + LEVEL) / 2, freedom)) * error / (share * (1 - share))
    low, high = expit(logit(share) - far), expit(logit(share) + far)
    return Interval(share, float(low), float(high))


def estimate_spearman(
    values: Numbers, labels: Numbers, rng: np.random.Generator
) -> Interval:
    """Estimate Spearman's ρ with its interval over drawn blocks.

    Args:
        values: A cell, (characters,).
        labels: (characters,).
        rng: Draws the blocks.
    """
    if not (np.ptp(values) and np.ptp(labels)):
        return UNDEFINED
    one, other = (
        each - each.mean() for each in (rank_values(values), rank_values(labels))
    )
    draws = draw_blocks(len(values), rng)
    count = draws @ sum_blocks(np.ones(len(values)))
    mean = [draws @ sum_blocks(each) / count for each in (one, other)]
    product = draws @ sum_blocks(one * other) / count - mean[0] * mean[1]
    sizes = [
        draws @ sum_blocks(each * each) / count - middle**2
        for each, middle in zip((one, other), mean, strict=True)
    ]
    rhos = product / np.sqrt(np.maximum(sizes[0] * sizes[1], 1e-30))
    rho = float(one @ other / math.sqrt((one @ one) * (other @ other)))
    low, high = percentiles(np.clip(rhos, -1, 1))
    return Interval(rho, min(low, rho), max(high, rho))


def block_edges(length: int) -> NDArray[np.intp]:
    """Return where blocks begin."""
    blocks = min(BLOCKS, length)
    return (np.arange(blocks) * length // blocks).astype(np.intp)


def sum_blocks(values: NDArray[Any]) -> Doubles:
    """Sum `values` (characters,) over each block."""
    return np.add.reduceat(
        np.asarray(values, dtype=np.float64), block_edges(len(values))
    )


def draw_blocks(length: int, rng: np.random.Generator) -> Doubles:
    """Draw how often each block counts, (resamples, blocks)."""
    blocks = len(block_edges(length))
    counts = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=RESAMPLES)
    return np.asarray(counts, dtype=np.float64)


def count_units(length: int) -> int:
    """Return how many units an interval rests on."""
    return len(block_edges(length))
