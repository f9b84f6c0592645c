"""Agreement of explanations of the same texts: a matrix for each measure.

Rows and columns are the explanations in one order, so that a matrix is the same on both
sides of its diagonal, which is blank. A correlation is coloured from −1 to 1 and a
share from 0 to 1 whatever the data, so that two figures can be compared. How long each
explanation took stands below, where that was recorded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Agreement, Artifact
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.figures.base import DataTable, Figure, Items, Stat, TableRow, View
from generator.figures.base import grid_items as grid
from generator.figures.export import fonts
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
)
from generator.figures.export.grids import Grid, GridCell, draw_grid
from generator.figures.export.shapes import INK, Part
from generator.figures.formatting import (
    Phrase,
    format_count,
    format_fixed,
    format_numeral,
    format_significant,
    make_visible,
)
from generator.figures.scales import Scale, format_label
from generator.figures.statistics.estimates import claim_sentence, interval_decimals

HEAD = 150.0
"""Room for the names of rows at most."""


@dataclass(frozen=True, slots=True)
class FixedScale(Scale):
    """A scale whose ends never follow the data."""

    @property
    def source(self) -> str:
        """Where the bound came from."""
        low = "\N{MINUS SIGN}1" if self.signed else "0"
        return f"fixed, {low} to 1, in all figures"


@dataclass(frozen=True, slots=True)
class AgreementCell:
    """How far two agree; nothing on the diagonal."""

    css: str
    text: str
    description: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One explanation and its agreement with each."""

    name: str
    cells: tuple[AgreementCell, ...]


@dataclass(frozen=True, slots=True)
class MeasureMatrix:
    """One measure; `signed` where it can be below 0."""

    name: str
    lines: tuple[AgreementRow, ...]
    signed: bool


@dataclass(frozen=True, kw_only=True)
class AgreementView(View):
    """A matrix for each measure."""

    names: tuple[str, ...]
    matrices: tuple[MeasureMatrix, ...]
    scales: tuple[Scale, ...]
    quantities: tuple[Stat, ...]
    times: tuple[Stat, ...]
    remarks: tuple[str, ...]

    def items(self) -> Items:
        """Return pairs of explanations in the first measure's matrix."""
        diagonal = [(i, i) for i in range(len(self.names))]
        return grid(self.names, self.names, diagonal)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw a matrix for each measure, two side by side where they fit."""
        half = (ROOM - 30) / 2
        needed = min(HEAD, longest_name(self.names)) + 16 + len(self.names) * 46
        room = half if needed <= half else float(ROOM)
        left, low = float(INSET), y
        for one in self.matrices:
            if left + room > INSET + ROOM + 1:
                left, y = float(INSET), low + 18
            part = draw_measure_matrix(self, one, left, y, room)
            yield part
            low = max(low, part.bottom)
            left += room + 30
        said = ["; ".join(f"{s.name}: {s.value}" for s in self.quantities)]
        if self.times:
            each = ", ".join(f"{s.name} {s.value}" for s in self.times)
            said.append(f"Time taken for all texts: {each}")
        yield paragraphs_part(filter(None, (*said, *self.remarks)), low + 6, FINE)


class AgreementMatrix(Figure):
    """Agreement of explanations, pair by pair."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Agreement,)
    heading: ClassVar[str] = "Where explanations agree"
    figure: Literal["agreement"]
    artifact: str
    """Name of the agreement to draw."""
    measures: tuple[str, ...] = ()
    """Which measures, in this order; without it, all of them."""
    names: dict[str, str] = Field(default={})
    """What explanations are called, by artifact; without it, its name."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> AgreementView:
        """Return what the template renders."""
        (found,) = artifacts
        assert isinstance(found, Agreement)  # noqa: S101 - checked with the study
        names = self.explanation_names(found)
        places = [found.measures.index(name) for name in self.choose_measures(found)]
        scales = {place: measure_scale(found, place) for place in places}
        return AgreementView(
            summary=summary(found, names, places[0]),
            tables=(table(found, names, places),),
            names=names,
            matrices=tuple(
                build_matrix(found, place, names, scales[place]) for place in places
            ),
            scales=tuple(dict.fromkeys(scales.values())),
            quantities=tuple(
                Stat(name, format_label(quantity))
                for name, quantity in zip(names, found.quantities, strict=True)
                if name != format_label(quantity)
            ),
            times=time_stats(found, names),
            remarks=tuple(map(claim_sentence, found.notes)),
        )

    def choose_measures(self, agreement: Agreement) -> tuple[str, ...]:
        """Return the names of the measures to draw.

        Raises:
            FigureError: A measure is not there, or the artifact has no square matrix
                for each.
        """
        size = len(agreement.names)
        if (
            agreement.values.shape != (len(agreement.measures), size, size)
            or not agreement.measures
        ):
            shape = " by ".join(map(str, agreement.values.shape))
            raise FigureError(
                f"agreement: values are {shape}; expected a matrix of {size} by {size} "
                "for each measure"
            )
        for name in self.measures:
            if name not in agreement.measures:
                near = suggest_nearest(name, agreement.measures)
                raise FigureError(f"measures: there is no {quote_text(name)}; {near}")
        return self.measures or agreement.measures

    def explanation_names(self, agreement: Agreement) -> tuple[str, ...]:
        """Return a name for each explanation.

        Raises:
            FigureError: The author renamed one that is not compared.
        """
        for name in self.names:
            if name not in agreement.names:
                near = suggest_nearest(name, agreement.names)
                raise FigureError(f"names: {quote_text(name)} is not compared; {near}")
        return tuple(
            format_label(self.names.get(name, name)) for name in agreement.names
        )


def measure_scale(agreement: Agreement, place: int) -> Scale:
    """Return a fixed scale, signed for a measure that can be negative."""
    signed = is_correlation(agreement.measures[place])
    return FixedScale(1.0, signed, "correlation" if signed else "share", "", "fixed")


def is_correlation(measure: str) -> bool:
    """Return whether a measure goes from −1 to 1."""
    return any(name in measure.lower() for name in ("rho", "tau", "correlation"))


def build_matrix(
    agreement: Agreement, place: int, names: tuple[str, ...], scale: Scale
) -> MeasureMatrix:
    """Return one measure's cells."""
    size = len(names)
    return MeasureMatrix(
        format_label(agreement.measures[place]),
        tuple(
            AgreementRow(
                names[i],
                tuple(
                    build_agreement_cell(agreement, (place, i, j), scale)
                    for j in range(size)
                ),
            )
            for i in range(size)
        ),
        scale.signed,
    )


