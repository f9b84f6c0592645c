"""All steps of a text at once: rows are tokens written, columns what was read.

There are two layouts of the same cells. By distance back, a column is a slot of the
window. By word, a column is a token of the text, so that the window shows as a band
along the diagonal and every column has its name: the cells of a row are moved by empty
ones that span the words out of sight. Padding is kept in both: each padded slot has its
cell, and each row prints the sum over them beside the score of the newest slot and the
probability of the token written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Artifact, SlotScores
from generator.figures.base import Control, Figure, Item, Items, Track, View
from generator.figures.export.frame import FINE, paragraphs_part
from generator.figures.export.grids import Grid, GridCell, draw_grid
from generator.figures.export.shapes import Part
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_brief,
    format_count,
    format_fixed,
    format_numeral,
    format_percent,
    format_probability,
    format_significant,
)
from generator.figures.language_model.history_slots import TextSlots, place_slots
from generator.figures.scales import ATTENTION, Scale, scale_for
from generator.figures.squares import Thumbnails
from generator.figures.tables import slot_table
from generator.figures.thumbnails import picture_slots
from generator.figures.token_chips import outlined_words


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A cell: its colour class and its numeral. Without a class it is out of sight."""

    css: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class RowSum:
    """A row's sum: its text, and the length of its bar in 32nds, -1 for none."""

    text: str
    bar: int = -1


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One token written: a cell for each slot, and what moves them by word."""

    head: DisplayToken
    cells: tuple[MatrixCell, ...]
    padded: int  # cells that lie before the text
    gone: int  # words that left the window
    later: int  # words not read yet
    pad_sum: MatrixCell
    sums: tuple[RowSum, ...]


@dataclass(frozen=True, kw_only=True)
class MatrixView(View):
    """Both layouts. `words` is empty where the histories are not one text's."""

    link: str
    start: int
    """Tokens before the first written."""

    rows: tuple[MatrixRow, ...]
    distances: tuple[str, ...]
    pads: int
    """Columns of padding in the layout by word."""
    words: tuple[DisplayToken, ...]
    sums: tuple[str, ...]
    layout: Literal["distance", "word"]
    wide: bool
    """Whether it needs the margin's width."""
    signed: bool

    def items(self) -> Items:
        """Return cells by the tokens written and read; words have a heading."""
        slots = len(self.distances)
        return Items(
            tuple(
                Track(row.head.text, tuple(self.cells_of(i, row)), f"{i}-")
                for i, row in enumerate(self.rows, 1)
            ),
            tuple(Item(word.text, i, f"-{i}") for i, word in enumerate(self.words, 1))
            or tuple(Item(str(b), b, "") for b in range(slots, 0, -1)),
        )

    def cells_of(self, step: int, row: MatrixRow) -> Iterator[Item]:
        """Yield a row's cells but padding, named by word, else by distance."""
        for slot in range(row.padded, len(row.cells)):
            back = len(row.cells) - slot
            place = self.start + step - back
            word = self.words[place - 1].text if self.words else str(back)
            yield Item(word, place if self.words else back, f"{step}-{back}")

    def controls(self) -> tuple[Control, ...]:
        """Return the layout, and whether padding is one column."""
        views = ("dist", "word") if self.words else ()
        pads = ("each", "sum") if self.pads else ()
        return (Control("view", views), Control("pads", pads))

    def picture(self, y: float) -> Iterator[Part]:
        """Draw steps by slots or words, as the page shows first, with row sums."""
        by_word = self.layout == "word" and bool(self.words)
        if by_word:
            columns = ["<pad>"] * bool(self.pads) + [one.short for one in self.words]
            lines = [
                cells_by_word(self, step, row) for step, row in enumerate(self.rows, 1)
            ]
        else:
            columns = list(self.distances)
            lines = [[GridCell(c.css, c.text) for c in row.cells] for row in self.rows]
        made = Grid(
            heads=tuple(row.head.short for row in self.rows),
            cells=tuple(map(tuple, lines)),
            columns=tuple(columns),
            turned=by_word,
            sums=tuple(
                tuple(sum_and_bar(one) for one in row.sums) for row in self.rows
            ),
            totals=self.sums,
        )
        part = draw_grid(made, y)
        yield part
        said = "the token read, in the order of the text"
        if not by_word:
            said = "slots back from the token being written; a dot marks padding"
        yield paragraphs_part((said,), part.bottom, FINE)


