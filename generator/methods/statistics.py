"""Intervals, rank correlations and permutation p-values, on plain arrays.

Everything random takes a generator, so that who asks decides the seed. What is not
defined (a correlation with a constant, an interval of one value) is NaN, never 0.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

LEVEL = 0.95
"""Coverage of every interval."""
RESAMPLES = 2000
"""Bootstrap samples: the 2.5 % bound then rests on 50 of them."""
CELLS = 2_000_000
"""Numbers of resamples held at once."""
FLAT = 1e-9
"""Residual ranks smaller than this, for each value, are rounding: no variation."""


class Interval(NamedTuple):
    """A value and its 95 % interval; a bound is NaN where it is not defined."""

    value: float
    low: float
    high: float


UNDEFINED = Interval(math.nan, math.nan, math.nan)


def bootstrap(
    values: Array, rng: np.random.Generator, resamples: int = RESAMPLES
) -> Interval:
    """Mean of `values` (n,) and its percentile interval over resampled values."""
    values = np.asarray(values, dtype=np.float64)
    if not values.size:
        return UNDEFINED
    mean = float(values.mean())
    if values.size == 1:
        return Interval(mean, math.nan, math.nan)
    low, high = percentiles(_means(values, rng, resamples))
    return Interval(mean, min(low, mean), max(high, mean))


def _means(values: Array, rng: np.random.Generator, resamples: int) -> Array:
    """Means of so many resamples, some at a time, as they fill memory otherwise."""
    size = max(1, CELLS // values.size)
    found = np.empty(resamples)
    for start in range(0, resamples, size):
        part = found[start : start + size]
        drawn = rng.integers(0, values.size, size=(part.size, values.size))
        part[:] = values[drawn].mean(1)
    return found


def percentiles(values: Array) -> tuple[float, float]:
    """Bounds that hold the middle 95 % of `values`."""
    edge = 50 * (1 - LEVEL)
    low, high = np.percentile(values, [edge, 100 - edge])
    return float(low), float(high)


def wilson(hits: int, count: int) -> Interval:
    """Share of `hits` among `count` and its Wilson score interval."""
    if not count:
        return UNDEFINED
    from scipy.stats import norm

    z = float(norm.ppf((1 + LEVEL) / 2))
    share = hits / count
    scale = 1 + z * z / count
    centre = (share + z * z / (2 * count)) / scale
    spread = z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    half = spread / scale
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Interval(share, min(low, share), max(high, share))


def ranks(values: Array) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing their mean rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)


def within(values: Array, groups: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """`values` (n,) minus the mean of their group (n,); groups count from 0."""
    sizes = np.maximum(np.bincount(groups), 1)
    means = np.bincount(groups, weights=values) / sizes
    return np.asarray(values - means[groups], dtype=np.float64)


def correlation(left: Array, right: Array) -> float:
    """Pearson's r of two residuals (n,), NaN where one of them does not vary."""
    flat = FLAT * max(1, left.size)
    sizes = math.sqrt(float(left @ left)), math.sqrt(float(right @ right))
    if min(sizes) <= flat:
        return math.nan
    return float(left @ right) / (sizes[0] * sizes[1])


def permutation_p(observed: float, null: Array, *, two_sided: bool = False) -> float:
    """Share of `null` at least as large as `observed`, itself counted among them.

    `(1 + hits) / (1 + draws)`, so it is never 0. NaN where `observed` is.
    """
    if math.isnan(observed):
        return math.nan
    null = np.abs(null) if two_sided else np.asarray(null)
    found = abs(observed) if two_sided else observed
    slack = 1e-12 * max(1.0, abs(found))
    return float((1 + np.sum(null >= found - slack)) / (1 + null.size))


def kendall(left: Array, right: Array) -> float:
    """Kendall's tau-b of two arrays (n,), NaN where one of them is constant."""
    if left.size < 2 or not (np.ptp(left) and np.ptp(right)):  # noqa: PLR2004 - a pair
        return math.nan
    from scipy.stats import kendalltau

    return float(kendalltau(left, right).statistic)


def spearman(left: Array, right: Array) -> float:
    """Spearman's rho of two arrays (n,), exactly 1 of equal ones.

    NaN where one of them is constant.
    """
    if left.size < 2 or not (np.ptp(left) and np.ptp(right)):  # noqa: PLR2004 - a pair
        return math.nan
    one, other = (each - each.mean() for each in (ranks(left), ranks(right)))
    return 1.0 if np.array_equal(one, other) else correlation(one, other)
