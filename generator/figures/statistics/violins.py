"""One value for each of many texts, in groups on one axis.

Each group is the outline of its values' density, as wide as the next at its widest,
with the values themselves as ticks where they are few. A point and a line are the mean
and its 95 % interval over texts; a hollow diamond is the mean that a paper reports. A
group of fewer than five values has no outline, and one of none says so.

The axis of violins: wide enough for all values, and no wider than they can be.

How values are spread along an axis, as the outline of a violin.

A Gaussian kernel over the values, with Silverman's bandwidth: 0.9 of the smaller of the
standard deviation and the interquartile range over 1.34, divided by the fifth root of
n. Where the quantity has an end, what a kernel would put beyond it is folded back, so
that no outline shows values that cannot be.

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

from generator.artifacts import Artifact, Distributions, Estimate, Estimates, Group
from generator.core.errors import FigureError
from generator.figures.base import Figure, Items, Row, Table, View, named
from generator.figures.export.axes import (
    BAR_LEFT,
    DRAWN,
    axis_part,
    beside,
    diamond,
    numbers,
    point,
    whisker,
)
from generator.figures.export.frame import FINE, INSET, ROOM, Sign, paragraphs
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PANEL,
    RULE,
    SOFT,
    Part,
    Shape,
    Stroke,
)
from generator.figures.formatting import Phrase, fixed, significant
from generator.figures.scales import word
from generator.figures.statistics.estimates import (
    SHAPES,
    Axis,
    Tick,
    axis_of,
    decimals,
    reference,
    sentence,
    told,
)

Numbers = NDArray[np.float64]
POINTS = 60
"""Points of an outline."""
REACH = 3.0
"""Bandwidths that an outline goes on beyond the outermost value."""


def bandwidth(values: Numbers) -> float:
    """Silverman's bandwidth, 0 where all values are one."""
    if values.size < 2:  # noqa: PLR2004 - one value has no spread
        return 0.0
    low, high = np.quantile(values, (0.25, 0.75))
    sizes = (float(values.std(ddof=1)), float(high - low) / 1.34)
    spread = min(size for size in sizes if size > 0) if max(sizes) > 0 else 0.0
    return float(0.9 * spread * values.size**-0.2)


def density(
    values: Numbers, ends: tuple[float, float] | None = None
) -> tuple[Numbers, Numbers]:
    """Places along the axis, and the density there, both (points,).

    Empty where the values have no spread.
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
class Span(Axis):
    """An axis as wide as a violin is drawn."""

    def at(self, value: float) -> float:
        """Where `value` lies, to a tenth, kept within the axis."""
        share = max(0.0, min(1.0, (value - self.low) / (self.high - self.low)))
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


def span(made: Distributions, low: float | None, high: float | None) -> Span:
    """An axis that holds all values, intervals and reported means."""
    rows = []
    for group in made.groups:
        values = real(group)
        low_end = float(values.min()) if values.size else math.nan
        high_end = float(values.max()) if values.size else math.nan
        rows.append(Estimate("", group.mean, low_end, high_end, len(values)))
        rows.append(Estimate("", group.mean, group.low, group.high, len(values)))
        if group.published is not None:
            mean = group.published
            rows.append(Estimate("", mean, mean, mean, len(values)))
    found = axis_of(as_estimates(made, tuple(rows)), low, high)
    first, last = found.low, found.high
    if made.ends is not None:
        first = max(first, made.ends[0]) if low is None else first
        last = min(last, made.ends[1]) if high is None else last
    return Span(first, last if last > first else first + 1)


def as_estimates(
    made: Distributions, rows: tuple[Estimate, ...] | None = None
) -> Estimates:
    """The means as a table of estimates, whose axis and words are theirs."""
    return Estimates(
        quantity=made.quantity,
        rows=rows
        if rows is not None
        else tuple(
            Estimate(g.name, g.mean, g.low, g.high, len(real(g)), g.role)
            for g in made.groups
        ),
        reference=made.reference,
        reference_name=made.reference_name,
    )


def real(group: Group) -> Numbers:
    """The values of a group that are numbers."""
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
    axis: tuple[Tick, ...]
    reference: Tick | None
    quantity: str
    published: str
    ticked: bool
    remarks: tuple[str, ...]

    def items(self) -> Items:
        """The groups, each a row."""
        return Items(named([group.name for group in self.violins]))

    def picture(self, y: float) -> Iterator[Part]:
        """Groups on one axis."""
        k = DRAWN / 360
        for one in self.violins:
            part = violin_part(one, self.reference, y, k)
            yield part
            y = part.bottom
        axis = axis_part(self.axis, self.reference, y, k, self.quantity)
        yield axis
        yield paragraphs(self.remarks, axis.bottom + 4, FINE)

    def signs(self) -> list[Sign]:
        """What the shapes of points stand for."""
        found = [(point(shape, 14, 8), f"{role}: mean") for role, shape in self.roles]
        if self.published:
            found.append((diamond(14, 8), f"hollow: {self.published}"))
        return found

    def below_key(self) -> tuple[str, ...]:
        """What else is drawn."""
        ticks = "; ticks: single values" if self.ticked else ""
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

    def reads(self) -> tuple[str, ...]:
        """The one artifact it draws."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> ViolinsView:
        """What the template draws. Raises `FigureError`."""
        (made,) = artifacts
        assert isinstance(made, Distributions)  # noqa: S101 - checked with the study
        if not made.groups:
            raise FigureError("violins: the artifact holds no group, nothing to draw")
        axis = span(made, self.low, self.high)
        drawn = tuple(violin(group, made, axis) for group in made.groups)
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
            axis=tuple(Tick(axis.at(v), significant(v)) for v in (axis.low, axis.high)),
            reference=reference(as_estimates(made), axis),
            quantity=word(f"{made.quantity}{unit}"),
            published=word(made.published_name) or "as published"
            if any(one.published is not None for one in drawn)
            else "",
            ticked=any(one.ticks for one in drawn),
            remarks=tuple(map(sentence, made.notes)),
        )