class SlotMatrix(Figure):
    """Steps by slots, or steps by words."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (SlotScores,)
    heading: ClassVar[str] = "Every step"
    figure: Literal["matrix"]
    artifact: str
    """Name of the scores to draw."""
    layout: Literal["distance", "word"] = "distance"
    """The layout shown first; a reader can switch."""
    outline: tuple[str, ...] = ()
    """Tokens whose cells are outlined: what the text is about."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; 1 for attention, else the largest of the data."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the first steps."""
        return picture_slots(artifacts[0], self.bound)

    def view(self, *artifacts: Artifact) -> MatrixView:
        """Return what the template renders."""
        (scores,) = artifacts
        assert isinstance(scores, SlotScores)  # noqa: S101 - checked with the study
        slots = place_slots(scores)
        scale = scale_for([scores], self.bound)
        outline = outlined_words(self.outline, scores)
        pads = max(0, slots.window - slots.start) if slots.slides else 0
        words = slots.text[:-1] if slots.slides else ()
        return MatrixView(
            summary=summary(slots, outline),
            scale=scale,
            tables=(slot_table(slots),),
            notes=() if slots.slides else (APART,),
            scored=True,
            generated=scores.temperature is not None,
            rows=tuple(
                build_matrix_row(slots, t, scale, outline) for t in range(slots.steps)
            ),
            link=slots.link,
            start=slots.start,
            distances=tuple(str(back) for back in range(slots.window, 0, -1)),
            pads=pads,
            words=tuple(display_token(token) for token in words),
            sums=("padding", "last slot", "p written"),
            layout=self.layout if slots.slides else "distance",
            wide=slots.window > WIDE,
            signed=scores.signed,
        )


WIDE = 14
"""Slots that fit beside the legend; more take the whole width."""
FAINT = 0.1
"""Below this share of the bound, a narrow cell's numeral is read aloud, not drawn."""
APART = "The rows do not read one running text, so there is no layout by word."


def build_matrix_row(
    slots: TextSlots, step: int, scale: Scale, outline: frozenset[str]
) -> MatrixRow:
    """Return one step in both layouts."""
    cells = [
        build_slot_cell(slots, step, slot, scale, outline)
        for slot in range(slots.window)
    ]
    mass = float(slots.padding[step])
    padded = any(slots.is_pad(step, slot) for slot in range(slots.window))
    signed = slots.scores.signed
    short = format_brief if slots.window > WIDE else format_numeral
    total = (
        MatrixCell(f"{scale.shade(mass)} pad", short(mass, signed))
        if padded
        else MatrixCell()
    )
    oldest = slots.place(step, 0) if slots.slides else 0
    return MatrixRow(
        head=display_token(slots.scores.targets[step]),
        cells=tuple(cells),
        padded=max(0, -oldest),
        gone=max(0, oldest),
        later=slots.steps - 1 - step if slots.slides else 0,
        pad_sum=blank_cell(total),
        sums=row_sums(slots, step),
    )


def build_slot_cell(
    slots: TextSlots, step: int, slot: int, scale: Scale, outline: frozenset[str]
) -> MatrixCell:
    """Return one score: colour, padding's dot, outline, numeral."""
    token = slots.scores.histories[step][slot]
    value = float(slots.scores.scores[step, slot])
    css = scale.shade(value)
    css += " pad" if token.kind == "pad" else ""
    css += " key" if token.text in outline and token.kind != "pad" else ""
    if slots.window <= WIDE:
        return blank_cell(MatrixCell(css, format_numeral(value, slots.scores.signed)))
    faint = " blank" if abs(value) < FAINT * scale.bound else ""
    return MatrixCell(css + faint, format_brief(value, slots.scores.signed))


