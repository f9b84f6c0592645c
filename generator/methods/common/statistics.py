"""Intervals, rank correlations, permutation p-values, and verdicts that rest on them.

Everything random takes a generator, so that the caller decides the seed. What is not
defined (a correlation with a constant, an interval of one value) is NaN, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import (
    DistributionGroup,
    Estimate,
    EstimateRole,
    Sample,
    TrustScore,
)
from generator.core.decision import (
    LEAST_UNITS,
    ExpectedSide,
    Verdict,
    decide_interval,
)
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
    """Compute a mean and its bootstrap percentile interval.

    Args:
        values: (n,).
        rng: Draws the resamples.
        resamples: How many.

    Returns:
        The mean and its 95 % interval, which is NaN for a single value; all NaN for
        none.
    """
    values = np.asarray(values, dtype=np.float64)
    if not values.size:
        return UNDEFINED
    mean = float(values.mean())
    if values.size == 1:
        return Interval(mean, math.nan, math.nan)
    low, high = percentiles(_means(values, rng, resamples))
    return Interval(mean, min(low, mean), max(high, mean))


def build_sample(
    values: Array,
    ids: Iterable[int] | None = None,
    *,
    weights: Array | None = None,
) -> Sample:
    """Build the sample of an estimate from the units where its value is defined.

    Args:
        values: (n,); what is not finite is left out.
        ids: Number of each unit's document; None for places within this artifact.
        weights: (n,), what the sum of the values is divided by the sum of; None for a
            mean.

    Returns:
        The sample, its ids rising.
    """
    numbers = np.asarray(values, dtype=np.float64)
    places = np.arange(numbers.size) if ids is None else np.fromiter(ids, np.int64)
    order = np.argsort(places, kind="stable")
    order = order[np.isfinite(numbers[order])]
    empty = np.zeros(0, np.float32)
    return Sample(
        ids=places[order].astype(np.int32),
        values=to_float32(numbers[order]),
        weights=empty if weights is None else to_float32(np.asarray(weights)[order]),
        local=ids is None,
    )


class PairedDifference(NamedTuple):
    """A difference between two estimates over the units that both have."""

    value: float
    low: float
    high: float
    n: int


def pair_samples(one: Sample, other: Sample) -> PairedDifference | None:
    """Estimate the difference of two estimates over the units that both have.

    Units are resampled, each with both of its values, so that what makes a unit easy
    or hard for both cancels out. The resamples are the same for the same numbers,
    whoever asks: a method and a claim that pair the same samples get the same interval.

    Args:
        one: Sample of the estimate.
        other: Sample of what is subtracted.

    Returns:
        The difference with its 95 % interval, None where no unit is in both or the
        numbers of the units do not mean the same.
    """
    if one.local != other.local:
        return None
    ids, left, right = np.intersect1d(one.ids, other.ids, return_indices=True)
    if not ids.size:
        return None
    table = [
        np.asarray(part, dtype=np.float64)
        for part in (
            one.values[left],
            one.weights[left] if one.weights.size else np.ones(ids.size),
            other.values[right],
            other.weights[right] if other.weights.size else np.ones(ids.size),
        )
    ]
    gap = float(_subtract_ratios(part.mean() for part in table))
    if ids.size == 1:
        return PairedDifference(gap, math.nan, math.nan, 1)
    means = _means_together(table, np.random.Generator(np.random.PCG64(0)), RESAMPLES)
    gaps = _subtract_ratios(means)
    if not np.isfinite(gaps).any():
        return PairedDifference(gap, math.nan, math.nan, ids.size)
    low, high = percentiles(gaps[np.isfinite(gaps)])
    return PairedDifference(gap, min(low, gap), max(high, gap), ids.size)


def _subtract_ratios(parts: Iterable[Any]) -> Array:
    """Return the first over the second, less the third over the fourth."""
    top, below, other, other_below = map(np.asarray, parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(top / below - other / other_below, dtype=np.float64)


def pair_values(values: Array, others: Array) -> Interval:
    """Estimate the mean difference of two values of the same units.

    The interval is the one that a claim gets which compares the two: see
    `pair_samples`.

    Args:
        values: (n,); what is not finite in either is left out.
        others: (n,), what is subtracted.
    """
    paired = pair_samples(build_sample(values), build_sample(others))
    return Interval(*paired[:3]) if paired else UNDEFINED


def subtract_independent(one: Interval, other: Interval) -> Interval:
    """Estimate the difference of two estimates over different units.

    From the value to each end, the distances of both intervals are added as those of
    independent errors are: the root of the sum of squares.

    Args:
        one: The estimate with its 95 % interval.
        other: What is subtracted.

    Returns:
        The difference with its 95 % interval.

    Source: Zou and Donner (2008), Construction of confidence limits about effect
    measures, Statistics in Medicine 27; for shares with Wilson intervals it is
    Newcombe's.
    """
    gap = one.value - other.value
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return Interval(gap, gap - below, gap + above)


def _means(values: Array, rng: np.random.Generator, resamples: int) -> Array:
    """Compute the means of resamples."""
    (means,) = _means_together([values], rng, resamples)
    return np.asarray(means)


def _means_together(
    columns: Sequence[Array], rng: np.random.Generator, resamples: int
) -> Array:
    """Compute means over the same resampled units, some at a time for their memory.

    Args:
        columns: Numbers of each unit, each (n,); where all are 1, so is every mean.
        rng: Draws the units.
        resamples: How often.

    Returns:
        Means (columns, resamples).
    """
    count = columns[0].size
    size = max(1, CELLS // count)
    means = np.ones((len(columns), resamples))
    varied = [place for place, values in enumerate(columns) if (values != 1).any()]
    for start in range(0, resamples, size):
        stop = min(resamples, start + size)
        indices = rng.integers(0, count, size=(stop - start, count))
        for place in varied:
            means[place, start:stop] = columns[place][indices].mean(1)
    return means


def percentiles(values: Array) -> tuple[float, float]:
    """Return the bounds that hold the middle 95 % of `values`."""
    edge = 50 * (1 - LEVEL)
    low, high = np.percentile(values, [edge, 100 - edge])
    return float(low), float(high)


def wilson_interval(hits: int, count: int) -> Interval:
    """Compute a share and its 95 % Wilson score interval, all NaN where `count` is 0."""
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
    """Compute ranks from 1, ties sharing their mean rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)