def violin(group: Group, made: Distributions, axis: Span) -> Violin:
    """One group's drawing and words."""
    values = real(group)
    row = Estimate(group.name, group.mean, group.low, group.high, values.size)
    there = values.size > 0 and math.isfinite(group.mean)
    sound = math.isfinite(group.low + group.high)
    low, high = (group.low, group.high) if sound else (group.mean, group.mean)
    paper = group.published
    return Violin(
        name=word(group.name),
        role=group.role,
        shape=SHAPES[group.role],
        edge=edge(values, made.ends, axis) if values.size >= OUTLINED else (),
        ticks=tuple(axis.at(float(v)) for v in np.sort(values))
        if values.size <= TICKED
        else (),
        low=axis.at(low) if there else float(MARGIN),
        point=axis.at(group.mean) if there else None,
        high=axis.at(high) if there else float(MARGIN),
        published=None if paper is None else axis.at(paper),
        text=told(row) if there else "not defined",
        n=f"{values.size:,}",
        paper="" if paper is None else fixed(paper, decimals(group.high - group.low)),
    )


def edge(
    values: Numbers, ends: tuple[float, float] | None, axis: Span
) -> tuple[tuple[float, float], ...]:
    """A violin's outline: along its upper edge, and back along the lower one."""
    places, heights = density(values, ends)
    if not places.size:
        return ()
    half = HALF * heights / heights.max()
    within = (places >= axis.low) & (places <= axis.high)
    upper = [
        (float(f"{axis.at(float(x)):g}"), float(h))
        for x, h in zip(places[within], half[within], strict=True)
    ]
    lower = [(x, round(MIDDLE + h, 1)) for x, h in reversed(upper)]
    return (*((x, round(MIDDLE - h, 1)) for x, h in upper), *lower)


def table(made: Distributions) -> Table:
    """Every group's mean, interval, quartiles and reported mean."""
    rows = tuple(Row(word(group.name), cells(group)) for group in made.groups)
    unit = f" ({made.unit})" if made.unit else ""
    head = ("group", "role", "n", "mean", "low", "high", "lower quartile", "median",
            "upper quartile", "published")  # fmt: skip
    said = f"{word(made.quantity)}{unit}: means with 95% intervals, and quartiles"
    return Table(said, head, rows)


def cells(group: Group) -> tuple[str, ...]:
    """A group's numbers."""
    values = real(group)
    quartiles = np.quantile(values, (0.25, 0.5, 0.75)) if values.size else [nan] * 3
    return (
        group.role,
        f"{values.size:,}",
        *(significant(float(v), 4) for v in (group.mean, group.low, group.high)),
        *(significant(float(v), 4) for v in quartiles),
        "" if group.published is None else significant(group.published, 4),
    )


def summary(made: Distributions) -> Phrase:
    """Each observed group's mean, in one sentence."""
    groups = [group for group in made.groups if group.role == "observed"] or [
        *made.groups
    ]
    means = [
        f"{word(group.name)} {told(row)}"
        for group, row in (
            (g, Estimate(g.name, g.mean, g.low, g.high, 0)) for g in groups
        )
    ]
    return (f"Mean {word(made.quantity)} over texts: {'; '.join(means)}.",)


def violin_part(one: Violin, reference: Tick | None, y: float, k: float) -> Part:
    """A group: its outline, its values, its mean."""
    told = f"n = {one.n}{f', published {one.paper}' if one.paper else ''}"
    name, words = beside(one.name, one.role, y + 6), numbers(one.text, told, y + 6)
    top, level = y + 4, y + 26
    bottom = max(name.bottom, words.bottom, y + 50) + 3
    shapes: list[Shape] = [
        Stroke(((INSET, y), (INSET + ROOM, y)), RULE),
        Stroke(((BAR_LEFT + 8 * k, level), (BAR_LEFT + 352 * k, level)), EDGE),
    ]
    if one.edge:
        path = [(BAR_LEFT + x * k, top + v) for x, v in one.edge]
        shapes.append(Stroke((*path, path[0]), EDGE, 1, (), PANEL))
    if reference:
        at = BAR_LEFT + reference.x * k
        shapes.append(Stroke(((at, top), (at, bottom - 2)), INK, 1, (2, 2)))
    low, high = (36, 42) if one.edge else (18, 26)
    for value in one.ticks:
        at = BAR_LEFT + value * k
        shapes.append(Stroke(((at, top + low), (at, top + high)), SOFT))
    if one.point is not None:
        shapes += whisker(BAR_LEFT + one.low * k, BAR_LEFT + one.high * k, level)
        shapes += point(one.shape, BAR_LEFT + one.point * k, level)
    if one.published is not None:
        shapes += diamond(BAR_LEFT + one.published * k, level)
    return Part([*shapes, *name.shapes, *words.shapes], bottom)
