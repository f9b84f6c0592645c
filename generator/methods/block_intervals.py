"""Intervals of rank scores over a text, whose characters are not independent.

The text is cut into blocks of equal length, longer than nearly all strings and
comments, and blocks are what varies.

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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.rank_scores import Doubles, Numbers, ranked
from generator.methods.statistics import (
    LEVEL,
    RESAMPLES,
    UNDEFINED,
    Interval,
    percentiles,
)

BLOCKS = 50
"""Blocks of a text; fewer where it has not so many characters."""


def auroc(values: Numbers, labels: NDArray[np.bool_]) -> Interval:
    """AUROC of `values` (characters,) for `labels`, with its interval over blocks."""
    if labels.all() or not labels.any():
        return UNDEFINED
    placed = placements(values, labels)
    found = float(placed[labels].mean())
    shares = np.where(labels, 1 / labels.sum(), 1 / (~labels).sum())
    errors = summed((placed - found) * shares)
    seen = min(int(np.count_nonzero(summed(one))) for one in (labels, ~labels))
    if seen < 2:  # noqa: PLR2004 - what is seen once does not vary
        return Interval(found, math.nan, math.nan)
    variance = len(errors) / (len(errors) - 1) * float(errors @ errors)
    return on_the_logit(found, math.sqrt(variance), seen - 1)


def placements(values: Numbers, labels: NDArray[np.bool_]) -> Doubles:
    """Of each character the share of the other side that it is rightly placed to."""
    within = np.empty(len(values))
    within[labels], within[~labels] = ranked(values[labels]), ranked(values[~labels])
    # Ranks among all, minus ranks among its own: how many of the others lie below.
    found = (ranked(values) - within) / np.where(labels, (~labels).sum(), labels.sum())
    found[~labels] = 1 - found[~labels]
    return np.asarray(found, dtype=np.float64)


def on_the_logit(share: float, error: float, freedom: int) -> Interval:
    """The interval of a share with such a standard error, within [0, 1]."""
    from scipy.special import expit, logit
    from scipy.stats import t

    if not error:
        return Interval(share, share, share)
    far = float(t.ppf((1 + LEVEL) / 2, freedom)) * error / (share * (1 - share))
    low, high = expit(logit(share) - far), expit(logit(share) + far)
    return Interval(share, float(low), float(high))


def spearman(values: Numbers, labels: Numbers, rng: np.random.Generator) -> Interval:
    """Spearman's ρ of `values` and `labels` (characters,), with its interval."""
    if not (np.ptp(values) and np.ptp(labels)):
        return UNDEFINED
    one, other = (each - each.mean() for each in (ranked(values), ranked(labels)))
    draws = drawn(len(values), rng)
    count = draws @ summed(np.ones(len(values)))
    mean = [draws @ summed(each) / count for each in (one, other)]
    product = draws @ summed(one * other) / count - mean[0] * mean[1]
    sizes = [
        draws @ summed(each * each) / count - middle**2
        for each, middle in zip((one, other), mean, strict=True)
    ]
    rhos = product / np.sqrt(np.maximum(sizes[0] * sizes[1], 1e-30))
    found = float(one @ other / math.sqrt((one @ one) * (other @ other)))
    low, high = percentiles(np.clip(rhos, -1, 1))
    return Interval(found, min(low, found), max(high, found))


def edges(length: int) -> NDArray[np.intp]:
    """Where blocks begin."""
    blocks = min(BLOCKS, length)
    return (np.arange(blocks) * length // blocks).astype(np.intp)


def summed(values: NDArray[Any]) -> Doubles:
    """Sums of `values` (characters,) over each block."""
    return np.add.reduceat(np.asarray(values, dtype=np.float64), edges(len(values)))


def drawn(length: int, rng: np.random.Generator) -> Doubles:
    """How often each block is drawn, (resamples, blocks)."""
    blocks = len(edges(length))
    counts = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=RESAMPLES)
    return np.asarray(counts, dtype=np.float64)


def count_of(length: int) -> int:
    """How many units an interval rests on."""
    return len(edges(length))