def centre_by_group(
    values: Array, groups: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """Subtract from each value the mean of its group.

    Args:
        values: (n,).
        groups: (n,), the group of each value, from 0.

    Returns:
        Residuals (n,).
    """
    sizes = np.maximum(np.bincount(groups), 1)
    means = np.bincount(groups, weights=values) / sizes
    return np.asarray(values - means[groups], dtype=np.float64)


def correlation(left: Array, right: Array) -> float:
    """Compute Pearson's r of residuals.

    Args:
        left: (n,), with the mean 0.
        right: (n,), with the mean 0.

    Returns:
        From −1 to 1, NaN where one of them does not vary.
    """
    flat = FLAT * max(1, left.size)
    sizes = math.sqrt(float(left @ left)), math.sqrt(float(right @ right))
    if min(sizes) <= flat:
        return math.nan
    return float(left @ right) / (sizes[0] * sizes[1])


def permutation_p(observed: float, null: Array, *, two_sided: bool = False) -> float:
    """Compute a permutation p-value, `(1 + hits) / (1 + draws)`.

    The observed statistic counts among the draws, so the p-value is never 0.

    Args:
        observed: The statistic.
        null: The statistic of each permutation, (draws,).
        two_sided: Compare absolute values.

    Returns:
        The share of draws at least as large as observed; NaN where `observed` is NaN.
    """
    if math.isnan(observed):
        return math.nan
    null = np.abs(null) if two_sided else np.asarray(null)
    statistic = abs(observed) if two_sided else observed
    slack = 1e-12 * max(1.0, abs(statistic))
    return float((1 + np.sum(null >= statistic - slack)) / (1 + null.size))


def correct_p_values(values: Sequence[float]) -> list[float]:
    """Correct p-values for their number by Holm's step-down method, in their order.

    The chance that any of them is below a level though nothing is there stays below that
    level, whatever the values have to do with one another.

    Args:
        values: p-values, none of them NaN.

    Returns:
        Corrected ones, at most 1.
    """
    order = np.argsort(values, kind="stable")
    corrected = [0.0] * len(values)
    largest = 0.0
    for rank, at in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[at]))
        corrected[at] = largest
    return corrected


def kendall_tau(left: Array, right: Array) -> float:
    """Compute Kendall's tau-b of two arrays (n,), NaN where one of them is constant."""
    if left.size < 2 or not (np.ptp(left) and np.ptp(right)):  # noqa: PLR2004 - a correlation needs two values
        return math.nan
    from scipy.stats import kendalltau

    return float(kendalltau(left, right).statistic)


def spearman_rho(left: Array, right: Array) -> float:
    """Compute Spearman's rho of two arrays (n,).

    Returns:
        From −1 to 1, exactly 1 for equal ranks; NaN where one of them is constant.
    """
    if left.size < 2 or not (np.ptp(left) and np.ptp(right)):  # noqa: PLR2004 - a correlation needs two values
        return math.nan
    one, other = (each - each.mean() for each in (mean_ranks(left), mean_ranks(right)))
    return 1.0 if np.array_equal(one, other) else correlation(one, other)


def mean_estimate(
    name: str,
    values: NDArray[np.floating[Any]],
    rng: np.random.Generator,
    role: EstimateRole = "observed",
    ids: Iterable[int] | None = None,
) -> Estimate:
    """Estimate a mean with its bootstrap interval.

    Args:
        name: Name of the row.
        values: (n,); what is not finite is left out.
        rng: Draws the resamples.
        role: What the row is in its table.
        ids: Number of each value's document, so that estimates can be paired; without
            them the row has no sample.
    """
    real = np.asarray(values)[np.isfinite(values)]
    sample = None if ids is None else build_sample(values, ids)
    interval = bootstrap_mean(real, rng)
    return Estimate(name, *interval, n=real.size, role=role, sample=sample)


