"""Hypotheses and their best cells: scores, nulls, what clamping does, the verdict.

A row is a hypothesis. Its best cell was chosen on one held-out text, where its score
stands beside what chance reaches (circular shifts, untrained networks). The cell is
scored again on a second text, so that the score that counts is not the one it was
chosen by. Then come what all cells together reach, and whether the model uses the cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from generator.artifacts import (
    Artifact,
    CellEffects,
    CellSearch,
    ClampEffect,
    HypothesisFit,
)
from generator.core.errors import FigureError
from generator.figures.base import DataTable, Figure, Items, TableRow, View
from generator.figures.base import grid_items as grid
from generator.figures.cells.common import (
    describe_direction,
    describe_null,
    quantity_of,
)
from generator.figures.export import fonts
from generator.figures.export.frame import INSET, ROOM, paragraph_part
from generator.figures.export.shapes import INK, RULE, SOFT, Label, Part, Shape, Stroke
from generator.figures.formatting import (
    Phrase,
    format_count,
    format_fixed,
    format_percent,
    format_significant,
    make_visible,
)

ROWED = 54.0
NAMED, VERDICT = 130.0, 112.0
"""Widths of a hypothesis's name and of its verdict; numbers share the rest."""


@dataclass(frozen=True, slots=True)
class HypothesisNumber:
    """A cell of the table: its text, what stands below it, what is read of it."""

    text: str
    below: str
    description: str


@dataclass(frozen=True, slots=True)
class HypothesisRow:
    """A hypothesis as it is printed."""

    name: str
    share: str
    verdict: str
    css: str
    cells: tuple[HypothesisNumber, ...]


HEADS = (
    "verdict", "best cell", "first text", "shifts, 99 %", "untrained, best",
    "cells found", "second text", "top five again", "probe", "held off",
    "held on",
)  # fmt: skip
"""Columns of the table; the last two where cells were clamped."""


@dataclass(frozen=True, kw_only=True)
class HypothesesView(View):
    """The lines of the table."""

    lines: tuple[HypothesisRow, ...]
    effects: bool

    def items(self) -> Items:
        """Return the numbers, by hypothesis and column; verdicts are none."""
        heads = HEADS if self.effects else HEADS[:-2]
        names = [line.name for line in self.lines]
        return grid(names, heads, [(row, 0) for row in range(len(names))])

    def picture(self, y: float) -> Iterator[Part]:
        """Draw a row for each hypothesis."""
        heads = HEADS if self.effects else HEADS[:-2]
        wide = (ROOM - NAMED - VERDICT) / (len(heads) - 1)
        shapes: list[Shape] = []
        for i, name in enumerate(heads[1:]):
            part = paragraph_part(
                name, column_left(i, wide), y, wide - 6, 10, SOFT, most=2
            )
            shapes += part.shapes
        yield Part(shapes, y + 28)
        y += 32
        for line in self.lines:
            yield row_part(line, y, wide)
            y += ROWED


