"""Lines over one axis, drawn by matplotlib as an SVG that takes the page's colours.

The drawing carries no date, no font and no colour of its own: text stays text, and
every element gets a class that the style sheet colours in light and dark. Lines are
told apart by dash and by the name at their end, then by colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Artifact, Curves
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.figures.base import DataTable, Figure, TableRow, View
from generator.figures.export.curves import curve_part
from generator.figures.export.shapes import LINES, KeySign, Part, Stroke
from generator.figures.formatting import (
    Phrase,
    format_count,
    format_significant,
    make_visible,
)
from generator.figures.statistics.curve_drawing import DASHES, draw_once

MOST_LINES = 6
"""Lines that can be told apart in one drawing."""


@dataclass(frozen=True, slots=True)
class LegendLine:
    """A line of the legend: its class and its name."""

    css: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CurveView(View):
    """A drawing and its key."""

    svg: str
    """Markup made by `drawing`, every text in it escaped."""
    lines: tuple[LegendLine, ...]
    unit: str

    def picture(self, y: float) -> Iterator[Part]:
        """Draw lines with axes and names, as the page draws them."""
        yield curve_part(self.svg, y)

    def key_signs(self) -> list[KeySign]:
        """Return each line with its whole name."""
        found: list[KeySign] = []
        for i, line in enumerate(self.lines):
            dashes = tuple(float(part) for part in DASHES[i % len(DASHES)])
            stroke = Stroke(((0, 8), (30, 8)), LINES[i % len(LINES)], 2, dashes)
            found.append(([stroke], line.name))
        return found


class Curve(Figure):
    """Curves over one axis."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Curves,)
    heading: ClassVar[str] = "Curves"
    figure: Literal["curve"]
    artifact: str
    """Name of the curves to draw."""
    curves: tuple[str, ...] = ()
    """Which of them, by name; without it, all."""
    low: float | None = None
    """Foot of the vertical axis; without it, the data's."""
    high: float | None = None
    """Head of the vertical axis; without it, the data's."""
    log: bool = Field(default=False)
    """Whether the vertical axis is logarithmic."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> CurveView:
        """Return what the template renders."""
        (curves,) = artifacts
        assert isinstance(curves, Curves)  # noqa: S101 - checked with the study
        chosen = self.choose_rows(curves)
        x = curves.x.astype(np.float64)
        y = curves.y.astype(np.float64)[chosen]
        if not np.isfinite(y).any():
            raise FigureError("curve: no line has a value, nothing to draw")
        names = tuple(make_visible(curves.names[i], blanks=False) for i in chosen)
        label = make_visible(curves.y_label, blanks=False)
        return CurveView(
            summary=summary(curves, names, x, y),
            tables=(table(curves, names, x, y),),
            beside=True,
            svg=draw_once(
                x=x,
                y=y,
                names=names,
                x_label=make_visible(curves.x_label, blanks=False),
                y_label=f"{label} ({curves.unit})" if curves.unit else label,
                marked=curves.marked_x,
                limits=(self.low, self.high),
                log=self.log,
                salt=f"{self.artifact}/{'/'.join(names)}/{self.title}",
            ),
            lines=tuple(LegendLine(f"line-{i}", name) for i, name in enumerate(names)),
            unit=curves.unit,
        )

    def choose_rows(self, curves: Curves) -> list[int]:
        """Return the indices of the rows to draw.

        Raises:
            FigureError: A name is unknown, or there are too many lines.
        """
        for name in self.curves:
            if name not in curves.names:
                raise FigureError(
                    f"curves: there is no {quote_text(name)}; "
                    f"{suggest_nearest(name, curves.names)}"
                )
        rows = [curves.names.index(n) for n in self.curves or curves.names]
        if not rows or not curves.x.size:
            raise FigureError("curve: the artifact holds no line, nothing to draw")
        if len(rows) > MOST_LINES:
            raise FigureError(
                f"curve: {len(rows)} lines cannot be told apart; at most {MOST_LINES}: "
                "choose some under curves:"
            )
        return rows


def describe_change(line: np.ndarray) -> str:
    """Describe how a line changes from its first value to its last."""
    first, last = (format_significant(float(line[i])) for i in (0, -1))
    if first == last:
        flat = len({format_significant(float(value)) for value in line}) == 1
        return f"is {first}" if flat else f"starts and ends at {first}"
    steps = np.diff(line)
    if (steps >= 0).all():
        return f"rises from {first} to {last}"
    return f"{'falls' if (steps <= 0).all() else 'goes'} from {first} to {last}"


def table(
    curves: Curves, names: tuple[str, ...], x: np.ndarray, y: np.ndarray
) -> DataTable:
    """Return a table of every point drawn."""
    rows = tuple(
        TableRow(
            format_significant(float(at), 6),
            tuple(format_significant(float(v), 4) for v in y[:, i]),
        )
        for i, at in enumerate(x)
    )
    unit = f", in {curves.unit}" if curves.unit else ""
    head = (make_visible(curves.x_label, blanks=False), *names)
    return DataTable(f"{make_visible(curves.y_label, blanks=False)}{unit}", head, rows)


def summary(
    curves: Curves, names: tuple[str, ...], x: np.ndarray, y: np.ndarray
) -> Phrase:
    """Return a sentence on where each line starts and ends.

    Lines that all start and end alike, as those of deletion do, differ in between: then
    it says which is lowest and which is highest on average.
    """
    lines = [(name, row[np.isfinite(row)]) for name, row in zip(names, y, strict=True)]
    lines = [(name, row) for name, row in lines if row.size]
    ends = {
        tuple(format_significant(float(row[i])) for i in (0, -1)) for _, row in lines
    }
    parts = [f"{name} {describe_change(row)}" for name, row in lines]
    if len(lines) > 1 and len(ends) == 1 and len(x) > 2:  # noqa: PLR2004 - a middle
        ((first, last),) = ends
        means = [(float(row.mean()), name) for name, row in lines]
        (low, lowest), (high, highest) = min(means), max(means)
        parts = [
            f"all lines go from {first} to {last}",
            (
                f"on average, {lowest} is lowest, {format_significant(low)}, and "
                f"{highest} highest, {format_significant(high)}"
            ),
        ]
    axis = make_visible(curves.x_label, blanks=False)
    bounds = [format_significant(float(at), 6) for at in (x[0], x[-1])]
    place = " to ".join(bounds) if len(x) > 1 else bounds[0]
    if len(x) > 1 and " " in axis:
        head = f"As the {axis.removeprefix('the ')} goes from {place}, "
    else:
        head = f"{'From' if len(x) > 1 else 'At'} {axis} {place}, "
    return (head, "; ".join(parts), f" ({format_count(len(x), 'point')}).")