def share_estimate(
    name: str,
    hits: NDArray[np.bool_],
    role: EstimateRole = "observed",
    ids: Iterable[int] | None = None,
) -> Estimate:
    """Estimate a share of hits (n,) with its Wilson interval.

    Args:
        name: Name of the row.
        hits: (n,).
        role: What the row is in its table.
        ids: Number of each one's document, as in `mean_estimate`.
    """
    sample = None if ids is None else build_sample(hits.astype(np.float64), ids)
    interval = wilson_interval(int(hits.sum()), hits.size)
    return Estimate(name, *interval, n=hits.size, role=role, sample=sample)


def larger_defined(reference: float, other: float) -> float:
    """Return the larger one of a number and another that may be NaN."""
    return max(reference, other) if np.isfinite(other) else reference


def largest_value(rows: Iterable[Estimate]) -> float:
    """Return the largest finite value of rows, minus infinity if there is none."""
    return max((row.value for row in rows if np.isfinite(row.value)), default=-np.inf)


def judge_interval(
    row: Estimate | Interval,
    bar: float,
    expects: ExpectedSide = "above",
    n: int = LEAST_UNITS,
) -> Verdict:
    """Judge by the rule of `core.decision` on which side of a bar an interval lies.

    Args:
        row: The estimate.
        bar: The number that it is compared with.
        expects: The side that is supported.
        n: Units that it rests on; enough where not given.
    """
    return decide_interval(row.low - bar, row.high - bar, n, expects).verdict


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
    """Build a group of values with their mean and its bootstrap interval.

    Args:
        name: Name of the group.
        values: (n,); what is not finite is left out.
        rng: Draws the resamples.
        role: What the group is in its table.
        published: The number of the source, if there is one.
    """
    real = np.asarray(values, dtype=np.float64)
    real = real[np.isfinite(real)]
    return DistributionGroup(
        name, to_float32(real), *bootstrap_mean(real, rng), role, published
    )


def group_by_largest_weight(
    values: Array, weights: Sequence[Array], rng: np.random.Generator
) -> Iterator[DistributionGroup]:
    """Yield groups of values by each text's largest weight, empty ones left out.

    Args:
        values: (texts,).
        weights: Weights of each text, (tokens,).
        rng: Draws the resamples.

    Yields:
        A group per range of the largest weight; a text on an edge is in the upper one.
    """
    largest = np.array([each.max() for each in weights])
    place = np.searchsorted(EDGES, largest, side="right")
    for number, name in enumerate(BY_LARGEST):
        mine = values[place == number]
        if mine.size:
            yield build_group(name, mine, rng)


def judge_group(
    estimate: DistributionGroup | Interval, bar: float, texts: int
) -> Verdict:
    """Judge whether the whole interval of a group lies above `bar`, or none of it."""
    return judge_interval(interval_of(estimate), bar, n=texts)


def interval_of(estimate: DistributionGroup | Interval) -> Interval:
    """Return the mean of a group and its interval."""
    if isinstance(estimate, Interval):
        return estimate
    return Interval(estimate.mean, estimate.low, estimate.high)


def verdict_estimate(
    name: str, estimate: DistributionGroup | Interval, texts: int
) -> Estimate:
    """Build the row that a verdict is about, over `texts` texts."""
    return Estimate(name, *interval_of(estimate), texts)


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
    ids: Sequence[int] | None = None,
    higher: bool = True,
    said: ScoreVerdict = "none",
    without: ScoreVerdict = "none",
) -> TrustScore:
    """Build a row of trust over the texts where a value is defined.

    Args:
        of: Name of the explanation.
        name: Name of the measure.
        values: (texts,), NaN where not defined.
        rng: Draws the resamples.
        random: (texts,), the same measure of random orders.
        ids: Number of each text's document, None where they are no documents.
        higher: Whether higher is better.
        said: The verdict.
        without: The verdict where no value is defined.
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
        sample=build_sample(values, ids),
        baseline_sample=None
        if random is None
        else build_sample(np.where(real, random, np.nan), ids),
    )


def judge_score(score: TrustScore, bar: float) -> ScoreVerdict:
    """Judge whether a score's whole interval lies on the better side of a bar.

    Args:
        score: The score, whose interval is the one that pages show.
        bar: The number that it is compared with.

    Returns:
        Passed, failed, or none where the interval reaches both sides or rests on too
        few texts.
    """
    side: ExpectedSide = "above" if score.higher_is_better else "below"
    interval = Interval(score.value, score.low, score.high)
    return PASSED.get(judge_interval(interval, bar, side, score.n), "none")


def _none_if_nan(value: float) -> float | None:
    return None if math.isnan(value) else value
