"""A claim as a study file words it: the sentence, its evidence, what none would give.

    claims:
      padding:
        says: Attention ignores padding.
        value: padding.rows.after-training
        expects: below
        than: padding.rows.even-attention

Nothing here says whether the claim holds: that is decided while rendering, from the
interval of `value`, by `rule.decide`. Rewording a claim collects nothing again.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from generator.artifacts import Artifact, Distributions, Estimates, Scores
from generator.claims.rule import Side
from generator.spec import Line, Spec

EvidencePath = Annotated[
    str, Field(max_length=200, pattern=r"^[\w-]{1,64}(\.[^\s.]{1,100}){1,6}$")
]
"""An artifact's name and the steps to one of its estimates, joined by dots."""

HOLDS: dict[type[Artifact], tuple[str, ...]] = {
    Estimates: ("rows",),
    Distributions: ("groups", "decided"),
    Scores: ("rows",),
}
"""Artifacts that hold estimates, and the fields that these are in."""


class Claim(Spec):
    """One sentence, and where in the artifacts to look whether it holds."""

    says: Line
    """The claim, as one sentence."""
    value: EvidencePath
    """The estimate that decides: `artifact.rows.name`, `artifact.groups.name` or
    `artifact.decided`, with hyphens for spaces."""
    expects: Side
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
    def _coherent(self) -> Self:
        """Raises `ValueError` where settings contradict each other."""
        if self.expects == "within" and not self.margin:
            raise ValueError(
                "within: needs a margin, the largest difference that is none; an "
                "interval never shows that there is no difference at all"
            )
        if self.value == self.than:
            raise ValueError("than: is the value itself; name what to compare it with")
        return self

    def paths(self) -> dict[Literal["value", "than"], str]:
        """The settings that name something in an artifact, and what they name."""
        found: dict[Literal["value", "than"], str] = {"value": self.value}
        if isinstance(self.than, str):
            found["than"] = self.than
        return found
