"""Text coloured by a cell: every character in the colour of the memory there.

The scale is the same in every figure: from −1 to 1, 0 being the page's own paper in
both themes. No trace is stretched to its own largest value, so a cell that does little
looks like it. A line under characters shows where a hypothesis holds, so that the two
can be compared by eye; lines break where the text breaks them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact, CellSearch, CellTraces
from generator.core.errors import FigureError, suggest_nearest
from generator.figures.base import (
    DataTable,
    Figure,
    Item,
    Items,
    TableRow,
    Track,
    View,
    link_of,
)
from generator.figures.cells.common import (
    MEMORY,
    activation_scale,
    describe_direction,
    describe_null,
    displayed_trace,
    picture_trace,
    quantity_of,
)
from generator.figures.export import fonts
from generator.figures.export.frame import INSET, ROOM, paragraph_part
from generator.figures.export.shapes import (
    INK,
    PAPER,
    Box,
    Label,
    Part,
    Shape,
    Stroke,
    fill_colour,
    ink_on,
)
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    format_count,
    format_fixed,
    make_visible,
)
from generator.figures.scales import Scale
from generator.figures.squares import Thumbnails
from generator.figures.token_chips import KeyLine, TokenChip

LETTERS = 13.0
STEP = LETTERS * fonts.MONO
"""Width of a character of code."""
HIGH = 19.0

HOLDS = "hypothesis"
"""The mark under a character of which the hypothesis is true."""
MOST = 2000
"""Characters drawn; the data hold all of them."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One cell over the text, line by line."""

    name: str
    description: str
    lines: tuple[tuple[TokenChip, ...], ...]


@dataclass(frozen=True, kw_only=True)
class TraceView(View):
    """Cells below each other, over the same text."""

    traces: tuple[Trace, ...]
    keys: tuple[KeyLine, ...]
    link: str
    cut: bool

    def items(self) -> Items:
        """Return the characters of every trace."""
        several = len(self.traces) > 1
        return Items(
            tuple(
                Track(
                    one.name,
                    tuple(
                        Item(c.token.text, i, f"{n}-{i}" if several else str(i))
                        for i, c in enumerate(
                            (c for line in one.lines for c in line), 1
                        )
                    ),
                )
                for n, one in enumerate(self.traces, 1)
            )
        )

    def picture(self, y: float) -> Iterator[Part]:
        """Draw cells over the text, below each other."""
        for one in self.traces:
            told = f"{one.name[:1].upper()}{one.name[1:]}"
            said = f"{told} · {one.description}" if one.description else told
            top = paragraph_part(said, INSET, y, ROOM, 12, INK, "bold", most=3)
            yield top
            y = top.bottom + 4
            for line in one.lines:
                part = line_part(line, y)
                yield part
                y = part.bottom
            y += 12


class CellTraceText(Figure):
    """Cells over a text."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (CellTraces, CellSearch)
    heading: ClassVar[str] = "Text coloured by a cell"
    figure: Literal["trace"]
    artifact: str
    """Name of the traces to draw."""
    search: str | None = None
    """Name of the search that the cells were chosen by; its size and its null are
    then printed below the text."""
    cells: tuple[str, ...] = ()
    """Cells to draw, as `layer.place`; without it, all of the artifact's."""
    hypothesis: str | None = None
    """What to draw a line under: the characters of which it is true."""
    shows: Literal["memory", "activation"] = "memory"
    """The cell's memory, by its tanh, or what it gives out."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the traces, and the search if one is named."""
        return (self.artifact, *((self.search,) if self.search else ()))

    def accepted_kinds(self) -> tuple[tuple[type[Artifact], ...], ...]:
        """Return the kinds of `draws`, each for one artifact."""
        return tuple((kind,) for kind in self.draws[: len(self.artifact_names())])

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the text's first lines, coloured by the first cell drawn."""
        traces = artifacts[0]
        assert isinstance(traces, CellTraces)  # noqa: S101 - checked with the study
        return picture_trace(
            traces, self.find_places(traces)[0] if traces.activations.size else 0
        )

    def view(self, *artifacts: Artifact) -> TraceView:
        """Return what the template renders."""
        traces, *rest = artifacts
        if not isinstance(traces, CellTraces):
            raise FigureError("artifact: is no trace of cells; collect `activations`")
        search = rest[0] if rest else None
        if search is not None and not isinstance(search, CellSearch):
            raise FigureError("search: is no search of cells; name one by `cells`")
        places = self.find_places(traces)
        truth = self.find_truth(traces)
        scale = activation_scale(MEMORY if self.shows == "memory" else "activation")
        values = [displayed_trace(traces, p, scale.quantity) for p in places]
        named = [
            (traces.cells[p].name, describe_best_fits(traces, p, search))
            for p in places
        ]
        return TraceView(
            summary=summary(named, values, truth, self.hypothesis),
            scale=scale,
            tables=(table(traces, (places, values), scale.quantity, self.hypothesis),),
            notes=(describe_null(search),) if search else (),
            traces=tuple(
                Trace(f"cell {name}", said, trace_lines(traces, row, truth, scale))
                for (name, said), row in zip(named, values, strict=True)
            ),
            keys=hypothesis_keys(self.hypothesis),
            link=link_of(traces.tokens),
            cut=len(traces.tokens) > MOST,
        )

    def find_places(self, traces: CellTraces) -> list[int]:
        """Return the indices of the cells to draw.

        Raises:
            FigureError: A cell that the author wrote has no trace.
        """
        names = [cell.name for cell in traces.cells]
        for name in self.cells:
            if name not in names:
                raise FigureError(
                    f"cells: no trace of {make_visible(name)}; "
                    f"{suggest_nearest(name, names)}"
                )
        found = [names.index(name) for name in self.cells] or list(range(len(names)))
        if not found or not traces.tokens:
            raise FigureError("trace: the artifact holds no cell, nothing to draw")
        return found

    def find_truth(self, traces: CellTraces) -> NDArray[np.bool_]:
        """Return where the hypothesis is true, (characters,); nowhere without one.

        Raises:
            FigureError: The traces have no labels for the hypothesis.
        """
        if self.hypothesis is None:
            return np.zeros(len(traces.tokens), dtype=bool)
        if self.hypothesis not in traces.hypotheses:
            known = suggest_nearest(self.hypothesis, traces.hypotheses)
            told = make_visible(self.hypothesis, blanks=False)
            raise FigureError(f"hypothesis: no labels for ‘{told}’; {known}")
        place = traces.hypotheses.index(self.hypothesis)
        return np.asarray(traces.truths[place] > 0)


