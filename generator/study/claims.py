"""Claims: sentences of a study, and the rule that decides them from intervals.

A claim of a study file gives the sentence, its evidence, and what no effect would give.

    claims:
      padding:
        says: Attention ignores padding.
        value: padding.rows.after-training
        expects: below
        than: padding.rows.even-attention

A claim does not say whether it holds: that is decided while rendering, from the
interval of `value`, by `decide_claim`. Rewording a claim collects nothing again.

An estimate has a 95 % interval [l, h], and what it is compared with an interval [a, b],
of width 0 for a number. The difference then lies in [l - b, h - a]. A claim says in
which region the difference lies, `margin` being m:

    above     (m, inf)       larger than the comparison by more than m
    below     (-inf, -m)     smaller than it by more than m
    within    (-m, m)        equivalent to it

Supported: the whole interval of the difference lies in the region. Not supported: none
of it does. Undecided: part of it does; or an end is no number; or the estimate rests on
fewer than ten units, whose bootstrap interval is not to be trusted.

Why intervals, and no p-value: one rule serves means, shares, correlations and scores, a
reader can check it by eye, and an interval that reaches both sides says how little is
known where p > 0.05 invites "no effect". Against a number the rule is the two-sided
test at 5 %; `within` is two one-sided tests, each at 2.5 %.

Two intervals must not overlap. That is conservative: of two independent estimates of
one quantity, with standard errors alike, fewer than 1 % of pairs of 95 % intervals lie
apart by chance, and fewer still where both are about the same texts, as estimates of
one artifact mostly are. So it decides less often than a test of the difference would
and is not wrong more often. Where an artifact holds the paired difference itself (the
measure `difference` of `evaluation`, `decided` of `attention_tests`), compare that with
0: its interval allows for the pairs, and the rule loses nothing.

No correction is made for the number of claims of a study. Each is to be asked before
its artifact is looked at, and the page counts those that were not decided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import Artifact, Distributions, Estimates, Scores
from generator.core.spec import LineText, Spec

ExpectedSide = Literal["above", "below", "within"]
Verdict = Literal["supported", "not supported", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("supported", "not supported", "undecided")
LEAST_UNITS = 10
"""Units below which no interval decides."""


@dataclass(frozen=True, slots=True)
class ClaimInterval:
    """A 95 % interval, or a number as an interval of width 0."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ClaimDecision:
    """A verdict, and the reason where a claim is undecided."""

    verdict: Verdict
    reason: str = ""


def decide_claim(
    value: ClaimInterval,
    n: int,
    than: ClaimInterval,
    expects: ExpectedSide,
    margin: float = 0.0,
) -> ClaimDecision:
    """Return whether an estimate lies where a claim expects it.

    Args:
        value: 95 % interval of the estimate.
        n: Units that the estimate rests on.
        than: What it is compared with.
        expects: Where the estimate lies if the claim holds.
        margin: The smallest difference that counts, at least 0.
    """
    if reason := explain_unusable(value, n, than):
        return ClaimDecision("undecided", reason)
    low, high = value.low - than.high, value.high - than.low
    inside, outside = locate_difference(low, high, expects, margin)
    if inside:
        return ClaimDecision("supported")
    if outside:
        return ClaimDecision("not supported")
    return ClaimDecision("undecided", "the interval reaches both sides")


def locate_difference(
    low: float, high: float, expects: ExpectedSide, margin: float
) -> tuple[bool, bool]:
    """Return whether a difference lies wholly inside a region, and wholly outside.

    Args:
        low: Lower end of the difference's interval.
        high: Upper end of the difference's interval.
        expects: The region.
        margin: Its distance from 0 or, for `within`, its half width.
    """
    if expects == "above":
        return low > margin, high <= margin
    if expects == "below":
        return high < -margin, low >= -margin
    return -margin < low and high < margin, high <= -margin or low >= margin


def explain_unusable(value: ClaimInterval, n: int, than: ClaimInterval) -> str:
    """Return why numbers can decide nothing, "" if they can.

    Args:
        value: 95 % interval of the estimate.
        n: Units that the estimate rests on.
        than: What it is compared with.
    """
    if not (math.isfinite(value.low) and math.isfinite(value.high)):
        return "the estimate has no interval"
    if not (math.isfinite(than.low) and math.isfinite(than.high)):
        return "what it is compared with is not defined"
    if n < LEAST_UNITS:
        return f"n = {n}, fewer than {LEAST_UNITS}"
    return ""


EvidencePath = Annotated[
    str, Field(max_length=200, pattern=r"^[\w-]{1,64}(\.[^\s.]{1,100}){1,6}$")
]
"""An artifact's name and the steps to one of its estimates, joined by dots."""

ESTIMATE_FIELDS: dict[type[Artifact], tuple[str, ...]] = {
    Estimates: ("rows",),
    Distributions: ("groups", "decided"),
    Scores: ("rows",),
}
"""Artifacts that hold estimates, and the fields that these are in."""


class Claim(Spec):
    """One sentence, and where in the artifacts to look whether it holds."""

    says: LineText
    """The claim, as one sentence."""
    value: EvidencePath
    """The estimate that decides: `artifact.rows.name`, `artifact.groups.name` or
    `artifact.decided`, with hyphens for spaces."""
    expects: ExpectedSide
    """Where the estimate lies if the claim holds: above or below `than`, or within
    `margin` of it."""
    than: float | EvidencePath
    """What no effect would give: a number, or the path of a number or an estimate. A
    paired difference compared with 0 decides more than two intervals do."""
    margin: Annotated[float, Field(ge=0)] = 0.0
    """The smallest difference from `than` that counts; for `within`, the largest that
    does not."""
    figure: str | None = None
    """The figure to link to; without it, the first placed one that draws the
    estimate."""

    @model_validator(mode="after")
    def _check_settings(self) -> Self:
        """Return the claim itself if its settings agree.

        Raises:
            ValueError: They contradict each other.
        """
        if self.expects == "within" and not self.margin:
            raise ValueError(
                "within: needs a margin, the largest difference that is none; an "
                "interval never shows that there is no difference at all"
            )
        if self.value == self.than:
            raise ValueError("than: is the value itself; name what to compare it with")
        return self

    def find_paths(self) -> dict[Literal["value", "than"], str]:
        """Return the paths that lead into artifacts, by the setting that holds each."""
        paths: dict[Literal["value", "than"], str] = {"value": self.value}
        if isinstance(self.than, str):
            paths["than"] = self.than
        return paths
