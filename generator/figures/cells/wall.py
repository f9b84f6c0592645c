"""All cells at once: a strip for each, the best fitting first.

A strip is one cell over a short passage, a place for each character, in seven steps of
the fixed scale from −1 to 1. Each strip is a link to itself: what is linked to is drawn
large, with the passage's characters over it, and needs no script for that. Neighbours
of one step are one stroke, so that some hundreds of cells stay a part of a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.artifacts import Artifact, CellSearch, CellTraces, HypothesisFit
from generator.core.errors import FigureError
from generator.figures.base import (
    DataTable,
    Figure,
    Items,
    TableRow,
    View,
    heading_tracks,
)
from generator.figures.cells.common import (
    activation_scale,
    describe_null,
    directed_score,
    displayed_trace,
    find_fit,
    find_fit_row,
    find_trace,
    picture_trace,
    quantity_of,
    rank_cells,
)
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
)
from generator.figures.export.shapes import (
    INK,
    RULE,
    SOFT,
    Box,
    Label,
    Part,
    Shape,
    fill_colour,
)
from generator.figures.formatting import (
    Phrase,
    format_count,
    format_fixed,
    make_visible,
)
from generator.figures.squares import Spans, Thumbnails, find_stretches, group_stretches

STRIPS = 64
"""Strips of a wall that a picture holds."""
ACROSS = 2

STEPS = 3
"""Steps of a strip on either side of nothing."""
CLASSES = {-3: "d0", -2: "d5", -1: "d11", 1: "d21", 2: "d27", 3: "d32"}
LONGEST = 200
"""Characters of a strip; the data hold all of them."""


@dataclass(frozen=True, slots=True)
class CellStrip:
    """One cell: its score, whether it was found, and its places by colour class."""

    name: str
    score: str
    found: bool
    spans: Spans

    @property
    def runs(self) -> tuple[tuple[str, str], ...]:
        """For each colour class one path over all places that have it."""
        return tuple(
            (css, "".join(f"M{start} 0h{wide}" for start, wide in places))
            for css, places in self.spans
        )


@dataclass(frozen=True, kw_only=True)
class WallView(View):
    """Strips in the order of their scores, and the passage they are over."""

    strips: tuple[CellStrip, ...]
    width: int
    letters: str
    """The passage, one sign for each character."""
    places: str
    """Where each sign's middle is, in tenths of a place."""
    truth: str
    """The runs of characters of which the hypothesis is true."""
    hypothesis: str
    quantity: str

    def items(self) -> Items:
        """Return the strips."""
        return Items(heading_tracks([strip.name for strip in self.strips]))

    def picture(self, y: float) -> Iterator[Part]:
        """Draw the best strips, in two columns, read down."""
        said = f"{self.quantity} for {self.hypothesis}; bold: passed both nulls"
        top = paragraph_part(said, INSET, y, ROOM, 12, INK, "bold")
        yield top
        y = top.bottom + 6
        shown = self.strips[:STRIPS]
        rows = -(-len(shown) // ACROSS)
        for i, strip in enumerate(shown):
            column, row = divmod(i, rows)
            x = INSET + column * (ROOM / ACROSS + 8)
            yield draw_strip(strip, self.width, x, y + row * 17)
        y += rows * 17 + 4
        if len(shown) < len(self.strips):
            yield paragraphs_part(
                (f"The best {len(shown)} of {len(self.strips)}.",), y, FINE
            )


class CellWall(Figure):
    """A strip for each cell."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (CellSearch, CellTraces)
    heading: ClassVar[str] = "Every cell"
    figure: Literal["wall"]
    search: str
    """Name of the search that scores the cells."""
    traces: str
    """Name of the traces of all cells over a passage."""
    hypothesis: str | None = None
    """What the strips are sorted by; without it, what a cell fits best."""
    most: int = Field(default=1000, ge=1, le=4096)
    """How many strips are drawn, the best; the table has all cells."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the search, then the traces."""
        return (self.search, self.traces)

    def accepted_kinds(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Return the kinds of `draws`, each for one artifact."""
        return tuple((kind,) for kind in self.draws)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the text's first lines, coloured by the first cell."""
        traces = artifacts[1]
        assert isinstance(traces, CellTraces)  # noqa: S101 - checked with the study
        return picture_trace(traces, 0)

    def view(self, *artifacts: Artifact) -> WallView:
        """Return what the template renders."""
        search, traces = artifacts
        if not isinstance(search, CellSearch):
            raise FigureError("search: is no search of cells; name one by `cells`")
        if not isinstance(traces, CellTraces) or not traces.tokens:
            raise FigureError("traces: are none of cells; collect `activations`")
        fit = find_fit(search, self.hypothesis)
        order = rank_cells(search, fit)
        row = find_fit_row(search, fit)
        length = min(LONGEST, len(traces.tokens))
        return WallView(
            summary=summary(search, fit),
            scale=activation_scale(),
            tables=(table(search, fit, order),),
            notes=(f"Strips have seven steps of the scale. {describe_null(search)}",),
            strips=tuple(
                CellStrip(
                    search.cells[place].name,
                    format_fixed(
                        directed_score(float(search.strengths[row, place]), fit), 3
                    ),
                    bool(search.found[row, place]),
                    step_stretches(cell_trace(search, traces, place)[:length]),
                )
                for place in order[: self.most]
            ),
            width=length,
            letters="".join(map(single_sign, traces.tokens[:length])),
            places=" ".join(str(5 + 10 * i) for i in range(length)),
            truth=hypothesis_path(traces, fit, length),
            hypothesis=make_visible(fit.name, blanks=False),
            quantity=quantity_of(fit),
        )


def cell_trace(
    search: CellSearch, traces: CellTraces, place: int
) -> NDArray[np.float64]:
    """Return the trace of a cell of the search.

    Raises:
        FigureError: The cell has no trace.
    """
    return displayed_trace(traces, find_trace(traces, search.cells[place]))


def step_stretches(values: NDArray[np.float64]) -> Spans:
    """Return the stretches of each step but nothing, by colour class."""
    steps = np.rint(np.clip(values, -1, 1) * STEPS).astype(int)
    return tuple(
        (CLASSES[step], places) for step, places in group_stretches(steps.tolist())
    )


def hypothesis_path(traces: CellTraces, fit: HypothesisFit, length: int) -> str:
    """Return the path over characters where a hypothesis is true, "" if graded."""
    if fit.graded or fit.name not in traces.hypotheses:
        return ""
    truth = traces.truths[traces.hypotheses.index(fit.name)][:length] > 0
    found = find_stretches(truth.astype(int).tolist())
    return "".join(f"M{start} 0h{wide}" for true, start, wide in found if true)


def single_sign(token: object) -> str:
    """Return one sign for a character, so that places and signs stay in step."""
    text = str(getattr(token, "text", ""))
    shown = make_visible(text, blanks=text != " ")
    return shown if len(shown) == 1 else "\N{REPLACEMENT CHARACTER}"


def table(search: CellSearch, fit: HypothesisFit, order: list[int]) -> DataTable:
    """Return a table of every cell with its score."""
    row = find_fit_row(search, fit)
    return DataTable(
        f"Cells by {quantity_of(fit)} for {make_visible(fit.name, blanks=False)}",
        ("cell", quantity_of(fit), "found"),
        tuple(
            TableRow(
                search.cells[place].name,
                (
                    format_fixed(
                        directed_score(float(search.strengths[row, place]), fit), 3
                    ),
                    "yes" if search.found[row, place] else "no",
                ),
            )
            for place in order
        ),
    )


def summary(search: CellSearch, fit: HypothesisFit) -> Phrase:
    """Return a sentence on the best cell, and how many were found."""
    found = int(search.found[find_fit_row(search, fit)].sum())
    said = (
        f"A strip for each of {format_count(len(search.cells), 'cell')}, sorted by "
        f"{quantity_of(fit)} for {make_visible(fit.name, blanks=False)}. The best "
        f"that was "
        f"chosen is cell {fit.cell.name} with {format_fixed(fit.score, 3)}; "
        f"{format_count(found, 'cell')} "
        f"{'is' if found == 1 else 'are'} found."
    )
    return (said,)


def draw_strip(strip: CellStrip, width: int, x: float, y: float) -> Part:
    """Draw a cell's strip between its name and its score."""
    left, room = x + 48, ROOM / ACROSS - 8 - 48 - 46
    k = room / max(1, width)
    score: Shape = Label(left + room + 6, y + 11, strip.score, FINE,
                         INK if strip.found else SOFT,
                         "bold" if strip.found else "sans")  # fmt: skip
    shapes: list[Shape] = [
        Label(left - 6, y + 11, strip.name, FINE, INK, "mono", "end"),
        Box(left - 1, y, room + 2, 14, "", RULE),
        score,
    ]
    for css, places in strip.spans:
        for start, wide in places:
            shapes.append(Box(left + start * k, y + 1, wide * k, 12, fill_colour(css)))
    return Part(shapes, y + 16)
