"""A gradient field over two features: an arrow at each point of a grid.

Every arrow begins at its point and goes where the function grows fastest; its length is
the size of the gradient, on one scale that is printed in true units. An arrow shorter
than a fiftieth of the longest is a dot: there the function is flat beside its steepest
place. The model's boundary, where its two likeliest labels are equally likely, is a
solid line; the true one, where it is known, is dashed. What is differentiated is named.

Boundaries are level lines, found by marching squares. Each square of four neighbouring
points that are not all of one sign is crossed by a piece of a line, whose ends are put
where a straight slope between two points is 0. Of the two ways in which a square with
signs crosswise can be crossed, the one that parts the positive corners is taken. Pieces
are joined at their ends to lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Artifact, Plane
from generator.core.errors import FigureError
from generator.figures.base import DataTable, Figure, TableRow, View
from generator.figures.export.frame import FINE, INSET, paragraphs_part
from generator.figures.export.shapes import (
    EDGE,
    INK,
    LINES,
    SOFT,
    Box,
    Dot,
    KeySign,
    Label,
    Part,
    Shape,
    Stroke,
)
from generator.figures.formatting import (
    Phrase,
    format_percent,
    format_significant,
    make_visible,
)

Point = tuple[float, float]
Edge = tuple[int, int, int]
"""An edge of the grid: row and column of its first point, and 0 along, 1 across."""
PIECES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)),
    6: ((0, 2),), 7: ((3, 2),), 8: ((2, 3),), 9: ((0, 2),), 10: ((0, 1), (2, 3)),
    11: ((1, 2),), 12: ((1, 3),), 13: ((0, 1),), 14: ((0, 3),),
}  # fmt: skip
"""Which sides (bottom, right, top, left) a piece joins, by the corners above 0."""


def level_lines(
    x: NDArray[np.floating], y: NDArray[np.floating], values: NDArray[np.float64]
) -> list[list[Point]]:
    """Return the lines along which a function on a grid is 0.

    Args:
        x: Places of the columns.
        y: Places of the rows.
        values: The function, (rows, columns).
    """
    neighbours: dict[Edge, list[Edge]] = {}
    for one, other in level_pieces(values > 0):
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    found = []
    while neighbours:
        ends = (edge for edge, near in neighbours.items() if len(near) == 1)
        line = walk_line(next(ends, next(iter(neighbours))), neighbours)
        found.append([zero_crossing(edge, x, y, values) for edge in line])
    return found


def level_pieces(above: NDArray[np.bool_]) -> Iterator[tuple[Edge, Edge]]:
    """Yield the edges that each piece joins, square by square."""
    rows, columns = above.shape
    for i in range(rows - 1):
        for j in range(columns - 1):
            corners = above[i, j], above[i, j + 1], above[i + 1, j + 1], above[i + 1, j]
            code = sum(bool(on) << place for place, on in enumerate(corners))
            sides = ((i, j, 0), (i, j + 1, 1), (i + 1, j, 0), (i, j, 1))
            for one, other in PIECES.get(code, ()):
                yield sides[one], sides[other]


def walk_line(start: Edge, neighbours: dict[Edge, list[Edge]]) -> list[Edge]:
    """Return the line that begins at `start`, taking its pieces out of `neighbours`."""
    line, here = [start], start
    while near := neighbours.get(here):
        after = near.pop()
        back = neighbours[after]
        back.remove(here)
        for edge in (here, after):
            if not neighbours.get(edge):
                neighbours.pop(edge, None)
        line.append(after)
        here = after
    return line


def zero_crossing(
    edge: Edge,
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    values: NDArray[np.float64],
) -> Point:
    """Return the point of an edge where the function is 0."""
    i, j, across = edge
    k, m = (i + 1, j) if across else (i, j + 1)
    first, second = values[i, j], values[k, m]
    share = float(np.clip(first / (first - second), 0, 1))
    return (
        float(x[j] + share * (x[m] - x[j])),
        float(y[i] + share * (y[k] - y[i])),
    )


LEFT_ROOM = 60.0
"""Room for the numbers of the vertical axis."""
MODEL, TRUTH = LINES[1], LINES[2]

Array = NDArray[np.float64]
SIDE = 400.0
"""Units of the drawing along each side of the field."""
LONGEST = 1.6
"""Cells that the longest arrow goes over."""
DOT = 0.02
"""Share of the longest below which an arrow is a dot."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow: where it begins and ends, in units of the drawing."""

    x: float
    y: float
    dx: float
    dy: float

    @property
    def is_dot(self) -> bool:
        """Whether it is too short for a direction."""
        return not (self.dx or self.dy)

    @property
    def head(self) -> tuple[tuple[float, float], ...]:
        """The two strokes of its head, from the tip, as displacements."""
        size = min(5.0, 0.45 * float(np.hypot(self.dx, self.dy)))
        turn = np.arctan2(self.dy, self.dx)
        return tuple(
            (
                round(float(-size * np.cos(turn + side)), 1),
                round(float(-size * np.sin(turn + side)), 1),
            )
            for side in (0.45, -0.45)
        )