def blank_cell(cell: MatrixCell) -> MatrixCell:
    """Return `cell`, a numeral of 0 marked as read aloud and not drawn."""
    return MatrixCell(f"{cell.css} blank", cell.text) if cell.text == "0" else cell


def row_sums(slots: TextSlots, step: int) -> tuple[RowSum, ...]:
    """Return a row's padding, newest slot and probability."""
    share = slots.scores.quantity == ATTENTION
    pad, last = float(slots.padding[step]), float(slots.recency[step])
    p = float(slots.scores.probabilities[step])

    def text(value: float) -> str:
        return format_fixed(value, 2, signed=slots.scores.signed)

    return (
        RowSum(text(pad), bar_steps(pad) if share else -1),
        RowSum(text(last), bar_steps(last) if share else -1),
        RowSum(format_probability(p), bar_steps(p)),
    )


STEPS = 32
"""Lengths that a bar can have, but none."""
SMALL = 0.005
"""Below it, whole per cent would say nothing."""


def bar_steps(share: float) -> int:
    """Return a share from 0 to 1 as steps of a bar, each a pixel or two."""
    return max(0, min(STEPS, round(share * STEPS))) if np.isfinite(share) else -1


def summary(slots: TextSlots, outline: frozenset[str]) -> Phrase:
    """Return a sentence on all steps."""
    scores = slots.scores
    head = f"Over {format_count(slots.steps, 'step')}, "
    if scores.quantity != ATTENTION:
        return (head, *describe_extreme(slots))
    pad, last = float(slots.padding.mean()), float(slots.recency.mean())
    said = (
        f"padding takes {format_percent(pad)} of the weight and the last slot "
        f"{format_percent(last)}"
    )
    named: list[str | DisplayToken] = []
    for word in sorted(outline):
        mask = [[token.text == word for token in h] for h in scores.histories]
        held = float(np.where(np.array(mask), scores.scores, 0).sum(1).mean())
        token = next(t for h in scores.histories for t in h if t.text == word)
        tell = format_percent(held) if held >= SMALL or held == 0 else f"{held:.1%}"
        named += ["; ", display_token(token), f" takes {tell}"]
    return (head, said, *named, ".")


def describe_extreme(slots: TextSlots) -> Phrase:
    """Return the largest score of all, and where it is."""
    scores = slots.scores
    flat = int(np.argmax(np.abs(np.nan_to_num(scores.scores))))
    step, slot = divmod(flat, slots.window)
    size = format_significant(float(scores.scores[step, slot]))
    unit = f" {scores.unit}" if scores.unit else ""
    return (
        f"the largest {scores.quantity}, {size}{unit}, is on ",
        display_token(scores.histories[step][slot]), " at the step that writes ",
        display_token(scores.targets[step]), ".",
    )  # fmt: skip


def sum_and_bar(row_sum: RowSum) -> tuple[str, int]:
    """Return a row's sum, and the length of its bar in hundredths."""
    return row_sum.text, row_sum.bar if row_sum.bar < 0 else round(
        100 * row_sum.bar / STEPS
    )


def cells_by_word(view: MatrixView, step: int, row: MatrixRow) -> list[GridCell]:
    """Return a row's cells below the words they read, padding summed."""
    first = 1 if view.pads else 0
    line = [GridCell() for _ in range(first + len(view.words))]
    if first and row.padded:
        line[0] = GridCell(row.pad_sum.css, row.pad_sum.text)
    for slot in range(row.padded, len(row.cells)):
        place = view.start + step - (len(row.cells) - slot)
        cell = row.cells[slot]
        line[first + place - 1] = GridCell(cell.css, cell.text)
    return line
