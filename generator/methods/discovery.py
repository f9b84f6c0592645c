"""Which of many cells and hypotheses are found, and found again.

Two nulls must both be rejected. Circular shifts (`circular_shifts`) say how strong a
pair is by chance. They do not say that anything was learnt: a network of random weights
carries the last characters too, a quote mark moves all of its cells, and the shifts
reject for many of them. So cells of untrained networks are the second null:

    p_untrained = (1 + untrained cells at least as strong) / (1 + untrained cells)

by hypothesis, over the cells of several networks that differ in their random weights
alone. A cell stronger than all of them gets the share of one, 1 / (1 + n), times
exp(−(strength − largest) / b), with b the mean excess of the largest tenth over their
least: an exponential tail. The strengths of random cells fall off faster than that, as
they are bounded and near to normal, so it makes p too large rather than too small.

The p of a pair is the larger of the two (an intersection-union test), and
Benjamini-Hochberg at q, over all cells and hypotheses at once, says which are found. Of
another untrained network all findings would be false, and its p_untrained is, by
exchange, not smaller than even chances would make it.

Source: Benjamini and Hochberg (1995); tails of a null from few draws: Knijnenburg and
others (2009), "Fewer permutations, more accurate P-values".
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from generator.methods.rank_scores import Doubles

TAIL = 0.1
"""Share of untrained cells whose excess says how fast the tail falls."""
TOP = 5
"""Cells whose overlap between two texts is counted."""


def untrained_p(strengths: Doubles, untrained: Doubles) -> Doubles:
    """The p-value of `strengths` (hypotheses, cells) under cells of untrained networks.

    `untrained` is (hypotheses, their cells). NaN where a hypothesis was not scored.
    """
    found = np.full(strengths.shape, np.nan)
    for row, (real, null) in enumerate(zip(strengths, untrained, strict=True)):
        if np.isfinite(real).all() and np.isfinite(null).all() and null.size:
            found[row] = tail_p(real, null)
    return found


def tail_p(values: Doubles, null: Doubles) -> Doubles:
    """Share of `null` at least as large, continued beyond its largest value."""
    null = np.sort(null)
    reached = null.size - np.searchsorted(null, values - 1e-12)
    p = (1.0 + reached) / (1.0 + null.size)
    tail = null[-max(2, math.ceil(TAIL * null.size)) :]
    fall = max(float((tail - tail[0]).mean()), 1e-9)
    beyond = np.maximum(values - null[-1], 0.0)
    return np.asarray(p * np.exp(-beyond / fall))


def discoveries(p: Doubles, q: float) -> NDArray[np.bool_]:
    """Which p-values Benjamini-Hochberg rejects at `q`, NaN being none."""
    found = np.zeros(p.shape, dtype=bool)
    real = np.isfinite(p)
    values = np.sort(p[real])
    if not values.size:
        return found
    bars = q * np.arange(1, values.size + 1) / values.size
    passed = np.flatnonzero(values <= bars)
    if passed.size:
        found[real] = p[real] <= values[passed[-1]]
    return found


def order(strengths: Doubles) -> NDArray[np.intp]:
    """Cells from the strongest, the first of a tie first; (cells,) of one row."""
    return np.argsort(-np.nan_to_num(strengths, nan=-1.0), kind="stable")


def overlap(one: Doubles, other: Doubles, top: int = TOP) -> float:
    """Jaccard index of the `top` strongest cells of two texts, NaN if not scored."""
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return math.nan
    first, second = set(order(one)[:top].tolist()), set(order(other)[:top].tolist())
    return len(first & second) / len(first | second)
