"""Violins: one value for each of many texts, in groups on one axis.

Each group is the outline of its values' density, as wide as the next at its widest,
with the values themselves as ticks where they are few. A point and a line are the mean
and its 95 % interval over texts; a hollow diamond is the mean that a paper reports. A
group of fewer than five values has no outline, and one of none says so. The axis is
wide enough for all values, and no wider than they can be.

The density is a Gaussian kernel over the values, with Silverman's bandwidth: 0.9 of the
smaller of the standard deviation and the interquartile range over 1.34, divided by the
fifth root of n. Where the quantity has an end, what a kernel would put beyond it is
folded back, so that no outline shows values that cannot be.

Source: Silverman (1986), Density estimation for statistics and data analysis, sections
2.10 and 3.4.2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import (
    Artifact,
    DistributionGroup,
    Distributions,
    Estimate,
    Estimates,
)
from generator.core.errors import FigureError
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
    BAR_LEFT,
    DRAWN,
    AxisTick,
    axis_part,
    diamond_shapes,
    point_shapes,
    row_label_part,
    row_numbers_part,
    whisker_shapes,
)
from generator.figures.export.frame import FINE, INSET, ROOM, paragraphs_part
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PANEL,
    RULE,
    SOFT,
    KeySign,
    Part,
    Shape,
    Stroke,
)
from generator.figures.formatting import Phrase, format_fixed, format_significant
from generator.figures.scales import format_label
from generator.figures.statistics.estimates import (
    SHAPES,
    EstimateAxis,
    claim_sentence,
    estimate_axis,
    format_estimate,
    interval_decimals,
    reference_tick,
)

Numbers = NDArray[np.float64]
POINTS = 60
"""Points of an outline."""
REACH = 3.0
"""Bandwidths that an outline goes on beyond the outermost value."""


def bandwidth(values: Numbers) -> float:
    """Compute Silverman's bandwidth, 0 where all values are equal."""
    if values.size < 2:  # noqa: PLR2004 - one value has no spread
        return 0.0
    low, high = np.quantile(values, (0.25, 0.75))
    sizes = (float(values.std(ddof=1)), float(high - low) / 1.34)
    spread = min(size for size in sizes if size > 0) if max(sizes) > 0 else 0.0
    return float(0.9 * spread * values.size**-0.2)


def density(
    values: Numbers, ends: tuple[float, float] | None = None
) -> tuple[Numbers, Numbers]:
    """Estimate the density of values along an axis.

    Args:
        values: Finite values, (n,).
        ends: The least and the largest value that can be, where there are such.

    Returns:
        Places along the axis and the density there, both (points,); empty where the
        values have no spread.
    """
    width = bandwidth(values)
    if width == 0:
        return np.zeros(0), np.zeros(0)
    low, high = values.min() - REACH * width, values.max() + REACH * width
    folds = [values]
    if ends is not None:
        low, high = max(low, ends[0]), min(high, ends[1])
        folds += [2 * end - values for end in ends]
    places = np.linspace(low, high, POINTS)
    every = np.concatenate(folds)
    kernels = np.exp(-0.5 * ((places[:, None] - every[None]) / width) ** 2)
    return places, kernels.sum(1) / (values.size * width * np.sqrt(2 * np.pi))


WIDTH, MARGIN = 360, 8


@dataclass(frozen=True, slots=True)
class ViolinAxis(EstimateAxis):
    """An axis as wide as a violin is drawn."""

    def position(self, value: float) -> float:
        """Return the place of `value`, to a tenth, clipped to the axis."""
        share = max(0.0, min(1.0, (value - self.low) / (self.high - self.low)))
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


def violin_axis(
    distributions: Distributions, low: float | None, high: float | None
) -> ViolinAxis:
    """Return an axis that holds all values, intervals and reported means."""
    rows = []
    for group in distributions.groups:
        values = finite_values(group)
        low_end = float(values.min()) if values.size else math.nan
        high_end = float(values.max()) if values.size else math.nan
        rows.append(Estimate("", group.mean, low_end, high_end, len(values)))
        rows.append(Estimate("", group.mean, group.low, group.high, len(values)))
        if group.published is not None:
            mean = group.published
            rows.append(Estimate("", mean, mean, mean, len(values)))
    found = estimate_axis(as_estimates(distributions, tuple(rows)), low, high)
    first, last = found.low, found.high
    if distributions.ends is not None:
        first = max(first, distributions.ends[0]) if low is None else first
        last = min(last, distributions.ends[1]) if high is None else last
    return ViolinAxis(first, last if last > first else first + 1)


