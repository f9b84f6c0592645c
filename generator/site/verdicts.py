"""Verdicts of claims: decided from the artifacts, and shown on pages.

Verdicts are decided here, while rendering, from the intervals that the artifacts hold,
and nowhere else: the box of a study, its figures, its sentences and the page of all
claims agree. A problem that only the artifacts show, such as a row that is not there,
is reported with its place in the study file all the same: the file is read again for
it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from generator.artifacts import (
    Artifact,
    DistributionGroup,
    Distributions,
    Estimate,
    Estimates,
    Scores,
    TrustScore,
)
from generator.artifacts.store import ArtifactHead, StoredArtifact, UnreadableSchema
from generator.core.decision import Decision, Verdict, decide_interval
from generator.core.errors import ConfigError, StudyError, WriteUpError, quote_text
from generator.core.wording import format_units
from generator.figures.export.axes import AxisTick, EstimateWhisker
from generator.figures.formatting import (
    format_count,
    format_significant,
    make_visible,
)
from generator.figures.statistics.estimates import (
    EstimateAxis,
    build_whisker,
    claim_sentence,
    estimate_axis,
    format_estimate,
)
from generator.site.pages.post import ClaimView
from generator.site.values import follow_path
from generator.study.claims import ESTIMATE_FIELDS, Claim
from generator.study.claims import Claim as Worded
from generator.study.comparison import (
    ComparedEstimate,
    ComparisonKind,
    EstimateDifference,
    compare_estimates,
    count_seeds,
    find_unit,
)
from generator.study.project import STUDY_FILE
from generator.study.study import CLAIMS, Study
from generator.study.yaml.read import read_yaml

NAMED = {"reference": "reference_name", "bar": "bar_name"}
"""Numbers of an artifact that have a name beside them."""


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """An estimate, its artifact's name, and that of its quantity, "" without one."""

    estimate: Estimate
    quantity: str
    artifact: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """The unit of an artifact's estimates, and the key of its corpus."""

    unit: str = "text"
    corpus: str = ""


NO_SOURCE = EvidenceSource()


def find_evidence(artifacts: Mapping[str, Artifact], path: str) -> ClaimEvidence:
    """Find the estimate that a path leads to.

    Args:
        artifacts: The study's artifacts by name.
        path: Path of a value in the artifacts.

    Returns:
        The estimate and its quantity.

    Raises:
        WriteUpError: If the value has no interval.
    """
    steps = follow_path(artifacts, path)
    estimate = estimate_of(steps, path)
    if estimate is None:
        raise WriteUpError(f"{quote_text(path)}: {describe_lacking(steps[0], path)}")
    return ClaimEvidence(estimate, path_quantity(steps), path.partition(".")[0])


def find_comparison(
    artifacts: Mapping[str, Artifact], than: float | str
) -> ClaimEvidence:
    """Find what an estimate is compared with.

    Args:
        artifacts: The study's artifacts by name.
        than: A number, or the path of an estimate.

    Returns:
        The estimate and its quantity.

    Raises:
        WriteUpError: If the path leads to no estimate.
    """
    if not isinstance(than, str):
        return ClaimEvidence(exact_estimate("", float(than)), "")
    steps = follow_path(artifacts, than)
    estimate = estimate_of(steps, than)
    if estimate is not None:
        return ClaimEvidence(estimate, path_quantity(steps), than.partition(".")[0])
    number = steps[-1]
    if isinstance(number, bool) or not isinstance(number, (int, float, np.number)):
        raise WriteUpError(
            f"{quote_text(than)}: is neither an estimate nor a number; name one of its "
            "numbers, or give a number"
        )
    if not math.isfinite(float(number)):
        raise WriteUpError(f"{quote_text(than)}: has no value there; give a number")
    last = than.rpartition(".")[2]
    name = getattr(steps[-2], NAMED.get(last, ""), "") or last.replace("_", " ")
    return ClaimEvidence(exact_estimate(str(name), float(number)), path_quantity(steps))


def exact_estimate(name: str, number: float) -> Estimate:
    """Return a given number as an estimate without width."""
    return Estimate(name, number, number, number, n=0)


