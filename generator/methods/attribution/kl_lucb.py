"""Confidence bounds on a mean of yes-or-no draws, by the Kullback–Leibler divergence.

The divergence of p from q is that of two coins, `p ln(p/q) + (1−p) ln((1−p)/(1−q))`, in
nats. With a mean p of n independent draws, a truth q on a given side of p whose
divergence is `level / n` or more has a chance of at most `exp(−level)`. So the truths
that are still possible lie between the two q at which the divergence is `level / n`.
Unlike p ± 2 standard errors, this holds for every n, and where p is 0 or 1.

1. `confidence_level` is for bounds that hold together at every one of any number of
looks,
   for every one of several candidates.
2. `confidence_interval` is for one look at one mean. It covers the truth in 95 % of
cases
   or more.

Source: Kaufmann and Kalyanakrishnan (2013), Information complexity in bandit subset
selection, JMLR W&CP 30; the bound itself is Chernoff's (1952).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from generator.methods.common.statistics import LEVEL, Interval

Array = NDArray[np.float64]

EXPONENT, FACTOR = 1.1, 405.5
"""Constants of the paper: `β = ln(405.5 n t^1.1 / δ)`."""
HALVINGS = 60
"""Of a span of at most 1: what is left is below 1e-18."""


def confidence_level(candidates: int, look: int, delta: float) -> float:
    """Compute the level `β + ln β`, which `divergence × draws` may reach at one look.

    All bounds of all candidates hold at all looks with a chance of 1 − `delta`.

    Args:
        candidates: How many means are bounded.
        look: Number of the look, from 1.
        delta: The chance that a bound fails, from 0 to 1.
    """
    beta = math.log(FACTOR * candidates * look**EXPONENT / delta)
    return beta + math.log(beta)


def bernoulli_divergence(means: ArrayLike, truths: ArrayLike) -> Array:
    """Compute the divergence of coins.

    Args:
        means: From 0 to 1.
        truths: From 0 to 1, broadcast against `means`.

    Returns:
        Divergences in nats; infinite where a truth of 0 or 1 excludes the mean.
    """
    from scipy.special import rel_entr

    p, q = np.asarray(means, np.float64), np.asarray(truths, np.float64)
    divergence: Any = rel_entr(p, q) + rel_entr(1 - p, 1 - q)
    return np.asarray(divergence, np.float64)


def lower_bounds(means: ArrayLike, levels: ArrayLike) -> Array:
    """Compute the smallest truths whose divergence is at most a level.

    Args:
        means: From 0 to 1.
        levels: `confidence_level` over the number of draws, broadcast against `means`.

    Returns:
        Bounds from 0 to 1.
    """
    return _bounds(means, levels, 0.0)


def upper_bounds(means: ArrayLike, levels: ArrayLike) -> Array:
    """Compute the largest truths whose divergence is at most a level.

    Args:
        means: From 0 to 1.
        levels: `confidence_level` over the number of draws, broadcast against `means`.

    Returns:
        Bounds from 0 to 1.
    """
    return _bounds(means, levels, 1.0)


def _bounds(means: ArrayLike, levels: ArrayLike, end: float) -> Array:
    """Compute bounds between the means and `end` by bisection, `end` if it is possible."""
    from scipy.special import rel_entr  # once: what follows is in the inner loop

    p, most = np.broadcast_arrays(np.asarray(means, np.float64), levels)
    rest = 1 - p
    inside, outside = p.copy(), np.full(p.shape, end)
    possible = bernoulli_divergence(p, outside) <= most
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        near = rel_entr(p, middle) + rel_entr(rest, 1 - middle) <= most
        inside = np.where(near, middle, inside)
        outside = np.where(near, outside, middle)
    return np.where(possible, end, inside)


def confidence_interval(mean: float, draws: int) -> Interval:
    """Compute bounds that hold the truth in 95 % of cases or more.

    Args:
        mean: Mean of the draws, from 0 to 1.
        draws: How many; all is NaN where there is none.
    """
    if not draws:
        return Interval(math.nan, math.nan, math.nan)
    most = math.log(2 / (1 - LEVEL)) / draws  # half of the risk on either side
    return Interval(
        mean, float(lower_bounds(mean, most)), float(upper_bounds(mean, most))
    )
