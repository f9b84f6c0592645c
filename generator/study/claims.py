"""Claims: sentences of a study, and the rule that decides them from intervals.

A claim of a study file gives the sentence, its evidence, and what no effect would give.

    claims:
      padding:
        says: Attention ignores padding.
        value: padding.rows.after-training
        expects: below
        than: padding.rows.even-attention

A claim does not say whether it holds: that is decided while rendering, from the
interval of `value`, by `core/decision.py`. Rewording a claim collects nothing again.

`core.decision` has the rule: a claim says in which region the difference between its
estimate and the comparison lies, and is supported where the whole 95 % interval of the
difference does, not supported where none of it does, and undecided else.

How that interval is found, `comparison` says: from the values of the same units where
both estimates are over them, and otherwise from the two intervals. Two intervals whose
relation is not known must not overlap. That is conservative: of two independent
estimates of one quantity, with standard errors alike, fewer than 1 % of pairs of 95 %
intervals lie apart by chance. So it decides less often than a test of the difference
would and is not wrong more often.

Why intervals, and no p-value: one rule serves means, shares, correlations and scores, a
reader can check it by eye, and an interval that reaches both sides says how little is
known where p > 0.05 invites "no effect". Against a number the rule is the two-sided
test at 5 %; `within` is two one-sided tests, each at 2.5 %.

No correction is made for the number of claims of a study: pages say how many were
tested, on how many seeds each stands, and whether it was worded before its numbers were
known.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import Artifact, Distributions, Estimates, Scores
from generator.core.decision import ExpectedSide
from generator.core.spec import LineText, Spec

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
    set: Literal["before", "after"] | None = None
    """When the claim and its threshold were fixed: before its numbers were known, or
    after; the page says so."""
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
