"""Artifacts over many texts: curves, estimates, predictions, trust scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from generator.artifacts.base import LATER, Artifact, Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Curves(Artifact):
    """Named lines over one axis; NaN where a line has no value."""

    x: Floats  # (points,)
    y: Floats  # (curves, points)
    x_label: str
    y_label: str
    names: tuple[str, ...]  # one for each curve
    marked_x: float | None = None  # e.g. the best epoch
    unit: str = ""


EstimateRole = Literal["observed", "null", "positive control", "negative control"]


@dataclass(frozen=True, slots=True)
class Sample:
    """What an estimate is over, unit by unit, so that two estimates can be paired.

    The estimate is the sum of `values` over that of `weights`, or without any weights
    the mean of the values.
    Ids are numbers of documents in the corpus, which other artifacts of the corpus
    share; where `local`, they are places within this artifact alone.
    """

    ids: Ints  # (n,), rising
    values: Floats  # (n,)
    weights: Floats  # (n,), or (0,) without
    local: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its 95 % interval over `n` units, and its role.

    `unit` is the noun of the units in the plural, "" for the usual one of the method.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    role: EstimateRole = "observed"
    p: float | None = None
    unit: str = field(default="", metadata=LATER)
    sample: Sample | None = field(
        default=None, metadata=LATER, compare=False, repr=False
    )


@dataclass(frozen=True, kw_only=True)
class Estimates(Artifact):
    """A small table of estimates of one quantity.

    `verdict` is by the method's own rule and stays in the file; the verdicts that pages
    show come from a study's `claims:`, by one rule for all.
    """

    quantity: str
    rows: tuple[Estimate, ...]
    reference: float | None = None  # what no effect would give
    reference_name: str = ""
    verdict: Literal["supported", "not supported", "undecided", "none"] = "none"
    claim: str = ""  # the sentence the verdict is about
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Predictions(Artifact):
    """Predictions of a classifier for every document of one part of its corpus."""

    labels: tuple[str, ...]
    documents: Ints  # (documents,), their numbers in the corpus, rising
    truths: Ints  # (documents,), places in `labels`
    probabilities: Floats  # (documents, labels), rows sum to 1
    part: str  # "test" or "validation"
    parameters: int = 0  # numbers the model learnt
    seconds_per_epoch: float | None = None  # None where times are not recorded
    seconds_per_text: float | None = None


@dataclass(frozen=True, slots=True)
class DistributionGroup:
    """A value for each of many texts, their mean and its 95 % interval."""

    name: str
    values: Floats  # (n,), NaN left out before
    mean: float
    low: float
    high: float
    role: EstimateRole = "observed"
    published: float | None = None  # the mean that a paper reports


@dataclass(frozen=True, kw_only=True)
class Distributions(Artifact):
    """One quantity over many texts, in groups that share an axis."""

    quantity: str
    groups: tuple[DistributionGroup, ...]
    unit: str = ""
    ends: tuple[float, float] | None = None  # what the quantity can be at all
    reference: float | None = None  # what no effect would give
    reference_name: str = ""
    published_name: str = ""  # the paper whose means are given
    decided: Estimate | None = None  # what the verdict is about
    bar: float = 0.0  # what it is held against
    bar_name: str = ""
    verdict: Literal["supported", "not supported", "undecided", "none"] = "none"
    claim: str = ""
    notes: tuple[str, ...] = ()


TrustAspect = Literal["faithfulness", "stability", "sanity", "agreement", "rationale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustScore:
    """One number that says how far another artifact can be trusted.

    `baseline` is the score, on the same texts, of an explanation that uses nothing of
    the model. `said` is by the bar of the method. Where a claim of the study is about
    the score, pages show `claimed`, the claim's verdict, in its place: one number has
    one verdict. No file holds that.
    """

    of: str  # name of the artifact that is graded
    name: str  # "comprehensiveness", "tau against leave-one-out", "AUPRC"
    value: float  # NaN where not defined
    low: float
    high: float
    n: int  # texts
    higher_is_better: bool = True
    baseline: float | None = None
    baseline_low: float | None = None
    baseline_high: float | None = None
    baseline_name: str = "random order"
    said: Literal[
        "better than random", "not better than random", "passed", "failed", "none"
    ] = "none"
    sample: Sample | None = field(
        default=None, metadata=LATER, compare=False, repr=False
    )
    baseline_sample: Sample | None = field(
        default=None, metadata=LATER, compare=False, repr=False
    )
    claimed: Literal["", "supported", "not supported", "undecided"] = field(
        default="", metadata=LATER
    )


@dataclass(frozen=True, kw_only=True)
class Scores(Artifact):
    """Scores of how far other artifacts can be trusted, in one aspect."""

    aspect: TrustAspect
    rows: tuple[TrustScore, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Agreement(Artifact):
    """Agreement of explanations of the same texts, pair by pair."""

    names: tuple[str, ...]  # of the artifacts compared
    quantities: tuple[str, ...]  # of each of them
    measures: tuple[str, ...]  # "Spearman's rho", "top-3 overlap", "sign agreement"
    values: Floats  # (measures, names, names), NaN where not defined
    low: Floats  # 95 % interval over texts, of the same shape
    high: Floats
    texts: Ints  # (measures, names, names), how many texts each rests on
    seconds: Floats  # (names,), NaN where times are not recorded
    notes: tuple[str, ...] = ()