def as_estimates(
    distributions: Distributions, rows: tuple[Estimate, ...] | None = None
) -> Estimates:
    """Return the means as estimates, to share their axis and words."""
    return Estimates(
        quantity=distributions.quantity,
        rows=rows
        if rows is not None
        else tuple(
            Estimate(g.name, g.mean, g.low, g.high, len(finite_values(g)), g.role)
            for g in distributions.groups
        ),
        reference=distributions.reference,
        reference_name=distributions.reference_name,
    )


def finite_values(group: DistributionGroup) -> Numbers:
    """Return the finite values of a group."""
    values = group.values.astype(np.float64)
    return np.asarray(values[np.isfinite(values)])


MIDDLE, HALF = 22, 17
"""Where a violin's middle lies, and half of its width at its widest."""
nan = math.nan
OUTLINED, TICKED = 5, 60
"""Values that an outline needs, and up to which each is a tick."""


@dataclass(frozen=True, slots=True)
class Violin:
    """One group: its drawing, and the words beside it."""

    name: str
    role: str
    shape: str
    edge: tuple[tuple[float, float], ...]
    """Points along the outline, none where there are too few values."""
    ticks: tuple[float, ...]
    low: float
    point: float | None
    high: float
    published: float | None
    text: str
    n: str
    paper: str

    @property
    def outline(self) -> str:
        """The outline as a path, "" where there is none."""
        points = "L".join(f"{x:g} {y:.1f}" for x, y in self.edge)
        return f"M{points}z" if points else ""


@dataclass(frozen=True, kw_only=True)
class ViolinsView(View):
    """Groups on one axis, the reference line."""

    violins: tuple[Violin, ...]
    roles: tuple[tuple[str, str], ...]
    axis: tuple[AxisTick, ...]
    reference: AxisTick | None
    quantity: str
    published: str
    has_ticks: bool
    remarks: tuple[str, ...]

    def items(self) -> Items:
        """Return the groups, each a row."""
        return Items(heading_tracks([group.name for group in self.violins]))

    def picture(self, y: float) -> Iterator[Part]:
        """Draw groups on one axis."""
        k = DRAWN / 360
        for one in self.violins:
            part = violin_part(one, self.reference, y, k)
            yield part
            y = part.bottom
        axis = axis_part(self.axis, self.reference, y, k, self.quantity)
        yield axis
        yield paragraphs_part(self.remarks, axis.bottom + 4, FINE)

    def key_signs(self) -> list[KeySign]:
        """Return what the shapes of points stand for."""
        found = [
            (point_shapes(shape, 14, 8), f"{role}: mean") for role, shape in self.roles
        ]
        if self.published:
            found.append((diamond_shapes(14, 8), f"hollow: {self.published}"))
        return found

    def below_key(self) -> tuple[str, ...]:
        """Return what else is drawn."""
        ticks = "; ticks: single values" if self.has_ticks else ""
        said = (
            "Line: 95% interval of the mean; outline: density of the values, each as "
        )
        return (f"{said}wide at its widest{ticks}.",)


class Violins(Figure):
    """Groups of values on one axis."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Distributions,)
    heading: ClassVar[str] = "One value a text"
    figure: Literal["violins"]
    artifact: str
    """Name of the distributions to draw."""
    low: float | None = None
    """Left end of the axis; without it, the data's."""
    high: float | None = None
    """Right end of the axis; without it, the data's."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> ViolinsView:
        """Return what the template renders."""
        (made,) = artifacts
        assert isinstance(made, Distributions)  # noqa: S101 - checked with the study
        if not made.groups:
            raise FigureError("violins: the artifact holds no group, nothing to draw")
        axis = violin_axis(made, self.low, self.high)
        drawn = tuple(build_violin(group, made, axis) for group in made.groups)
        unit = f" ({made.unit})" if made.unit else ""
        return ViolinsView(
            summary=summary(made),
            tables=(table(made),),
            violins=drawn,
            roles=tuple(
                (role, shape)
                for role, shape in SHAPES.items()
                if any(group.role == role for group in made.groups)
            ),
            axis=tuple(
                AxisTick(axis.position(v), format_significant(v))
                for v in (axis.low, axis.high)
            ),
            reference=reference_tick(as_estimates(made), axis),
            quantity=format_label(f"{made.quantity}{unit}"),
            published=format_label(made.published_name) or "as published"
            if any(one.published is not None for one in drawn)
            else "",
            has_ticks=any(one.ticks for one in drawn),
            remarks=tuple(map(claim_sentence, made.notes)),
        )


def build_violin(
    group: DistributionGroup, distributions: Distributions, axis: ViolinAxis
) -> Violin:
    """Return one group's drawing and words."""
    values = finite_values(group)
    row = Estimate(group.name, group.mean, group.low, group.high, values.size)
    there = values.size > 0 and math.isfinite(group.mean)
    sound = math.isfinite(group.low + group.high)
    low, high = (group.low, group.high) if sound else (group.mean, group.mean)
    paper = group.published
    return Violin(
        name=format_label(group.name),
        role=group.role,
        shape=SHAPES[group.role],
        edge=violin_outline(values, distributions.ends, axis)
        if values.size >= OUTLINED
        else (),
        ticks=tuple(axis.position(float(v)) for v in np.sort(values))
        if values.size <= TICKED
        else (),
        low=axis.position(low) if there else float(MARGIN),
        point=axis.position(group.mean) if there else None,
        high=axis.position(high) if there else float(MARGIN),
        published=None if paper is None else axis.position(paper),
        text=format_estimate(row) if there else "no value",
        n=format_units(values.size, "text"),
        paper=""
        if paper is None
        else format_fixed(paper, interval_decimals(group.high - group.low)),
    )