@dataclass(frozen=True, slots=True)
class QuiverAxis:
    """An axis: its name, and labelled places in units of the drawing."""

    name: str
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, kw_only=True)
class QuiverView(View):
    """Arrows, boundaries, axes and the scale of lengths."""

    function: str
    arrows: tuple[Arrow, ...]
    model: tuple[tuple[tuple[float, float], ...], ...]
    """The model's boundary, as lines through points."""
    truth: tuple[tuple[float, float], ...]
    axes: tuple[QuiverAxis, QuiverAxis]
    bar: float
    """Units of the drawing that the printed size is long."""
    size: str
    """That size in words: number and unit."""
    flat: str

    def picture(self, y: float) -> Iterator[Part]:
        """Draw the field with its axes and boundaries."""
        x, y = INSET + LEFT_ROOM, y + 30
        shapes: list[Shape] = [
            Box(x, y, SIDE, SIDE, "", EDGE),
            *size_shapes(self, x, y - 14),
        ]
        for at, text in self.axes[0].ticks:
            shapes.append(Stroke(((x + at, y + SIDE), (x + at, y + SIDE + 5)), EDGE))
            shapes.append(
                Label(x + at, y + SIDE + 18, text, FINE, SOFT, anchor="middle")
            )
        for at, text in self.axes[1].ticks:
            line = y + SIDE - at
            shapes.append(Stroke(((x - 5, line), (x, line)), EDGE))
            shapes.append(Label(x - 9, line + 4, text, FINE, SOFT, anchor="end"))
        middle = x + SIDE / 2, y + SIDE + 36
        shapes.append(Label(*middle, self.axes[0].name, 12, INK, anchor="middle"))
        shapes.append(Label(INSET + 6, y + SIDE / 2, self.axes[1].name, 12, INK))
        if self.truth:
            points = tuple((x + a, y + b) for a, b in self.truth)
            shapes.append(Stroke(points, TRUTH, 2, (6, 4)))
        shapes += [
            Stroke(tuple((x + a, y + b) for a, b in one), MODEL, 2)
            for one in self.model
        ]
        shapes += arrow_shapes(self, x, y)
        yield Part(shapes, y + SIDE + 40)
        yield paragraphs_part(
            (f"Differentiated: {self.function}.",), y + SIDE + 46, FINE
        )

    def key_signs(self) -> list[KeySign]:
        """Return what a dot means, and which line is which boundary."""
        found: list[KeySign] = [
            ([Dot(15, 8, 1.1, EDGE)], f"below {self.flat}, not drawn to length"),
            ([Stroke(((0, 8), (30, 8)), MODEL, 2)], "the model's boundary"),
        ]
        if self.truth:
            line = Stroke(((0, 8), (30, 8)), TRUTH, 2, (6, 4))
            found.append(([line], "the true boundary"))
        return found


class Quiver(Figure):
    """Arrows over a boundary."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Plane,)
    heading: ClassVar[str] = "Where the gradients point"
    figure: Literal["quiver"]
    artifact: str
    """Name of the field to draw."""
    bound: float | None = Field(default=None, gt=0)
    """The size of gradient drawn longest; without it, the largest of the data."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> QuiverView:
        """Return what the template renders."""
        (plane,) = artifacts
        assert isinstance(plane, Plane)  # noqa: S101 - checked with the study
        gradients = plane.gradients.astype(np.float64)
        sizes = np.hypot(gradients[..., 0], gradients[..., 1])
        bound = self.bound or float(sizes.max(initial=0))
        if not bound or not np.isfinite(sizes).all():
            raise FigureError("quiver: no gradient differs from 0, nothing to draw")
        ends = axis_ends(plane.x), axis_ends(plane.y)
        cell = SIDE / max(len(plane.x), len(plane.y))
        longest = LONGEST * cell
        shown, bar = scale_bar(bound, longest)
        unit = make_visible(plane.unit, blanks=False)
        function = make_visible(plane.function, blanks=False)
        return QuiverView(
            summary=summary(plane, sizes),
            tables=(table(plane, sizes),),
            function=function,
            arrows=field_arrows(plane, gradients, bound, longest, ends),
            model=tuple(
                tuple(place_point(point, ends) for point in line)
                for line in boundary_lines(plane)
            ),
            truth=tuple(place_point(point, ends) for point in plane.outline.tolist()),
            axes=(
                label_axis(plane.axes[0], ends[0]),
                label_axis(plane.axes[1], ends[1]),
            ),
            bar=bar,
            size=f"{format_significant(shown)} {unit}",
            flat=format_significant(bound * DOT, 2),
        )


def axis_ends(places: NDArray[np.float32]) -> tuple[float, float]:
    """Return the ends of an axis whose cells have these middles."""
    step = float(places[1] - places[0]) if len(places) > 1 else 2.0
    return float(places[0]) - step / 2, float(places[-1]) + step / 2


