"""A claim that was decided, as a page shows it: words, and places on an axis."""

from __future__ import annotations

import math

from generator.artifacts import Estimate, Estimates
from generator.claims.settings import Claim as Worded
from generator.figures.estimates import (
    Axis,
    Tick,
    Whisker,
    axis_of,
    sentence,
    told,
    whisker,
)
from generator.figures.numbers import significant
from generator.figures.tokens import visible
from generator.judging.judge import Judged
from generator.pages.records import Claim


def shown(name: str, worded: Worded, judged: Judged, figure: str, number: int) -> Claim:
    """A claim as pages show it; `figure` is the id of its figure, "" if none."""
    bounds = bounds_of(worded, judged.compared)
    axis = axis_for(judged, bounds)
    one = judged.estimate
    return Claim(
        name=name,
        claim=sentence(judged.says),
        verdict=judged.verdict,
        reason=judged.reason,
        whisker=whisker(one, axis),
        quantity=visible(judged.quantity, blanks=False),
        expected=expected(worded, judged.compared),
        against=against(judged.compared, axis),
        bounds=tuple(Tick(axis.at(b), significant(b)) for b in bounds),
        ticks=tuple(Tick(axis.at(v), significant(v)) for v in (axis.low, axis.high)),
        figure=figure,
        number=number,
    )


def bounds_of(worded: Worded, compared: Estimate) -> tuple[float, ...]:
    """Where the region that a claim expects ends, if that is not the comparison."""
    if not worded.margin or not math.isfinite(compared.value):
        return ()
    above, below = compared.value + worded.margin, compared.value - worded.margin
    return {"above": (above,), "below": (below,), "within": (below, above)}[
        worded.expects
    ]


def axis_for(judged: Judged, bounds: tuple[float, ...]) -> Axis:
    """An axis that holds the estimate, what it is compared with, and the bounds."""
    ends = tuple(Estimate("", b, b, b, 0) for b in bounds)
    rows = (judged.estimate, judged.compared, *ends)
    return axis_of(Estimates(quantity="", rows=rows), None, None)


def against(compared: Estimate, axis: Axis) -> Whisker | None:
    """Where the comparison lies; nothing where it is not defined."""
    return whisker(compared, axis) if math.isfinite(compared.value) else None


def expected(worded: Worded, compared: Estimate) -> str:
    """Where the estimate should lie, in words."""
    exact = compared.low == compared.high == compared.value
    number = significant(compared.value) if exact else told(compared)
    name = visible(compared.name, blanks=False)
    goal = f"{name} ({number})" if name else number
    margin = significant(worded.margin)
    if worded.expects == "within":
        return f"expected within {margin} of {goal}"
    by = f", by more than {margin}" if worded.margin else ""
    return f"expected {worded.expects} {goal}{by}"