def estimate_of(steps: tuple[object, ...], path: str) -> Estimate | None:
    """Return the estimate at the end of a path, None if it ends in none.

    Args:
        steps: The values along the path, the artifact first.
        path: Path of a value in the artifacts.
    """
    last = steps[-1]
    if isinstance(last, Estimate):
        return last
    if isinstance(last, DistributionGroup):
        n = int(np.isfinite(last.values).sum())
        name, role = last.name, last.role
        return Estimate(name, last.mean, last.low, last.high, n, role)
    if isinstance(last, TrustScore):
        name = f"{last.name} of {last.of}"
        return Estimate(
            name, last.value, last.low, last.high, last.n, sample=last.sample
        )
    score = steps[-2] if len(steps) > 1 else None
    if isinstance(score, TrustScore) and path.endswith(".baseline"):
        ends = score.baseline, score.baseline_low, score.baseline_high
        value, low, high = (math.nan if v is None else v for v in ends)
        sample = score.baseline_sample
        name = score.baseline_name
        return Estimate(name, value, low, high, score.n, "null", sample=sample)
    return None


def path_quantity(steps: tuple[object, ...]) -> str:
    """Return the name of the quantity measured along a path.

    Args:
        steps: The values along the path, the artifact first.
    """
    top = steps[0]
    if isinstance(top, Distributions):
        return f"{top.quantity} ({top.unit})" if top.unit else top.quantity
    if isinstance(top, Estimates):
        return top.quantity
    scores = (step for step in steps if isinstance(step, TrustScore))
    return next((score.name for score in scores), "")


def describe_lacking(top: object, path: str) -> str:
    """Describe why a path is no evidence, and what would be.

    Args:
        top: The artifact that the path begins with.
        path: Path of a value in the artifacts.

    Returns:
        The text of the message.
    """
    fields = next(
        (f for kind, f in ESTIMATE_FIELDS.items() if isinstance(top, kind)), ()
    )
    if not fields:
        return (
            "the artifact has no interval, so no claim can rest on it; name one that "
            "holds estimates, distributions or scores"
        )
    name = path.partition(".")[0]
    each = (f if f == "decided" else f"{f}.NAME" for f in fields)
    ways = " or ".join(f"{name}.{field}" for field in each)
    return f"has no interval; name an estimate, {ways}"


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """A claim's verdict. Sentences name its fields, as in `claims.padding.value`.

    `gap` is the difference that decides, with its interval: `comparison` says whether
    it is over the same units, and `shared` how many units it rests on.
    """

    says: str
    verdict: Verdict
    reason: str
    value: float
    low: float
    high: float
    n: int
    estimate: Estimate
    compared: Estimate
    quantity: str
    unit: str = "text"
    compared_unit: str = "text"
    document_noun: str = "text"
    comparison: ComparisonKind = "number"
    gap: float = math.nan
    gap_low: float = math.nan
    gap_high: float = math.nan
    shared: int = 0
    seeds: int = 0


@dataclass(frozen=True)
class StudyVerdicts:
    """All verdicts of a study, by name; problems and warnings with their setting.

    A setting is the claim's name and the key below it.
    """

    claims: dict[str, ClaimVerdict]
    problems: tuple[tuple[str, str, str], ...]
    warnings: tuple[tuple[str, str, str], ...]


def judge_claims(
    claims: Mapping[str, Claim],
    artifacts: Mapping[str, Artifact],
    sources: Mapping[str, EvidenceSource] = MappingProxyType({}),
) -> StudyVerdicts:
    """Judge all claims of a study against its artifacts.

    Args:
        claims: The claims by name.
        artifacts: The study's artifacts by name.
        sources: Where the artifacts' estimates come from, as far as it is known.

    Returns:
        The verdicts, problems and warnings.
    """
    verdicts: dict[str, ClaimVerdict] = {}
    problems: list[tuple[str, str, str]] = []
    warnings: list[tuple[str, str, str]] = []
    for name, claim in claims.items():
        sides: dict[str, ClaimEvidence] = {}
        try:
            sides["value"] = find_evidence(artifacts, claim.value)
        except WriteUpError as error:
            problems += ((name, "value", warning) for warning in error.problems)
        try:
            sides["than"] = find_comparison(artifacts, claim.than)
        except WriteUpError as error:
            problems += ((name, "than", warning) for warning in error.problems)
        if len(sides) == len(("value", "than")):
            verdicts[name] = judge_claim(claim, sides["value"], sides["than"], sources)
            warnings += (
                (name, "than", warning)
                for warning in quantity_warnings(sides["value"], sides["than"])
            )
    return StudyVerdicts(verdicts, tuple(problems), tuple(warnings))


