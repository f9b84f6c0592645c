"""One value for each of many texts, in groups on one axis.

Each group is the outline of its values' density, as wide as the next at its widest,
with the values themselves as ticks where they are few. A point and a line are the mean
and its 95 % interval over texts; a hollow diamond is the mean that a paper reports. A
group of fewer than five values has no outline, and one of none says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from generator.artifacts import Artifact, Distributions, Estimate, Group
from generator.errors import FigureError
from generator.figures.base import Figure
from generator.figures.density import Numbers, density
from generator.figures.estimates import (
    SHAPES,
    Tick,
    decimals,
    reference,
    sentence,
    told,
)
from generator.figures.items import Items, named
from generator.figures.numbers import fixed, significant
from generator.figures.tokens import Phrase
from generator.figures.tokenscale import word
from generator.figures.view import Row, Table, View
from generator.figures.violinaxis import MARGIN, Span, as_estimates, real, span
from generator.pictures.colours import EDGE, INK, PANEL, RULE, SOFT
from generator.pictures.frame import (
    FINE,
    INSET,
    ROOM,
    Sign,
    paragraphs,
)
from generator.pictures.points import (
    DRAWN,
    LEFT,
    axis_part,
    beside,
    diamond,
    numbers,
    point,
    whisker,
)
from generator.pictures.shapes import Part, Shape, Stroke

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
        Stroke(((LEFT + 8 * k, level), (LEFT + 352 * k, level)), EDGE),
    ]
    if one.edge:
        path = [(LEFT + x * k, top + v) for x, v in one.edge]
        shapes.append(Stroke((*path, path[0]), EDGE, 1, (), PANEL))
    if reference:
        at = LEFT + reference.x * k
        shapes.append(Stroke(((at, top), (at, bottom - 2)), INK, 1, (2, 2)))
    low, high = (36, 42) if one.edge else (18, 26)
    for value in one.ticks:
        at = LEFT + value * k
        shapes.append(Stroke(((at, top + low), (at, top + high)), SOFT))
    if one.point is not None:
        shapes += whisker(LEFT + one.low * k, LEFT + one.high * k, level)
        shapes += point(one.shape, LEFT + one.point * k, level)
    if one.published is not None:
        shapes += diamond(LEFT + one.published * k, level)
    return Part([*shapes, *name.shapes, *words.shapes], bottom)
