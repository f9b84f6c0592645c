"""The one rule by which an interval decides: for claims, scores and methods alike.

A difference has a 95 % interval [low, high]. A statement says in which region the
difference lies, `margin` being m:

    above     (m, inf)       larger by more than m
    below     (-inf, -m)     smaller by more than m
    within    (-m, m)        equivalent

Supported: the whole interval lies in the region. Not supported: none of it does.
Undecided: part of it does; or an end is no number; or the interval rests on fewer than
`LEAST_UNITS` units. An end that is nearer to an edge of the region than rounding is on
the edge, which is outside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

ExpectedSide = Literal["above", "below", "within"]
Verdict = Literal["supported", "not supported", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("supported", "not supported", "undecided")
LEAST_UNITS = 10
"""Units below which no interval decides: over fewer, its width is noise."""
ROUNDING = 1e-6
"""Part of the numbers' size that float32 may round away. Values that are all alike
have an interval of no width, which rounding alone would put on either side."""
BOTH_SIDES = "the interval reaches both sides"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, and the reason where a statement is undecided."""

    verdict: Verdict
    reason: str = ""


def decide_interval(
    low: float,
    high: float,
    n: int,
    expects: ExpectedSide,
    *,
    margin: float = 0.0,
    scale: float = 1.0,
) -> Decision:
    """Decide whether a difference lies where a statement expects it.

    Args:
        low: Lower end of the difference's 95 % interval.
        high: Its upper end.
        n: Units that the interval rests on.
        expects: The region.
        margin: Its distance from 0 or, for `within`, its half width.
        scale: Size of the numbers that were subtracted, which rounding is a part of.

    Returns:
        The verdict.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return Decision("undecided", "the difference has no interval")
    if n < LEAST_UNITS:
        return Decision("undecided", f"n = {n}, fewer than {LEAST_UNITS}")
    inside, outside = locate_difference(low, high, expects, margin, scale * ROUNDING)
    if inside:
        return Decision("supported")
    if outside:
        return Decision("not supported")
    return Decision("undecided", BOTH_SIDES)


def locate_difference(
    low: float, high: float, expects: ExpectedSide, margin: float, slack: float = 0.0
) -> tuple[bool, bool]:
    """Locate a difference: wholly inside a region, and wholly outside it.

    Args:
        low: Lower end of the difference's interval.
        high: Its upper end.
        expects: The region.
        margin: Its distance from 0 or, for `within`, its half width.
        slack: How near to an edge counts as on it.

    Returns:
        Whether all of it lies inside, and whether all of it lies outside.
    """
    if expects == "below":
        return locate_difference(-high, -low, "above", margin, slack)
    if expects == "above":
        return low > margin + slack, high <= margin + slack
    edge = margin - slack
    return -edge < low and high < edge, high <= -edge or low >= edge