def build_agreement_cell(
    agreement: Agreement, at: tuple[int, int, int], scale: Scale
) -> AgreementCell:
    """Return how far two explanations agree, as colour, number and words."""
    _, i, j = at
    if i == j:
        return AgreementCell("", "", "")
    value = float(agreement.values[at])
    css = scale.shade(value) if math.isfinite(value) else ""
    return AgreementCell(
        css, format_numeral(value, scale.signed), format_agreement(agreement, at)
    )


def format_agreement(agreement: Agreement, at: tuple[int, int, int]) -> str:
    """Return a value with its interval and how many texts it rests on."""
    value, low, high = (
        float(a[at]) for a in (agreement.values, agreement.low, agreement.high)
    )
    texts = format_count(int(agreement.texts[at]), "text")
    if not math.isfinite(value):
        return "no text to compare them on"
    if not math.isfinite(low + high):
        return f"{format_fixed(value)}, {texts}"
    digits = max(2, interval_decimals(high - low))
    value_told, *ends = (format_fixed(v, digits) for v in (value, low, high))
    return f"{value_told} [{', '.join(ends)}], {texts}"


def time_stats(agreement: Agreement, names: tuple[str, ...]) -> tuple[Stat, ...]:
    """Return how long each took, where that is known."""
    return tuple(
        Stat(name, f"{format_significant(float(seconds), 2)} s")
        for name, seconds in zip(names, agreement.seconds, strict=True)
        if math.isfinite(seconds)
    )


def table(agreement: Agreement, names: tuple[str, ...], places: list[int]) -> DataTable:
    """Return a table of every pair, once: each measure, its interval, the texts."""
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    rows = []
    for i, j in pairs:
        cells: list[str] = [names[j]]
        for place in places:
            at = (place, i, j)
            cells += [
                format_fixed(float(a[at]), 4)
                for a in (agreement.values, agreement.low, agreement.high)
            ]
            cells.append(f"{int(agreement.texts[at]):,}")
        rows.append(TableRow(names[i], tuple(cells)))
    head = ["one", "other"]
    for place in places:
        measure = format_label(agreement.measures[place])
        head += [measure, "low", "high", "n"]
    caption = "Agreement of explanations, means over texts with 95% intervals"
    return DataTable(caption, tuple(head), tuple(rows))


def summary(agreement: Agreement, names: tuple[str, ...], place: int) -> Phrase:
    """Return a sentence on who agrees most and least by the first measure."""
    values = agreement.values[place].astype(np.float64)
    pairs = [
        (values[i, j], names[i], names[j])
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if math.isfinite(values[i, j])
    ]
    measure = make_visible(agreement.measures[place], blanks=False)
    if not pairs:
        return (f"{measure}: no text on which two explanations can be compared.",)
    most, least = max(pairs, key=lambda p: p[0]), min(pairs, key=lambda p: p[0])
    said = f"{measure} is {format_fixed(most[0])} for {most[1]} and {most[2]}"
    if len(pairs) > 1:
        said = (
            f"By {measure}, {most[1]} and {most[2]} agree most, "
            f"{format_fixed(most[0])}, and "
            f"{least[1]} and {least[2]} least, {format_fixed(least[0])}"
        )
    return (f"{said}.",)


def longest_name(names: Sequence[str]) -> float:
    """Return the width of the longest name of a row."""
    return max(fonts.text_width(name, 12) for name in names)


def draw_measure_matrix(
    view: AgreementView, matrix: MeasureMatrix, x: float, y: float, room: float
) -> Part:
    """Draw one measure's matrix."""
    top = paragraph_part(matrix.name, x, y, room, 12, INK, "bold")
    made = Grid(
        heads=view.names,
        cells=tuple(
            tuple(GridCell(c.css, c.text) for c in line.cells) for line in matrix.lines
        ),
        columns=view.names,
        turned=True,
        mono=False,
        tallest=30,
        widest=52,
    )
    part = draw_grid(made, top.bottom + 4, x, room)
    return Part([*top.shapes, *part.shapes], part.bottom)
