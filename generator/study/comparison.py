"""Comparisons of two estimates: on the same units, on others, or of two intervals.

A claim that compares two estimates is decided from the interval of their difference,
which depends on what both are over:

* **paired**: both are over the same units, at least ten of them, and the artifacts hold
  the value of each. The difference is taken unit by unit, over the units of both.
* **independent**: both are over units of a known kind, and none is in both. Their
  errors have nothing to do with each other.
* **bounded**: what both share is not known, or too little of it is. The difference lies
  between the nearest and the farthest ends of the two intervals, which is right
  whatever the errors have to do with each other and wider than either of the above.
* **number**: the comparison is a number without an interval.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from generator.artifacts import Artifact, Estimate, Estimates
from generator.core.decision import LEAST_UNITS
from generator.methods.common.statistics import (
    Interval,
    pair_samples,
    subtract_independent,
)
from generator.study.study import Study

ComparisonKind = Literal["paired", "independent", "bounded", "number"]


@dataclass(frozen=True, slots=True)
class ComparedEstimate:
    """An estimate, and what its sample's ids are numbers in.

    Attributes:
        estimate: The estimate.
        artifact: Name of its artifact, "" for a number.
        corpus: Key of the corpus behind the artifact, "" where it is not known.
    """

    estimate: Estimate
    artifact: str = ""
    corpus: str = ""

    @property
    def source(self) -> str:
        """What ids of the sample are numbers in, "" without a sample."""
        sample = self.estimate.sample
        if sample is None:
            return ""
        if sample.local or not self.corpus:
            return f"artifact {self.artifact}"
        return f"corpus {self.corpus}"


@dataclass(frozen=True, slots=True)
class EstimateDifference:
    """The difference of two estimates.

    Attributes:
        kind: What it rests on.
        interval: Its value and 95 % interval.
        n: Units behind the interval: those of both where paired, else the fewer.
    """

    kind: ComparisonKind
    interval: Interval
    n: int


def compare_estimates(
    one: ComparedEstimate, other: ComparedEstimate
) -> EstimateDifference:
    """Estimate the difference of two estimates.

    Args:
        one: The estimate.
        other: What is subtracted.

    Returns:
        The difference by the first way of the module's list that its samples allow.
    """
    mine, others = one.estimate, other.estimate
    if is_threshold(others):
        ends = (end - others.value for end in (mine.value, mine.low, mine.high))
        return EstimateDifference("number", Interval(*ends), mine.n)
    least = min(mine.n, others.n)
    if mine.sample and others.sample and one.source == other.source:
        paired = pair_samples(mine.sample, others.sample)
        if paired and paired.n >= LEAST_UNITS:
            return EstimateDifference("paired", Interval(*paired[:3]), paired.n)
    if are_independent(one, other):
        apart = subtract_independent(_interval(mine), _interval(others))
        return EstimateDifference("independent", apart, least)
    low, high = mine.low - others.high, mine.high - others.low
    value = mine.value - others.value
    return EstimateDifference("bounded", Interval(value, low, high), least)


def is_threshold(estimate: Estimate) -> bool:
    """Return whether an estimate is a number without any error of its own.

    That is a given number, or a percentile of a null distribution, which has no
    interval.
    """
    if estimate.sample is not None:
        return False
    if estimate.low == estimate.high == estimate.value:
        return True
    percentile = estimate.role == "null" and estimate.n >= LEAST_UNITS
    return percentile and math.isnan(estimate.low) and math.isfinite(estimate.value)


def are_independent(one: ComparedEstimate, other: ComparedEstimate) -> bool:
    """Return whether two estimates are known to be over different units."""
    mine, others = one.estimate.sample, other.estimate.sample
    if mine is None or others is None:
        return False
    if one.source == other.source:
        return not np.isin(mine.ids, others.ids).any()
    # Places within two artifacts may well be the same texts.
    return not (mine.local or others.local) and bool(one.corpus and other.corpus)


def _interval(estimate: Estimate) -> Interval:
    return Interval(estimate.value, estimate.low, estimate.high)


def find_unit(study: Study, artifact: str) -> str:
    """Return the noun of what an artifact's estimates are over, in the singular.

    Args:
        study: The study.
        artifact: Name of the artifact.
    """
    method = study.artifacts.get(artifact)
    if method is None or method.unit:
        return method.unit if method else "text"
    model = study.models.get(method.model)
    corpus = study.corpora.get(str(getattr(model, "corpus", "")))
    return corpus.document_noun if corpus else "text"


def name_units(artifact: Artifact, unit: str) -> Artifact:
    """Return an artifact whose estimates all say what they are over.

    Args:
        artifact: The artifact.
        unit: The noun of its method's units, in the singular.
    """
    if not isinstance(artifact, Estimates):
        return artifact
    rows = tuple(replace(row, unit=row.unit or unit) for row in artifact.rows)
    return replace(artifact, rows=rows)


def count_seeds(study: Study, artifacts: Iterable[str]) -> int:
    """Count the seeds that evidence stands on.

    Models that differ in their seed alone are one model, trained as often. Where
    evidence rests on several models, the one with the fewest seeds counts.

    Args:
        study: The study.
        artifacts: Names of the artifacts that the evidence is read from.

    Returns:
        The number, 0 without a model.
    """
    seeds: dict[str, set[object]] = {}
    todo, seen = list(artifacts), set()
    while todo:
        name = todo.pop()
        if name in seen or name not in study.artifacts:
            continue
        seen.add(name)
        method = study.artifacts[name]
        todo += method.artifact_names()
        if method.model in study.models:
            settings = study.models[method.model].model_dump(mode="json")
            seed = settings.pop("seed", None)
            seeds.setdefault(json.dumps(settings, sort_keys=True), set()).add(seed)
    return min(map(len, seeds.values()), default=0)