class Hypotheses(Figure):
    """A table of hypotheses."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (CellSearch, CellEffects)
    heading: ClassVar[str] = "Which hypotheses have a cell"
    figure: Literal["hypotheses"]
    search: str
    """Name of the search."""
    ablation: str | None = None
    """Name of the ablation, if one was done."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the search, and the ablation if one is named."""
        return (self.search, *((self.ablation,) if self.ablation else ()))

    def accepted_kinds(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Return the kinds of `draws`, each for one artifact."""
        return tuple((kind,) for kind in self.draws[: len(self.artifact_names())])

    def view(self, *artifacts: Artifact) -> HypothesesView:
        """Return what the template renders."""
        search, *rest = artifacts
        if not isinstance(search, CellSearch) or not search.fits:
            raise FigureError("search: is no search of cells; name one by `cells`")
        effects: dict[str, ClampEffect] = {}
        for one in rest:
            if not isinstance(one, CellEffects):
                raise FigureError("ablation: is none of cells; name one by `ablation`")
            effects = {effect.hypothesis: effect for effect in one.effects}
        lines = tuple(
            build_hypothesis_row(fit, effects.get(fit.name), clamped=bool(rest))
            for fit in search.fits
        )
        return HypothesesView(
            summary=summary(search, effects),
            tables=(table(search, effects),),
            notes=(describe_null(search),),
            lines=lines,
            effects=bool(rest),
        )


def build_hypothesis_row(
    fit: HypothesisFit, effect: ClampEffect | None, *, clamped: bool
) -> HypothesisRow:
    """Return a hypothesis with its numbers as they are printed."""
    verdict, css = format_hypothesis_verdict(fit, effect)
    name = make_visible(fit.name, blanks=False)
    cells = (*format_search_numbers(fit), *(format_effects(effect) if clamped else ()))
    return HypothesisRow(
        name=name,
        share="graded" if fit.graded else f"{format_percent(fit.share)} of characters",
        verdict=verdict,
        css=css,
        cells=tuple(HypothesisNumber(t, b, f"{name}: {said}") for t, b, said in cells),
    )


def format_search_numbers(fit: HypothesisFit) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers of the search: text, what stands below, what is read aloud."""
    first, again, ends = (
        format_fixed(fit.score, 3),
        format_fixed(fit.again, 3),
        f"[{format_fixed(fit.low, 3)}, {format_fixed(fit.high, 3)}]",
    )
    what, cell, way = quantity_of(fit), fit.cell.name, describe_direction(fit)
    more = (
        f"{format_count(fit.probe_cells, 'cell')}; untrained "
        f"{format_fixed(fit.untrained_probe)}"
    )
    shifts, untrained = format_fixed(fit.shifts, 3), format_fixed(fit.untrained, 3)
    overlap, probe = format_fixed(fit.overlap), format_fixed(fit.probe, 3)
    return (
        (cell, way, f"cell {cell} is {way}"),
        (first, "", f"{what} on the first text is {first}"),
        (shifts, "", f"99 % of circular shifts reach at most {shifts} there"),
        (untrained, "", f"the best untrained cell reaches {untrained} there"),
        (
            f"{fit.cells:,}",
            "",
            f"{format_count(fit.cells, 'cell')} passed both nulls there",
        ),
        (again, ends, f"{what} on the second text is {again} {ends}"),
        (overlap, "", f"Jaccard overlap of both texts’ five best cells is {overlap}"),
        (probe, more, f"a sparse probe reaches {what} {probe} with {more}"),
    )


def format_effects(effect: ClampEffect | None) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers of the ablation, in both directions."""
    if effect is None:
        return (("–", "", "the cell was not held"),) * 2
    closes, found = make_visible(effect.closes, blanks=False), []
    for value, bar, way, moved in (
        (effect.off, effect.off_random, "off", "falls"),
        (effect.on, effect.on_random, "on", "rises"),
    ):
        text, most = (
            format_fixed(value, 3, signed=True),
            format_fixed(bar, 3, signed=True),
        )
        said = f"with the cell held {way}, the probability of {closes} {moved} by "
        said += f"{text}; 99 % of {effect.random} random cells reach at most {most}"
        found.append((text, f"random {most}", said))
    return tuple(found)


def format_hypothesis_verdict(
    fit: HypothesisFit, effect: ClampEffect | None
) -> tuple[str, str]:
    """Return the verdict in words, and the class of its sign."""
    if not fit.found:
        return "not found", "not supported"
    if effect is None or effect.cell != fit.cell:
        return "found, not tested by holding", "undecided"
    if effect.use == "used":
        return "found and used", "supported"
    if effect.use == "one direction only":
        return "found, used in one direction", "undecided"
    return "correlates only", "undecided"


def table(search: CellSearch, effects: dict[str, ClampEffect]) -> DataTable:
    """Return a table of every number, and those of the other direction."""
    head = [
        "hypothesis", "score", "best cell", "sign", "first text", "second text", "low",
        "high", "shifts, 99 %", "best untrained", "p", "found", "cells found",
        "overlap of top five", "probe", "probe’s cells", "untrained probe",
    ]  # fmt: skip
    more = ["closes with", "held off", "random, 99 %", "held on", "random on, 99 %"]
    return DataTable(
        "Hypotheses and their best cells",
        (*head, *more, "verdict"),
        tuple(
            TableRow(
                make_visible(fit.name, blanks=False),
                (
                    quantity_of(fit),
                    fit.cell.name,
                    "+" if fit.sign > 0 else "\N{MINUS SIGN}",
                    *(
                        format_fixed(v, 4)
                        for v in (
                            fit.score, fit.again, fit.low, fit.high, fit.shifts,
                            fit.untrained,
                        )
                    ),
                    format_significant(fit.p, 2),
                    "yes" if fit.found else "no",
                    str(fit.cells),
                    format_fixed(fit.overlap),
                    format_fixed(fit.probe, 4),
                    str(fit.probe_cells),
                    format_fixed(fit.untrained_probe, 4),
                    *clamping_cells(effects.get(fit.name)),
                    format_hypothesis_verdict(fit, effects.get(fit.name))[0],
                ),
            )
            for fit in search.fits
        ),
    )  # fmt: skip


def clamping_cells(effect: ClampEffect | None) -> tuple[str, ...]:
    """Return what clamping gave in both directions, empty where it was not done."""
    if effect is None:
        return ("–",) * 5
    numbers = (effect.off, effect.off_random, effect.on, effect.on_random)
    return (
        make_visible(effect.closes, blanks=False),
        *(format_fixed(v, 4) for v in numbers),
    )


def summary(search: CellSearch, effects: dict[str, ClampEffect]) -> Phrase:
    """Return a sentence on how many hypotheses have a cell, and how many are used."""
    found = [fit for fit in search.fits if fit.found]
    used = [
        fit
        for fit in found
        if format_hypothesis_verdict(fit, effects.get(fit.name))[0].endswith("used")
    ]
    total = format_count(len(search.fits), "hypothesis", "hypotheses")
    said = (
        f"Of {total}, {len(found)} have a cell that passes both nulls on the first text"
    )
    if effects:
        said += f", and {len(used)} a cell that the model uses in both directions"
    return (f"{said}.",)


def column_left(column: int, wide: float) -> float:
    """Return where a column of numbers begins."""
    return INSET + NAMED + VERDICT + column * wide


def row_part(line: HypothesisRow, y: float, wide: float) -> Part:
    """Draw one hypothesis: its words and numbers, what they stand on below."""
    said = paragraph_part(
        line.verdict, INSET + NAMED, y + 2, VERDICT - 8, 12, INK, "bold", most=3
    )
    shapes: list[Shape] = [
        Stroke(((INSET, y), (INSET + ROOM, y)), RULE),
        Label(INSET, y + 16, fonts.clip_text(line.name, NAMED - 6, 12, "bold"), 12, INK,
              "bold"),
        Label(INSET, y + 30, line.share, 10, SOFT),
        *said.shapes,
    ]  # fmt: skip
    for i, one in enumerate(line.cells):
        left = column_left(i, wide)
        shapes.append(Label(left, y + 16, one.text, 12, INK))
        below = paragraph_part(one.below, left, y + 18, wide - 4, 9, SOFT, most=3)
        shapes += below.shapes
    return Part(shapes, max(y + ROWED, said.bottom))