def judge_claim(
    claim: Claim,
    value: ClaimEvidence,
    than: ClaimEvidence,
    sources: Mapping[str, EvidenceSource] = MappingProxyType({}),
) -> ClaimVerdict:
    """Judge one claim.

    Args:
        claim: The claim.
        value: The claim's estimate.
        than: What it is compared with.
        sources: Where the artifacts' estimates come from, as far as it is known.

    Returns:
        The verdict.
    """
    one, other = value.estimate, than.estimate
    mine = sources.get(value.artifact, NO_SOURCE)
    theirs = sources.get(than.artifact, NO_SOURCE)
    difference = compare_estimates(
        ComparedEstimate(one, value.artifact, mine.corpus),
        ComparedEstimate(other, than.artifact, theirs.corpus),
    )
    decided = decide_difference(claim, one, other, difference)
    return ClaimVerdict(
        says=claim.says,
        verdict=decided.verdict,
        reason=decided.reason,
        value=one.value,
        low=one.low,
        high=one.high,
        n=one.n,
        estimate=one,
        compared=other,
        quantity=value.quantity,
        unit=one.unit or mine.unit,
        document_noun=mine.unit,
        compared_unit=other.unit or theirs.unit,
        comparison=difference.kind,
        gap=difference.interval.value,
        gap_low=difference.interval.low,
        gap_high=difference.interval.high,
        shared=difference.n,
    )


def decide_difference(
    claim: Claim, one: Estimate, other: Estimate, difference: EstimateDifference
) -> Decision:
    """Decide a claim by the rule of `core.decision`.

    Args:
        claim: The claim.
        one: Its estimate.
        other: What it is compared with.
        difference: The difference of both.

    Returns:
        The verdict, with the reason where it is undecided.
    """
    _, low, high = difference.interval
    if not (math.isfinite(one.low) and math.isfinite(one.high)):
        return Decision("undecided", "the estimate has no interval")
    if not (math.isfinite(low) and math.isfinite(high)):
        return Decision("undecided", "what it is compared with has no value")
    ends = (one.low, one.high, other.low, other.high, other.value, claim.margin)
    return decide_interval(
        low,
        high,
        difference.n,
        claim.expects,
        margin=claim.margin,
        scale=max(abs(end) for end in ends if math.isfinite(end)),
    )


def quantity_warnings(value: ClaimEvidence, than: ClaimEvidence) -> tuple[str, ...]:
    """Return a warning where the two quantities compared have different names.

    Args:
        value: The claim's estimate.
        than: What it is compared with.
    """
    if not than.quantity or value.quantity == than.quantity:
        return ()
    warning = f"compares {quote_text(value.quantity)} with {quote_text(than.quantity)}"
    return (f"{warning}, which are not one quantity; name one that is",)


def build_claim_view(
    name: str, worded: Worded, verdict: ClaimVerdict, figure: str, number: int
) -> ClaimView:
    """Build a claim as pages show it.

    Args:
        name: Name of the claim.
        worded: The claim in words.
        verdict: The claim's verdict.
        figure: Id of its figure, "" if it has none.
        number: Number of its figure on the page.

    Returns:
        The claim in words, with places on an axis.
    """
    bounds = region_bounds(worded, verdict.compared)
    axis = claim_axis(verdict, bounds)
    one = verdict.estimate
    return ClaimView(
        name=name,
        claim=claim_sentence(verdict.says),
        verdict=verdict.verdict,
        reason=verdict.reason,
        whisker=build_whisker(one, axis),
        quantity=make_visible(verdict.quantity, blanks=False),
        expected=describe_expected(worded, verdict.compared),
        against=comparison_whisker(verdict.compared, axis),
        bounds=tuple(AxisTick(axis.position(b), format_significant(b)) for b in bounds),
        ticks=tuple(
            AxisTick(axis.position(v), format_significant(v))
            for v in (axis.low, axis.high)
        ),
        figure=figure,
        number=number,
        size=describe_size(verdict),
        comparison=describe_comparison(verdict),
        seeds=format_count(verdict.seeds, "seed") if verdict.seeds else "",
        set=worded.set or "",
    )


def describe_size(verdict: ClaimVerdict) -> str:
    """Describe how many units of which kind a claim's estimates are over.

    Args:
        verdict: The claim's verdict.

    Returns:
        One size where both estimates have it or there is one, else both.
    """
    mine = format_units(verdict.n, verdict.unit)
    other = format_units(verdict.compared.n, verdict.compared_unit)
    if verdict.comparison == "number":
        return mine
    same = verdict.comparison == "paired" and mine == other
    return f"{mine} in both" if same else f"{mine} against {other}"