def place_point(
    point: tuple[float, float] | list[float], ends: tuple[tuple[float, float], ...]
) -> tuple[float, float]:
    """Return where a point of the data lies in the drawing."""
    x, y = (
        (v - low) / (high - low) for v, (low, high) in zip(point, ends, strict=True)
    )
    return round(x * SIDE, 1), round((1 - y) * SIDE, 1)


def field_arrows(
    plane: Plane,
    gradients: Array,
    bound: float,
    longest: float,
    ends: tuple[tuple[float, float], ...],
) -> tuple[Arrow, ...]:
    """Return an arrow for each point, rows from the top."""
    found = []
    for i in range(len(plane.y) - 1, -1, -1):
        for j in range(len(plane.x)):
            slope = gradients[i, j]
            size = float(np.hypot(*slope))
            share = min(size, bound) / bound
            scale = 0.0 if share < DOT else longest * share / size
            x, y = place_point((float(plane.x[j]), float(plane.y[i])), ends)
            dx, dy = round(slope[0] * scale, 1), round(-slope[1] * scale, 1)
            found.append(Arrow(x, y, dx + 0.0, dy + 0.0))
    return tuple(found)


def boundary_lines(plane: Plane) -> list[list[tuple[float, float]]]:
    """Return the boundary where the first label is as likely as the likeliest other.

    With more labels, one line around each of them but the last.
    """
    shares = np.log(np.maximum(plane.probabilities.astype(np.float64), 1e-300))
    found: list[list[tuple[float, float]]] = []
    for label in range(max(1, shares.shape[-1] - 1)):
        others = np.delete(shares, label, -1).max(-1)
        found += level_lines(plane.x, plane.y, shares[..., label] - others)
    return found


def label_axis(name: str, ends: tuple[float, float]) -> QuiverAxis:
    """Return an axis with five labelled places from end to end."""
    places = np.linspace(*ends, 5)
    return QuiverAxis(
        make_visible(name, blanks=False),
        tuple(
            (round(SIDE * i / 4, 1), format_significant(float(place) + 0.0))
            for i, place in enumerate(places)
        ),
    )


def scale_bar(bound: float, longest: float) -> tuple[float, float]:
    """Return a round size at most `bound`, and how long it is drawn."""
    power = 10.0 ** np.floor(np.log10(bound))
    shown = float(next(s * power for s in (5.0, 2.0, 1.0) if s * power <= bound))
    return shown, round(longest * shown / bound, 1)


def summary(plane: Plane, sizes: Array) -> Phrase:
    """Return a sentence on what was differentiated, its steepness and its flat part."""
    flat = float((sizes < DOT * sizes.max()).mean())
    said = (
        f"Gradient of {make_visible(plane.function, blanks=False)} at {sizes.size:,} "
    )
    said += f"points: at most {format_significant(float(sizes.max()))} "
    said += f"{make_visible(plane.unit, blanks=False)}; below a fiftieth of that at "
    return (said, f"{format_percent(flat)} of the points.")


def table(plane: Plane, sizes: Array) -> DataTable:
    """Return a table of every arrow, without the first label's probability.

    That one is what the others leave of 1.
    """
    x, y = (make_visible(name, blanks=False) for name in plane.axes)
    head = (f"{x}, {y}", "value", f"by {x}", f"by {y}", "size")
    rows = tuple(
        TableRow(
            f"{format_significant(float(plane.x[j]))}, "
            f"{format_significant(float(plane.y[i]))}",
            tuple(
                format_significant(float(v), 4)
                for v in (
                    plane.values[i, j],
                    *plane.gradients[i, j],
                    sizes[i, j],
                    *plane.probabilities[i, j, 1:],
                )
            ),
        )
        for i in range(len(plane.y) - 1, -1, -1)
        for j in range(len(plane.x))
    )
    function = make_visible(plane.function, blanks=False)
    unit = make_visible(plane.unit, blanks=False)
    title = f"{function} and its gradient, {unit}"
    return DataTable(title, (*head, *map(probability_name, plane.labels[1:])), rows)


def probability_name(label: str) -> str:
    """Return a label's probability."""
    return f"p of {make_visible(label, blanks=False)}"


def arrow_shapes(view: QuiverView, x: float, y: float) -> Iterator[Shape]:
    """Draw arrows with their heads; dots where the field is flat."""
    for one in view.arrows:
        start = x + one.x, y + one.y
        if one.is_dot:
            yield Dot(*start, 1.1, EDGE)
            continue
        tip = start[0] + one.dx, start[1] + one.dy
        yield Stroke((start, tip), INK, 1.1)
        for dx, dy in one.head:
            yield Stroke((tip, (tip[0] + dx, tip[1] + dy)), INK, 1.1)


def size_shapes(view: QuiverView, x: float, y: float) -> list[Shape]:
    """Draw an arrow of a printed size."""
    tip, back = (x + view.bar, y), x + view.bar - 5
    return [
        Stroke(((x, y), tip), INK, 1.1),
        Stroke(((back, y - 3), tip, (back, y + 3)), INK, 1.1),
        Label(tip[0] + 10, y + 4, view.size, 12, SOFT),
    ]
