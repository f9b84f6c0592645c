"""A study's claims, each with the verdict that its artifacts give.

Verdicts are decided here, while rendering, from the intervals that the artifacts hold,
and nowhere else: the box of a study, its figures, its sentences and the page of all
claims are told the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.artifacts import Artifact, Estimate
from generator.claims.rule import Interval, Verdict, decide
from generator.claims.settings import Claim
from generator.errors import WriteUpError, quoted
from generator.judging.evidence import Evidence, comparison, evidence


@dataclass(frozen=True, slots=True)
class Judged:
    """What a claim came to. Sentences name its fields, as in `claims.padding.value`."""

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


@dataclass(frozen=True)
class Judgement:
    """All claims of a study, by name; problems and warnings with the setting at fault.

    A setting is the claim's name and the key below it.
    """

    claims: dict[str, Judged]
    problems: tuple[tuple[str, str, str], ...]
    warnings: tuple[tuple[str, str, str], ...]


def judge(claims: Mapping[str, Claim], artifacts: Mapping[str, Artifact]) -> Judgement:
    """What the artifacts say to each claim."""
    made: dict[str, Judged] = {}
    problems: list[tuple[str, str, str]] = []
    warnings: list[tuple[str, str, str]] = []
    for name, claim in claims.items():
        sides: dict[str, Evidence] = {}
        try:
            sides["value"] = evidence(artifacts, claim.value)
        except WriteUpError as error:
            problems += ((name, "value", told) for told in error.problems)
        try:
            sides["than"] = comparison(artifacts, claim.than)
        except WriteUpError as error:
            problems += ((name, "than", told) for told in error.problems)
        if len(sides) == len(("value", "than")):
            made[name] = decided(claim, sides["value"], sides["than"])
            warnings += (
                (name, "than", told) for told in unlike(sides["value"], sides["than"])
            )
    return Judgement(made, tuple(problems), tuple(warnings))


def decided(claim: Claim, value: Evidence, than: Evidence) -> Judged:
    """One claim, decided."""
    one, other = value.estimate, than.estimate
    found = decide(
        Interval(one.low, one.high),
        one.n,
        Interval(other.low, other.high),
        claim.expects,
        claim.margin,
    )
    return Judged(
        says=claim.says,
        verdict=found.verdict,
        reason=found.reason,
        value=one.value,
        low=one.low,
        high=one.high,
        n=one.n,
        estimate=one,
        compared=other,
        quantity=value.quantity,
    )


def unlike(value: Evidence, than: Evidence) -> tuple[str, ...]:
    """A warning where two quantities are compared that are not called the same."""
    if not than.quantity or value.quantity == than.quantity:
        return ()
    said = f"compares {quoted(value.quantity)} with {quoted(than.quantity)}"
    return (f"{said}, which are not one quantity; name one that is",)
