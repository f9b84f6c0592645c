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

from generator.artifacts import Artifact, CellSearch, CellTraces, Fit
from generator.core.errors import FigureError
from generator.figures.base import Figure, Items, Row, Table, View, named
from generator.figures.cells.common import (
    activation_scale,
    best,
    drawn,
    find_fit,
    in_small,
    null,
    place_of,
    quantity_of,
    row_of,
    score_of,
)
from generator.figures.export.frame import FINE, INSET, ROOM, paragraph, paragraphs
from generator.figures.export.shapes import (
    INK,
    RULE,
    SOFT,
    Box,
    Label,
    Part,
    Shape,
    fill,
)
from generator.figures.formatting import Phrase, count, fixed, visible
from generator.figures.squares import Spans, grouped, stretches
from generator.figures.thumbnails import Thumbnails

STRIPS = 64
"""Strips of a wall that a picture holds."""
ACROSS = 2

STEPS = 3
"""Steps of a strip on either side of nothing."""
CLASSES = {-3: "d0", -2: "d5", -1: "d11", 1: "d21", 2: "d27", 3: "d32"}
LONGEST = 200
"""Characters of a strip; the data hold all of them."""


@dataclass(frozen=True, slots=True)
class Strip:
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

    strips: tuple[Strip, ...]
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
        """The strips."""
        return Items(named([strip.name for strip in self.strips]))

    def picture(self, y: float) -> Iterator[Part]:
        """The best strips, in two columns, read down."""
        said = f"{self.quantity} for {self.hypothesis}; bold: passed both nulls"
        top = paragraph(said, INSET, y, ROOM, 12, INK, "bold")
        yield top
        y = top.bottom + 6
        shown = self.strips[:STRIPS]
        rows = -(-len(shown) // ACROSS)
        for i, strip in enumerate(shown):
            column, row = divmod(i, rows)
            x = INSET + column * (ROOM / ACROSS + 8)
            yield strip_part(strip, self.width, x, y + row * 17)
        y += rows * 17 + 4
        if len(shown) < len(self.strips):
            yield paragraphs(
                (f"The best {len(shown)} of {len(self.strips)}.",), y, FINE
            )


class Wall(Figure):
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

    def reads(self) -> tuple[str, ...]:
        """The search, then the traces."""
        return (self.search, self.traces)

    def accepts(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """The kinds of `draws`, each for one artifact."""
        return tuple((kind,) for kind in self.draws)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """The text's first lines, coloured by the first cell."""
        traces = artifacts[1]
        assert isinstance(traces, CellTraces)  # noqa: S101 - checked with the study
        return in_small(traces, 0)

    def view(self, *artifacts: Artifact) -> WallView:
        """What the template draws. Raises `FigureError`."""
        search, traces = artifacts
        if not isinstance(search, CellSearch):
            raise FigureError("search: is no search of cells; name one by `cells`")
        if not isinstance(traces, CellTraces) or not traces.tokens:
            raise FigureError("traces: are none of cells; collect `activations`")
        fit = find_fit(search, self.hypothesis)
        order = best(search, fit)
        row = row_of(search, fit)
        length = min(LONGEST, len(traces.tokens))
        return WallView(
            summary=summary(search, fit),
            scale=activation_scale(),
            tables=(table(search, fit, order),),
            notes=(f"Strips have seven steps of the scale. {null(search)}",),
            strips=tuple(
                Strip(
                    search.cells[place].name,
                    fixed(score_of(float(search.strengths[row, place]), fit), 3),
                    bool(search.found[row, place]),
                    spans(trace(search, traces, place)[:length]),
                )
                for place in order[: self.most]
            ),
            width=length,
            letters="".join(map(letter, traces.tokens[:length])),
            places=" ".join(str(5 + 10 * i) for i in range(length)),
            truth=holds(traces, fit, length),
            hypothesis=visible(fit.name, blanks=False),
            quantity=quantity_of(fit),
        )


def trace(search: CellSearch, traces: CellTraces, place: int) -> NDArray[np.float64]:
    """The trace of a cell of the search. Raises `FigureError` where there is none."""
    return drawn(traces, place_of(traces, search.cells[place]))


def spans(values: NDArray[np.float64]) -> Spans:
    """The stretches of each step but nothing, by its colour class."""
    steps = np.rint(np.clip(values, -1, 1) * STEPS).astype(int)
    return tuple((CLASSES[step], places) for step, places in grouped(steps.tolist()))


def holds(traces: CellTraces, fit: Fit, length: int) -> str:
    """The path of characters of which a hypothesis is true; of graded ones, none."""
    if fit.graded or fit.name not in traces.hypotheses:
        return ""
    truth = traces.truths[traces.hypotheses.index(fit.name)][:length] > 0
    found = stretches(truth.astype(int).tolist())
    return "".join(f"M{start} 0h{wide}" for true, start, wide in found if true)


def letter(token: object) -> str:
    """One sign for a character, so that places and signs stay together."""
    text = str(getattr(token, "text", ""))
    shown = visible(text, blanks=text != " ")
    return shown if len(shown) == 1 else "\N{REPLACEMENT CHARACTER}"


def table(search: CellSearch, fit: Fit, order: list[int]) -> Table:
    """Every cell with its score."""
    row = row_of(search, fit)
    return Table(
        f"Cells by {quantity_of(fit)} for {visible(fit.name, blanks=False)}",
        ("cell", quantity_of(fit), "found"),
        tuple(
            Row(
                search.cells[place].name,
                (
                    fixed(score_of(float(search.strengths[row, place]), fit), 3),
                    "yes" if search.found[row, place] else "no",
                ),
            )
            for place in order
        ),
    )


def summary(search: CellSearch, fit: Fit) -> Phrase:
    """The best cell, and how many were found."""
    found = int(search.found[row_of(search, fit)].sum())
    said = (
        f"A strip for each of {count(len(search.cells), 'cell')}, sorted by "
        f"{quantity_of(fit)} for {visible(fit.name, blanks=False)}. The best that was "
        f"chosen is cell {fit.cell.name} with {fixed(fit.score, 3)}; "
        f"{count(found, 'cell')} "
        f"{'is' if found == 1 else 'are'} found."
    )
    return (said,)


def strip_part(strip: Strip, width: int, x: float, y: float) -> Part:
    """A cell's strip between its name and its score."""
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
            shapes.append(Box(left + start * k, y + 1, wide * k, 12, fill(css)))
    return Part(shapes, y + 16)