def describe_best_fits(
    traces: CellTraces, place: int, search: CellSearch | None
) -> str:
    """Return what the search says of a cell: the hypotheses that it fits best."""
    cell = traces.cells[place]
    if search is None:
        return ""
    return "; ".join(
        f"best for {make_visible(fit.name, blanks=False)}: {quantity_of(fit)} "
        f"{format_fixed(fit.again, 3)}, {describe_direction(fit)}"
        for fit in search.fits
        if fit.cell == cell
    )


def trace_lines(
    traces: CellTraces,
    values: NDArray[np.float64],
    truth: NDArray[np.bool_],
    scale: Scale,
) -> tuple[tuple[TokenChip, ...], ...]:
    """Return the characters as chips, in the lines of the text."""
    found: list[list[TokenChip]] = [[]]
    for i, token in enumerate(traces.tokens[:MOST]):
        if i and traces.tokens[i - 1].text == "\n":
            found.append([])
        css = f"{scale.shade(float(values[i]))}{f' {HOLDS}' if truth[i] else ''}"
        text = make_visible(token.text, blanks=token.text != " ")
        said = format_fixed(float(values[i]), 2, signed=True)
        found[-1].append(TokenChip(DisplayToken(text, text), css, "", said, str(i + 1)))
    return tuple(map(tuple, found))


def hypothesis_keys(hypothesis: str | None) -> tuple[KeyLine, ...]:
    """Return what a line under characters means."""
    if hypothesis is None:
        return ()
    return (KeyLine(HOLDS, f"line below: {make_visible(hypothesis, blanks=False)}"),)


def table(
    traces: CellTraces,
    drawn_: tuple[list[int], list[NDArray[np.float64]]],
    quantity: str,
    hypothesis: str | None,
) -> DataTable:
    """Return a table of every character: what is drawn of each cell, and the label."""
    places, values = drawn_
    named = [] if hypothesis is None else [hypothesis]
    truths = [traces.truths[traces.hypotheses.index(name)] for name in named]
    return DataTable(
        f"{quantity[:1].upper()}{quantity[1:]}, character by character",
        (
            "character",
            *(f"cell {traces.cells[p].name}" for p in places),
            *(make_visible(name, blanks=False) for name in named),
        ),
        tuple(
            TableRow(
                DisplayToken(make_visible(token.text), make_visible(token.text)),
                (
                    *(format_fixed(float(row[i]), 3) for row in values),
                    *(str(int(row[i])) for row in truths),
                ),
            )
            for i, token in enumerate(traces.tokens[:MOST])
        ),
    )


def summary(
    named: list[tuple[str, str]],
    values: list[NDArray[np.float64]],
    truth: NDArray[np.bool_],
    hypothesis: str | None,
) -> Phrase:
    """Return a sentence on the first cell's means with and without the hypothesis."""
    return ("".join(_describe_means(named[0][0], values[0], truth, hypothesis)),)


def _describe_means(
    name: str,
    values: NDArray[np.float64],
    truth: NDArray[np.bool_],
    hypothesis: str | None,
) -> Iterator[str]:
    yield f"{format_count(len(values), 'character')}, coloured by cell {name}"
    if hypothesis is None or truth.all() or not truth.any():
        yield f", which lies between {format_fixed(float(values.min()))} and "
        yield f"{format_fixed(float(values.max()))}."
        return
    yield f": its mean is {format_fixed(float(values[truth].mean()))} "
    yield f"where ‘{make_visible(hypothesis, blanks=False)}’ holds and "
    yield f"{format_fixed(float(values[~truth].mean()))} elsewhere."


def line_part(line: tuple[TokenChip, ...], y: float) -> Part:
    """Draw a line of the text; one that is too long goes on below."""
    room = int(ROOM / STEP)
    shapes: list[Shape] = []
    for i, chip in enumerate(line):
        row, column = divmod(i, room)
        x, top = INSET + column * STEP, y + row * HIGH
        back = fill_colour(chip.css)
        if back and back != PAPER:
            shapes.append(Box(x, top, STEP, HIGH - 2, back))
        if chip.token.short.strip():
            ink = ink_on(back) if back else INK
            place = (x + STEP / 2, top + 13)
            shapes.append(
                Label(*place, chip.token.short[:1], LETTERS, ink, "mono", "middle",
                      back or PAPER)
            )  # fmt: skip
        if HOLDS in chip.css.split():
            level = top + HIGH - 3
            shapes.append(Stroke(((x, level), (x + STEP, level)), INK, 1.5))
    return Part(shapes, y + HIGH * (1 + max(0, len(line) - 1) // room))
