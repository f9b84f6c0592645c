"""Estimates of one quantity on one axis: a point and its 95 % interval each.

Observed values, nulls and controls are told apart by the shape of their point and by
words. A dashed line stands where no effect would be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from generator.artifacts import Artifact, Estimate, EstimateRole, Estimates
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.core.wording import format_units
from generator.figures.base import (
    DataTable,
    Figure,
    Items,
    TableRow,
    View,
    heading_tracks,
)
from generator.figures.export.axes import (
    DRAWN,
    AxisTick,
    EstimateWhisker,
    axis_part,
    estimate_row,
    point_shapes,
)
from generator.figures.export.frame import FINE, paragraphs_part
from generator.figures.export.shapes import KeySign, Part
from generator.figures.formatting import (
    Phrase,
    format_fixed,
    format_significant,
    make_visible,
)

WIDTH, MARGIN = 176, 6
SHAPES: dict[EstimateRole, str] = {
    "observed": "disc",
    "null": "square",
    "positive control": "up",
    "negative control": "down",
}


@dataclass(frozen=True, slots=True)
class EstimateAxis:
    """From data to places between `MARGIN` and `WIDTH - MARGIN`."""

    low: float
    high: float

    def position(self, value: float) -> float:
        """Return the place of `value`, to a tenth, clipped to the axis."""
        share = (value - self.low) / (self.high - self.low)
        share = max(0.0, min(1.0, share))
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


@dataclass(frozen=True, kw_only=True)
class EstimatesView(View):
    """Whiskers on one axis, the reference line."""

    whiskers: tuple[EstimateWhisker, ...]
    roles: tuple[tuple[str, str], ...]  # role and shape, those that are drawn
    ticks: tuple[AxisTick, ...]
    reference: AxisTick | None
    quantity: str
    remarks: tuple[str, ...]

    def items(self) -> Items:
        """Return the estimates, each a row."""
        return Items(heading_tracks([row.name for row in self.whiskers]))

    def picture(self, y: float) -> Iterator[Part]:
        """Draw estimates on one axis."""
        k = DRAWN / 176
        for row in self.whiskers:
            part = estimate_row(row, self.reference, y, k, role=row.role)
            yield part
            y = part.bottom
        axis = axis_part(self.ticks, self.reference, y, k, self.quantity)
        yield axis
        yield paragraphs_part(self.remarks, axis.bottom + 4, FINE)

    def key_signs(self) -> list[KeySign]:
        """Return what the shapes of points stand for."""
        return [(point_shapes(shape, 14, 8), role) for role, shape in self.roles]

    def below_key(self) -> tuple[str, ...]:
        """Return what is drawn besides."""
        end = "; dashed: no effect" if self.reference else ""
        return (f"Mark: estimate; line: 95% interval{end}.",)


class EstimateDots(Figure):
    """Dots and whiskers."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Estimates,)
    heading: ClassVar[str] = "Estimates"
    figure: Literal["estimates"]
    artifact: str
    """Name of the estimates to draw."""
    low: float | None = None
    """Left end of the axis; without it, the data's."""
    high: float | None = None
    """Right end of the axis; without it, the data's."""
    point: str | None = None
    """Name of the row that the summary tells; without it, the first observed one."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> EstimatesView:
        """Return what the template renders."""
        (estimates,) = artifacts
        assert isinstance(estimates, Estimates)  # noqa: S101 - checked with the study
        if not estimates.rows:
            raise FigureError("estimates: the artifact holds no row, nothing to draw")
        axis = estimate_axis(estimates, self.low, self.high)
        row = self.summary_row(estimates)
        return EstimatesView(
            summary=summary(estimates, row),
            tables=(table(estimates),),
            whiskers=tuple(build_whisker(row, axis) for row in estimates.rows),
            roles=tuple(
                (role, shape)
                for role, shape in SHAPES.items()
                if any(row.role == role for row in estimates.rows)
            ),
            ticks=tuple(
                AxisTick(axis.position(v), format_significant(v))
                for v in (axis.low, axis.high)
            ),
            reference=reference_tick(estimates, axis),
            quantity=make_visible(estimates.quantity, blanks=False),
            remarks=tuple(make_visible(note, blanks=False) for note in estimates.notes),
        )

    def summary_row(self, estimates: Estimates) -> Estimate:
        """Return the row that the summary tells.

        Raises:
            FigureError: There is none of the name that `point` gives.
        """
        if self.point is None:
            return first_observed(estimates.rows)
        for row in estimates.rows:
            if row.name == self.point:
                return row
        raise FigureError(
            f"point: there is no row {quote_text(self.point)}; "
            f"{suggest_nearest(self.point, [row.name for row in estimates.rows])}"
        )


def claim_sentence(claim: str) -> str:
    """Return a claim as a sentence that begins with a capital and ends with a stop."""
    text = make_visible(claim, blanks=False).strip()
    closed = text.endswith((".", "?", "!", "…")) or not text
    return text[:1].upper() + text[1:] + ("" if closed else ".")


def estimate_axis(
    estimates: Estimates, low: float | None, high: float | None
) -> EstimateAxis:
    """Return an axis that holds all intervals and the reference, with round ends."""
    values = [v for r in estimates.rows for v in (r.low, r.value, r.high)]
    if estimates.reference is not None:
        values.append(estimates.reference)
    real = [v for v in values if math.isfinite(v)]
    least = min([*real, 0.0] if low is None else [low])
    most = max(real, default=1.0) if high is None else high
    if most - least < 1e-9:  # noqa: PLR2004 - all are one value
        return EstimateAxis(least, least + 1)
    size = 10.0 ** math.floor(math.log10(most - least))
    step = next(
        size * s for s in (1, 0.5, 0.2, 0.1) if (most - least) / size / s >= FEW
    )
    foot = least if low is not None else math.floor(least / step + 1e-9) * step
    head = most if high is not None else math.ceil(most / step - 1e-9) * step
    return EstimateAxis(foot, head if head > foot else foot + 1)


FEW = 4
"""Steps that an axis is divided into at least, to find round ends."""


def build_whisker(row: Estimate, axis: EstimateAxis) -> EstimateWhisker:
    """Return the places and words of one row."""
    real = math.isfinite(row.value)
    ends = (
        (row.low, row.high) if math.isfinite(row.low + row.high) else (row.value,) * 2
    )
    low, high = (axis.position(v) if math.isfinite(v) else float(MARGIN) for v in ends)
    return EstimateWhisker(
        name=make_visible(row.name, blanks=False),
        role=row.role,
        shape=SHAPES[row.role],
        low=low,
        point=axis.position(row.value) if real else None,
        high=high,
        text=format_estimate(row),
        n=format_units(row.n, make_visible(row.unit, blanks=False)),
        p="" if row.p is None else format_p_value(row.p),
    )


def format_estimate(row: Estimate) -> str:
    """Format an estimate in words: value and interval."""
    if not math.isfinite(row.value):
        return "no value"
    if math.isnan(row.low) and math.isnan(row.high):
        return format_significant(row.value)
    numbers, width = (row.value, row.low, row.high), row.high - row.low
    if 0 < width < abs(row.value) * TOO_NARROW:
        return format_significant(row.value, 5)
    if 0 < width < LEAST_WIDTH or (not width and 0 < abs(row.value) < NOTHING):
        value, low, high = (format_significant(v) for v in numbers)
    else:
        digits = interval_decimals(width)
        value, low, high = (format_fixed(v, digits) for v in numbers)
    return f"{value} [{low}, {high}]"


TOO_NARROW = 1e-4
"""Intervals that are a smaller part of the value say less than the value's digits."""
LEAST_WIDTH = 1e-5
"""Intervals that six decimals show by two digits; narrower ones have no decimals."""
NOTHING = 0.0005
"""Sizes that three decimals print as 0."""