def violin_outline(
    values: Numbers, ends: tuple[float, float] | None, axis: ViolinAxis
) -> tuple[tuple[float, float], ...]:
    """Return a violin's outline: along its upper edge, back along the lower one."""
    places, heights = density(values, ends)
    if not places.size:
        return ()
    half = HALF * heights / heights.max()
    within = (places >= axis.low) & (places <= axis.high)
    upper = [
        (float(f"{axis.position(float(x)):g}"), float(h))
        for x, h in zip(places[within], half[within], strict=True)
    ]
    lower = [(x, round(MIDDLE + h, 1)) for x, h in reversed(upper)]
    return (*((x, round(MIDDLE - h, 1)) for x, h in upper), *lower)


def table(distributions: Distributions) -> DataTable:
    """Return a table of every group's mean, interval, quartiles and reported mean."""
    rows = tuple(
        TableRow(format_label(group.name), group_cells(group))
        for group in distributions.groups
    )
    unit = f" ({distributions.unit})" if distributions.unit else ""
    head = ("group", "role", "n", "mean", "low", "high", "lower quartile", "median",
            "upper quartile", "published")  # fmt: skip
    said = (
        f"{format_label(distributions.quantity)}{unit}: means with 95% intervals, "
        f"and quartiles"
    )
    return DataTable(said, head, rows)


def group_cells(group: DistributionGroup) -> tuple[str, ...]:
    """Return a group's numbers."""
    values = finite_values(group)
    quartiles = np.quantile(values, (0.25, 0.5, 0.75)) if values.size else [nan] * 3
    return (
        group.role,
        f"{values.size:,}",
        *(format_significant(float(v), 4) for v in (group.mean, group.low, group.high)),
        *(format_significant(float(v), 4) for v in quartiles),
        "" if group.published is None else format_significant(group.published, 4),
    )


def summary(distributions: Distributions) -> Phrase:
    """Return a sentence on each observed group's mean."""
    groups = [group for group in distributions.groups if group.role == "observed"] or [
        *distributions.groups
    ]
    means = [
        f"{format_label(group.name)} {format_estimate(row)}"
        for group, row in (
            (g, Estimate(g.name, g.mean, g.low, g.high, 0)) for g in groups
        )
    ]
    return (
        f"Mean {format_label(distributions.quantity)} over texts: {'; '.join(means)}.",
    )


def violin_part(violin: Violin, reference: AxisTick | None, y: float, k: float) -> Part:
    """Draw a group: its outline, its values, its mean."""
    told = f"{violin.n}{f', published {violin.paper}' if violin.paper else ''}"
    name, words = (
        row_label_part(violin.name, violin.role, y + 6),
        row_numbers_part(violin.text, told, y + 6),
    )
    top, level = y + 4, y + 26
    bottom = max(name.bottom, words.bottom, y + 50) + 3
    shapes: list[Shape] = [
        Stroke(((INSET, y), (INSET + ROOM, y)), RULE),
        Stroke(((BAR_LEFT + 8 * k, level), (BAR_LEFT + 352 * k, level)), EDGE),
    ]
    if violin.edge:
        path = [(BAR_LEFT + x * k, top + v) for x, v in violin.edge]
        shapes.append(Stroke((*path, path[0]), EDGE, 1, (), PANEL))
    if reference:
        at = BAR_LEFT + reference.x * k
        shapes.append(Stroke(((at, top), (at, bottom - 2)), INK, 1, (2, 2)))
    low, high = (36, 42) if violin.edge else (18, 26)
    for value in violin.ticks:
        at = BAR_LEFT + value * k
        shapes.append(Stroke(((at, top + low), (at, top + high)), SOFT))
    if violin.point is not None:
        shapes += whisker_shapes(
            BAR_LEFT + violin.low * k, BAR_LEFT + violin.high * k, level
        )
        shapes += point_shapes(violin.shape, BAR_LEFT + violin.point * k, level)
    if violin.published is not None:
        shapes += diamond_shapes(BAR_LEFT + violin.published * k, level)
    return Part([*shapes, *name.shapes, *words.shapes], bottom)