def describe_comparison(verdict: ClaimVerdict) -> str:
    """Describe how two estimates are compared, with the difference that decides.

    Args:
        verdict: The claim's verdict.

    Returns:
        The sentence's rest, "" where the comparison is a number.
    """
    gap = Estimate("", verdict.gap, verdict.gap_low, verdict.gap_high, verdict.shared)
    difference = format_estimate(gap)
    if verdict.comparison == "paired":
        noun = format_units(verdict.shared, verdict.document_noun)
        fewer = verdict.shared < max(verdict.n, verdict.compared.n)
        over = f" over the {noun.removeprefix('n = ')} of both" if fewer else ""
        return f"paired difference{over} {difference}"
    if verdict.comparison == "independent":
        return f"difference {difference}, not paired: no unit of one is in the other"
    if verdict.comparison == "bounded":
        return "not paired: the two intervals must not overlap"
    return ""


def region_bounds(worded: Worded, compared: Estimate) -> tuple[float, ...]:
    """Return the bounds of the expected region, if not the comparison itself.

    Args:
        worded: The claim in words.
        compared: What the claim's estimate is compared with.
    """
    if not worded.margin or not math.isfinite(compared.value):
        return ()
    above, below = compared.value + worded.margin, compared.value - worded.margin
    return {"above": (above,), "below": (below,), "within": (below, above)}[
        worded.expects
    ]


def claim_axis(verdict: ClaimVerdict, bounds: tuple[float, ...]) -> EstimateAxis:
    """Return an axis with the estimate, its comparison, and the bounds.

    Args:
        verdict: The claim's verdict.
        bounds: Bounds of the expected region.

    Returns:
        The axis.
    """
    ends = tuple(Estimate("", b, b, b, 0) for b in bounds)
    rows = (verdict.estimate, verdict.compared, *ends)
    return estimate_axis(Estimates(quantity="", rows=rows), None, None)


def comparison_whisker(
    compared: Estimate, axis: EstimateAxis
) -> EstimateWhisker | None:
    """Return the comparison on the axis, None where it is not finite.

    Args:
        compared: What the claim's estimate is compared with.
        axis: The claim's axis.

    Returns:
        The whisker, None without one.
    """
    return build_whisker(compared, axis) if math.isfinite(compared.value) else None


def describe_expected(worded: Worded, compared: Estimate) -> str:
    """Describe in words where the estimate should lie.

    Args:
        worded: The claim in words.
        compared: What the claim's estimate is compared with.
    """
    exact = compared.low == compared.high == compared.value
    number = format_significant(compared.value) if exact else format_estimate(compared)
    name = make_visible(compared.name, blanks=False)
    goal = f"{name} ({number})" if name else number
    margin = format_significant(worded.margin)
    if worded.expects == "within":
        return f"expected within {margin} of {goal}"
    by = f", by more than {margin}" if worded.margin else ""
    return f"expected {worded.expects} {goal}{by}"


def rests_on(claim: Claim, names: Collection[str]) -> list[str]:
    """Return on which of some artifacts a claim rests.

    Args:
        claim: The claim.
        names: Names of artifacts.
    """
    read = (path.partition(".")[0] for path in claim.find_paths().values())
    return [name for name in read if name in names]


def leave_undecided(claim: Claim, schema: UnreadableSchema) -> ClaimVerdict:
    """Return the verdict on a claim whose evidence cannot be read.

    Args:
        claim: The claim.
        schema: Why it cannot be read.
    """
    reasons = {
        "outdated": "its evidence is to be collected again",
        "newer": "its evidence was collected by a newer version",
    }
    none = Estimate("", math.nan, math.nan, math.nan, n=0)
    return ClaimVerdict(
        says=claim.says,
        verdict="undecided",
        reason=reasons[schema],
        value=math.nan,
        low=math.nan,
        high=math.nan,
        n=0,
        estimate=none,
        compared=none,
        quantity="",
    )


def study_verdicts(
    study: Study,
    stored: Mapping[str, StoredArtifact],
    unreadable: Mapping[str, UnreadableSchema] | None = None,
) -> tuple[dict[str, ClaimVerdict], tuple[str, ...]]:
    """Judge the claims of a study.

    Args:
        study: The study.
        stored: The study's artifacts by name, with their heads.
        unreadable: The schema of those that cannot be read, None for none; what rests
            on one is undecided.

    Returns:
        The verdicts by claim, and warnings.

    Raises:
        ConfigError: With the place in the study file of each claim at fault.
    """
    unreadable = unreadable or {}
    lacking = {n: rests_on(claim, unreadable) for n, claim in study.claims.items()}
    judged = judge_claims(
        {n: c for n, c in study.claims.items() if not lacking[n]},
        {name: one.artifact for name, one in stored.items()},
        {name: find_source(study, name, one.head) for name, one in stored.items()},
    )
    if judged.problems:
        raise ConfigError(*locate_problems(study, judged.problems))
    verdicts = judged.claims | {
        name: leave_undecided(study.claims[name], unreadable[lacks[0]])
        for name, lacks in lacking.items()
        if lacks
    }
    verdicts = {
        name: replace(verdicts[name], seeds=count_claim_seeds(study, claim))
        for name, claim in study.claims.items()
    }
    return verdicts, locate_problems(study, judged.warnings)