def interval_decimals(width: float) -> int:
    """Return how many decimals show an interval of `width` by two digits."""
    if not math.isfinite(width) or width <= 0:
        return 3
    return max(0, min(6, 1 - math.floor(math.log10(width))))


def format_p_value(p: float) -> str:
    """Format a p-value with three decimals."""
    return "p < 0.001" if p < 0.001 else f"p = {format_fixed(p, 3)}"  # noqa: PLR2004


def reference_tick(estimates: Estimates, axis: EstimateAxis) -> AxisTick | None:
    """Return the place on the axis where no effect would be, if there is one."""
    if estimates.reference is None or not math.isfinite(estimates.reference):
        return None
    name = make_visible(estimates.reference_name, blanks=False) or "no effect"
    place = axis.position(estimates.reference)
    return AxisTick(place, f"{name} {format_significant(estimates.reference)}")


def table(estimates: Estimates) -> DataTable:
    """Return a table of every number drawn."""
    rows = tuple(
        TableRow(
            make_visible(row.name, blanks=False),
            (
                row.role,
                *(format_significant(v, 5) for v in (row.value, row.low, row.high)),
                f"{row.n:,}",
                "" if row.p is None else format_significant(row.p, 3),
            ),
        )
        for row in estimates.rows
    )
    head = ("estimate", "role", "value", "low", "high", "n", "p")
    return DataTable(
        f"{make_visible(estimates.quantity, blanks=False)}, 95% intervals", head, rows
    )


def first_observed(rows: Iterable[Estimate]) -> Estimate:
    """Return the row a summary is about: the first observed one, else the first."""
    every = list(rows)
    return next((row for row in every if row.role == "observed"), every[0])


def summary(estimates: Estimates, row: Estimate) -> Phrase:
    """Return a sentence on one row and the reference."""
    name = make_visible(row.name, blanks=False)
    said = (
        f"{make_visible(estimates.quantity, blanks=False)}, {name}: "
        f"{format_estimate(row)}"
    )
    said += f", {format_units(row.n, make_visible(row.unit, blanks=False))}"
    if estimates.reference is not None:
        word = make_visible(estimates.reference_name, blanks=False) or "no effect"
        said += f"; {word} would give {format_significant(estimates.reference)}"
    return (said[:1].upper() + said[1:], ".")
