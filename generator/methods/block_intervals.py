"""Intervals of rank scores over a text, whose characters are not independent.

The text is cut into blocks of equal length, longer than nearly all strings and
comments, and blocks are drawn with replacement. For Spearman's ρ, the correlation of
the ranks is computed over the drawn blocks. For AUROC, drawing changes which pairs of
characters are compared, so its first-order expansion is used: each true character
counts with the share of false ones below it, each false one with the share of true ones
above it, and

    AUROC* = mean over drawn true ones + mean over drawn false ones − AUROC.

Source: DeLong and others (1988), placement values; Künsch (1989), blocks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.methods.rank_scores import Doubles, Numbers, ranked
from generator.methods.statistics import RESAMPLES, UNDEFINED, Interval, percentiles

BLOCKS = 50
"""Blocks of a text; fewer where it has not so many characters."""


def auroc(
    values: Numbers, labels: NDArray[np.bool_], rng: np.random.Generator
) -> Interval:
    """AUROC of `values` (characters,) for `labels`, with its interval over blocks."""
    true, false = int(labels.sum()), int((~labels).sum())
    if not (true and false):
        return UNDEFINED
    ranks = ranked(values)
    within = np.empty(len(values))
    within[labels], within[~labels] = ranked(values[labels]), ranked(values[~labels])
    # Ranks among all, minus ranks among its own: how many of the others lie below.
    placed = (ranks - within) / np.where(labels, false, true)
    placed[~labels] = 1 - placed[~labels]
    found = float(placed[labels].mean())
    draws = drawn(len(values), rng)
    halves = [
        draws
        @ summed(np.where(side, placed, 0.0))
        / np.maximum(draws @ summed(side), 1)
        for side in (labels, ~labels)
    ]
    return _interval(found, halves[0] + halves[1] - found)


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
    return _interval(found, np.clip(rhos, -1, 1))


def _interval(found: float, draws: Doubles) -> Interval:
    low, high = percentiles(draws)
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