def apply_claims(
    study: Study,
    stored: Mapping[str, StoredArtifact],
    verdicts: Mapping[str, ClaimVerdict],
) -> dict[str, StoredArtifact]:
    """Return artifacts whose scores have the verdicts of the claims about them.

    Args:
        study: The study.
        stored: Its artifacts by name.
        verdicts: Verdicts of its claims by name.
    """
    artifacts = {name: one.artifact for name, one in stored.items()}
    claimed: dict[int, Verdict] = {}
    for name, claim in study.claims.items():
        artifact = artifacts.get(claim.value.partition(".")[0])
        if isinstance(artifact, Scores):
            score = follow_path(artifacts, claim.value)[-1]
            claimed[id(score)] = verdicts[name].verdict
    return {
        name: replace(one, artifact=claim_scores(one.artifact, claimed))
        for name, one in stored.items()
    }


def claim_scores(artifact: Artifact, claimed: Mapping[int, Verdict]) -> Artifact:
    """Return an artifact with the verdicts of claims on its scores.

    Args:
        artifact: The artifact.
        claimed: Verdicts by the identity of the score.
    """
    if not isinstance(artifact, Scores):
        return artifact
    rows = tuple(
        replace(row, claimed=claimed[id(row)]) if id(row) in claimed else row
        for row in artifact.rows
    )
    return replace(artifact, rows=rows)


def find_source(study: Study, name: str, head: ArtifactHead) -> EvidenceSource:
    """Find where the estimates of an artifact come from.

    Args:
        study: The study.
        name: Name of the artifact.
        head: Its head.
    """
    corpus = head.made.corpus
    return EvidenceSource(find_unit(study, name), corpus.key if corpus else "")


def count_claim_seeds(study: Study, claim: Claim) -> int:
    """Count the seeds that a claim stands on, 0 without a model.

    Args:
        study: The study.
        claim: The claim.
    """
    paths = claim.find_paths().values()
    return count_seeds(study, (path.partition(".")[0] for path in paths))


def locate_problems(
    study: Study, told: Iterable[tuple[str, str, str]]
) -> tuple[str, ...]:
    """Return problems of settings, each with its place in the study file.

    Args:
        study: The study.
        told: For each problem the claim's name, the key below it, and the text.

    Returns:
        The messages.
    """
    told = tuple(told)
    name = f"studies/{study.folder.name}/{STUDY_FILE}"
    if not told:
        return ()
    try:
        source = read_yaml(study.folder / STUDY_FILE, name)
    except StudyError:
        return tuple(f"{name}: {CLAIMS}.{c}.{key}: {text}" for c, key, text in told)
    places = {(c, key): source.find_value_place((CLAIMS, c, key)) for c, key, _ in told}
    return tuple(
        "{}:{}:{}: {}.{}.{}: {}".format(name, *places[c, key], CLAIMS, c, key, text)
        for c, key, text in told
    )


def build_claim_views(
    study: Study, found: Mapping[str, ClaimVerdict], numbers: Mapping[str, int]
) -> tuple[ClaimView, ...]:
    """Build the claims as the page shows them, in the order of the study file.

    Args:
        study: The study.
        found: Verdicts by claim.
        numbers: Numbers of the figures that the write-up places, by name.

    Returns:
        The claims.
    """
    views = []
    for name, judged in found.items():
        worded = study.claims[name]
        artifact = worded.value.partition(".")[0]
        drawing = worded.figure or next(
            (n for n in numbers if artifact in study.figures[n].artifact_names()), ""
        )
        number = numbers.get(drawing, 0)
        figure = f"fig-{drawing}" if number else ""
        views.append(build_claim_view(name, worded, judged, figure, number))
    return tuple(views)


def unlinked_warnings(study: Study, claims: Iterable[ClaimView]) -> tuple[str, ...]:
    """Return a warning for each claim whose figure the write-up does not place.

    Args:
        study: The study.
        claims: The claims as the page shows them.

    Returns:
        The warnings.
    """
    text = "is placed nowhere in index.md, so that the claim has no link; place it"
    lost = (c for c in claims if study.claims[c.name].figure and not c.figure)
    return locate_problems(study, ((claim.name, "figure", text) for claim in lost))
