"""Intervals, rank correlations and permutation p-values, on plain arrays.

Everything random takes a generator, so that who asks decides the seed. What is not
defined (a correlation with a constant, an interval of one value) is NaN, never 0.

Rows of a table of estimates, and the verdict that compares one with a bar.

One value for each text, in groups with their mean and its interval.

Rows that say how far an explanation can be trusted, from one value for each text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import DistributionGroup, Estimate, EstimateRole, TrustScore
from generator.methods.common.language_model_texts import to_float32

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


def bootstrap_mean(
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


def wilson_interval(hits: int, count: int) -> Interval:
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


def mean_ranks(values: Array) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing their mean rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)


def centre_by_group(
    values: Array, groups: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
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


def kendall_tau(left: Array, right: Array) -> float:
    """Kendall's tau-b of two arrays (n,), NaN where one of them is constant."""
    if left.size < 2 or not (np.ptp(left) and np.ptp(right)):  # noqa: PLR2004 - a pair
        return math.nan
    from scipy.stats import kendalltau

    return float(kendalltau(left, right).statistic)


def spearman_rho(left: Array, right: Array) -> float:
    """Spearman's rho of two arrays (n,), exactly 1 of equal ones.

    NaN where one of them is constant.
    """
    if left.size < 2 or not (np.ptp(left) and np.ptp(right)):  # noqa: PLR2004 - a pair
        return math.nan
    one, other = (each - each.mean() for each in (mean_ranks(left), mean_ranks(right)))
    return 1.0 if np.array_equal(one, other) else correlation(one, other)


Verdict = Literal["supported", "not supported", "undecided"]
ROUNDING = 1e-6
"""Float32 rounding of a share. Values that are all alike have an interval of no width,
which rounding alone would put above a bar or below it."""


def mean_estimate(
    name: str,
    values: NDArray[np.floating[Any]],
    rng: np.random.Generator,
    role: EstimateRole = "observed",
) -> Estimate:
    """Mean of the values that are defined, with its bootstrap interval."""
    real = np.asarray(values)[np.isfinite(values)]
    return Estimate(name, *bootstrap_mean(real, rng), n=real.size, role=role)


def share_estimate(
    name: str, hits: NDArray[np.bool_], role: EstimateRole = "observed"
) -> Estimate:
    """Share of hits, with its Wilson interval."""
    return Estimate(name, *wilson_interval(int(hits.sum()), hits.size), hits.size, role)


def larger_defined(reference: float, other: float) -> float:
    """The larger one; `other` may not be defined."""
    return max(reference, other) if np.isfinite(other) else reference


def largest_value(rows: Iterable[Estimate]) -> float:
    """The largest value of rows, of those that are defined; else minus infinity."""
    return max((row.value for row in rows if np.isfinite(row.value)), default=-np.inf)


def verdict_above(row: Estimate | Interval, bar: float) -> Verdict:
    """Whether the whole interval lies above `bar`, below it, or neither.

    A bound that is nearer than `ROUNDING` is on the bar.
    """
    if row.low > bar + ROUNDING:
        return "supported"
    return "not supported" if row.high < bar - ROUNDING else "undecided"


def verdict_below(row: Estimate | Interval, bar: float) -> Verdict:
    """Whether the whole interval lies below `bar`, above it, or neither."""
    if row.high < bar - ROUNDING:
        return "supported"
    return "not supported" if row.low > bar + ROUNDING else "undecided"


TEXTS = 10
"""Fewer texts, and an interval over them is noise."""
EDGES = (0.25, 0.5, 0.75)
"""Where groups by the largest weight of a text are divided."""
BY_LARGEST = (
    "largest weight below 0.25",
    "largest weight 0.25 to 0.5",
    "largest weight 0.5 to 0.75",
    "largest weight 0.75 and above",
)


def build_group(
    name: str,
    values: Array,
    rng: np.random.Generator,
    role: EstimateRole = "observed",
    published: float | None = None,
) -> DistributionGroup:
    """Values that are defined, their mean and its bootstrap interval."""
    real = np.asarray(values, dtype=np.float64)
    real = real[np.isfinite(real)]
    return DistributionGroup(
        name, to_float32(real), *bootstrap_mean(real, rng), role, published
    )


def group_by_largest_weight(
    values: Array, weights: Sequence[Array], rng: np.random.Generator
) -> Iterator[DistributionGroup]:
    """Groups of `values` (texts,) by each text's largest weight, empty ones left out.

    A text on an edge is in the upper group.
    """
    largest = np.array([each.max() for each in weights])
    place = np.searchsorted(EDGES, largest, side="right")
    for number, name in enumerate(BY_LARGEST):
        mine = values[place == number]
        if mine.size:
            yield build_group(name, mine, rng)


def judge_group(found: DistributionGroup | Interval, bar: float, texts: int) -> Verdict:
    """Whether the whole interval lies above `bar`, below it, or neither.

    Undecided with fewer than `TEXTS` texts.
    """
    return "undecided" if texts < TEXTS else verdict_above(interval_of(found), bar)


def interval_of(found: DistributionGroup | Interval) -> Interval:
    """The mean of a group and its interval."""
    if isinstance(found, Interval):
        return found
    return Interval(found.mean, found.low, found.high)


def verdict_estimate(
    name: str, found: DistributionGroup | Interval, texts: int
) -> Estimate:
    """What a verdict is about, over `texts` texts."""
    return Estimate(name, *interval_of(found), texts)


ScoreVerdict = Literal[
    "better than random", "not better than random", "passed", "failed", "none"
]
Values = NDArray[np.floating[Any]]
PASSED: dict[str, ScoreVerdict] = {"supported": "passed", "not supported": "failed"}


def build_score(
    of: str,
    name: str,
    values: Values,
    rng: np.random.Generator,
    *,
    random: Values | None = None,
    higher: bool = True,
    said: ScoreVerdict = "none",
    without: ScoreVerdict = "none",
) -> TrustScore:
    """A row over the texts where a value is defined.

    `random` (texts,) is what random orders get; `without` is said where there is none.
    """
    real = np.isfinite(values)
    base = bootstrap_mean(values[:0] if random is None else random[real], rng)
    return TrustScore(
        of=of,
        name=name,
        **bootstrap_mean(values[real], rng)._asdict(),
        n=int(real.sum()),
        higher_is_better=higher,
        baseline=_none_if_nan(base.value),
        baseline_low=_none_if_nan(base.low),
        baseline_high=_none_if_nan(base.high),
        said=said if real.any() else without,
    )


def judge_passed(values: Values, bar: float, rng: np.random.Generator) -> ScoreVerdict:
    """Whether the mean lies above a bar: its whole interval, of ten texts or more."""
    real = values[np.isfinite(values)]
    return PASSED.get(judge_group(bootstrap_mean(real, rng), bar, real.size), "none")


def _none_if_nan(value: float) -> float | None:
    return None if math.isnan(value) else value
