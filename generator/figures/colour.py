"""From a score to a colour class, the only place where scores are scaled.

A figure has one bound: the size of score drawn darkest. It is 1 for attention weights,
what the author wrote, or the largest size in the figure's data, and the legend says
which. Scores of one sign use the sequential ramp, classes `s0` to `s32`; scores for and
against use the diverging one, `d0` to `d32` with 16 as nothing. Step 0 (or 16) is the
page's own paper in both themes, so more always means further from the page.

What has no size has no colour: NaN, and data that are all zero or, where the bound came
from the data, all equal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.artifacts import SlotScores
from generator.errors import FigureError
from generator.figures.masses import padding_mass
from generator.figures.numbers import count, fixed, significant

STEPS = 32
"""Last step of the sequential ramp; half of it on each arm of the diverging one."""
ATTENTION = "attention weight"
"""The quantity whose bound is 1 wherever it is drawn."""

Origin = Literal["fixed", "written", "data", "flat"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled place on a legend's scale, `at` from 0 to 1."""

    at: float
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """How the scores of one figure become colours."""

    bound: float
    signed: bool
    quantity: str
    unit: str
    origin: Origin
    beyond: int = 0
    window: int = 0
    ends: tuple[str, ...] = ()
    """What the two ends of a diverging ramp speak for, where they have a name."""

    def shade(self, score: float) -> str:
        """The class of `score`, rounded once; nothing where there is no size."""
        neutral = self.origin == "flat" or math.isnan(score)
        share = 0.0 if neutral else max(-1.0, min(1.0, score / self.bound))
        if self.signed:
            half = STEPS // 2
            return f"d{half + rounded(share * half)}"
        return f"s{rounded(max(0.0, share) * STEPS)}"

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Labels under the legend's ramp."""
        end = significant(self.bound)
        if self.origin == "flat":
            return ()
        if self.signed:
            return (Mark(0, f"\N{MINUS SIGN}{end}"), Mark(0.5, "0"), Mark(1, f"+{end}"))
        marks = [Mark(0, "0"), Mark(0.5, significant(self.bound / 2)), Mark(1, end)]
        if self.even and 0.08 < self.even / self.bound < 0.42:  # noqa: PLR2004 - room
            even = Mark(self.even / self.bound, significant(self.even, 2), strong=True)
            marks.insert(1, even)
        return tuple(marks)

    @property
    def even(self) -> float:
        """An even share of the window's slots, where scores are shares; else 0."""
        return 1 / self.window if self.quantity == ATTENTION and self.window else 0.0

    @property
    def foot(self) -> str:
        """The other end of a fixed scale."""
        return f"\N{MINUS SIGN}{significant(self.bound)}" if self.signed else "0"

    @property
    def note(self) -> str:
        """What the legend says below its ramp."""
        parts = [f"in {self.unit}" if self.unit else ""]
        if self.even:
            share = significant(self.even, 2)
            slots = count(self.window, "slot")
            parts = [f"share of one step; {share} is an even share of {slots}"]
        return "; ".join(filter(None, (*parts, self.source)))

    @property
    def source(self) -> str:
        """Where the bound came from, and what lies beyond it."""
        end = significant(self.bound)
        said = {
            "fixed": f"fixed, {self.foot} to {end}, in all figures",
            "written": f"bound {end}, chosen for this figure",
            "data": f"bound {end}, the largest size in this figure",
            "flat": "all equal: nothing to shade",
        }[self.origin]
        if self.beyond:
            said += f"; {count(self.beyond, 'score')} beyond it, drawn as if at it"
        return said


def rounded(value: float) -> int:
    """The nearest whole number, halves away from zero."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def scale_for(scores: Sequence[SlotScores], bound: float | None = None) -> Scale:
    """One scale for all `scores`. Raises `FigureError` where they share no quantity."""
    first = scores[0]
    alike = {(s.quantity, s.unit, s.signed) for s in scores}
    if len(alike) > 1:
        named = ", ".join(sorted(f"{q} {u}".strip() for q, u, _ in alike))
        raise FigureError(f"one scale cannot hold several quantities: {named}")
    values = np.concatenate([np.ravel(s.scores) for s in scores]).astype(np.float64)
    values = values[np.isfinite(values)]
    if not first.signed and values.size and values.min() < 0:
        raise FigureError(
            f"{first.quantity}: {fixed(float(values.min()), 3)} is below 0 and the "
            "scores are not signed; mark them as signed"
        )
    sums = np.concatenate([padding_mass(s) for s in scores]).astype(np.float64)
    sizes = np.abs(np.concatenate([values, sums[np.isfinite(sums)]]))
    largest = float(sizes.max()) if sizes.size else 0.0
    chosen, origin = chosen_bound(first.quantity, bound, largest, values)
    beyond = int((sizes > chosen * (1 + 1e-6)).sum())
    window = int(first.scores.shape[1]) if first.scores.ndim > 1 else 0
    return Scale(
        chosen, first.signed, first.quantity, first.unit, origin, beyond, window
    )


def chosen_bound(
    quantity: str, bound: float | None, largest: float, values: np.ndarray
) -> tuple[float, Origin]:
    """The bound and where it came from."""
    if bound is not None:
        return bound, "written"
    if quantity == ATTENTION:
        return 1.0, "fixed"
    if largest == 0 or (values.size > 1 and float(np.ptp(values)) == 0):
        return largest or 1.0, "flat"
    return largest, "data"
