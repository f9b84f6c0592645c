"""Which layer's part of which slot pushed a token: one step's exact contributions.

Rows are the parts of each slot's vector (the embedding, each layer), columns the slots
of one step. Scores are for the token (positive) and against it (negative); a column
adds up to its total, and all columns with the bias to the token's logit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Artifact, PartScores
from generator.figures.base import (
    Control,
    DataTable,
    Figure,
    Item,
    Items,
    Stat,
    TableRow,
    Track,
    View,
)
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
    stat_row,
)
from generator.figures.export.grids import Grid, GridCell, draw_grid
from generator.figures.export.shapes import INK, Part
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_fixed,
    format_numeral,
    format_probability,
    make_visible,
)
from generator.figures.language_model.history_slots import (
    TextSlots,
    find_step,
    place_slots,
    unknown_warning,
)
from generator.figures.language_model.matrix import MatrixCell, blank_cell
from generator.figures.scales import Scale, scale_for
from generator.figures.squares import Thumbnails
from generator.figures.tables import DIGITS
from generator.figures.thumbnails import picture_slots
from generator.figures.token_chips import outlined_words


@dataclass(frozen=True, slots=True)
class SlotColumn:
    """A slot: its token, whether it is outlined, how far back it lies."""

    token: DisplayToken
    key: bool
    back: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part: one cell a column, padding's sum first, and the sum over all slots."""

    name: str
    pad_sum: MatrixCell
    cells: tuple[MatrixCell, ...]
    total: str


@dataclass(frozen=True, kw_only=True)
class PartsView(View):
    """Parts by slots. The first `pads` columns are padding and can be folded."""

    columns: tuple[SlotColumn, ...]
    pads: int
    lines: tuple[PartRow, ...]
    target: DisplayToken
    stats: tuple[Stat, ...]
    wide: bool
    link: str
    start: int
    """Tokens before the one written."""

    def items(self) -> Items:
        """Return cells by part and slot, padding left out."""
        slots = tuple(
            (c.token.text, self.start - c.back + 1, c.back)
            for c in self.columns[self.pads :]
        )
        return Items(
            tuple(
                Track(
                    line.name,
                    tuple(Item(name, at, f"{i}-{back}") for name, at, back in slots),
                    f"{i}-",
                )
                for i, line in enumerate(self.lines, 1)
            ),
            tuple(Item(name, at, f"-{back}") for name, at, back in slots),
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """What lines are called in an address: `all`, `embedding`, then numbers."""
        names = (line.name.removeprefix("layer ") for line in self.lines[1:])
        return ("all", *(name.replace(" ", "-") for name in names))

    def controls(self) -> tuple[Control, ...]:
        """Return the part shown alone, and whether padding is one column."""
        pads = ("sum", "each") if self.pads > 1 else ()
        return (Control("layer", self.layers), Control("pads", pads))

    def picture(self, y: float) -> Iterator[Part]:
        """Draw parts by slots, padding summed, with each part's sum."""
        folded = self.pads if self.pads > 1 else 0
        columns = [one.token.short for one in self.columns[folded:]]
        keys = [" key" if one.key else "" for one in self.columns[folded:]]
        lines = []
        for line in self.lines:
            cells = [
                GridCell(f"{c.css}{key}", c.text)
                for c, key in zip(line.cells[folded:], keys, strict=True)
            ]
            pad = (
                [GridCell(f"{line.pad_sum.css} pad", line.pad_sum.text)]
                if folded
                else []
            )
            lines.append((*pad, *cells))
        top = paragraph_part(
            f"Writing ‘{self.target.short}’", INSET, y, ROOM, 13, INK, "bold"
        )
        yield top
        pad_head = [f"<pad> ×{self.pads}"] if folded else []
        made = Grid(
            heads=tuple(line.name for line in self.lines),
            cells=tuple(lines),
            columns=(*pad_head, *columns),
            turned=True,
            sums=tuple(((line.total, -1),) for line in self.lines),
            totals=("sum",),
        )
        part = draw_grid(made, top.bottom + 6)
        yield part
        said = paragraphs_part(
            ("the token in each slot, oldest left",), part.bottom, FINE
        )
        yield said
        yield stat_row(self.stats, said.bottom)


class ContributionParts(Figure):
    """One step's contributions by layer."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (PartScores,)
    heading: ClassVar[str] = "Contributions by layer"
    figure: Literal["parts"]
    artifact: str
    """Name of the contributions to draw."""
    step: int | str | None = None
    """Which step: its number from 1 (below 0 from the end), or the token it writes.
    Without it, the step with the largest score on a real token."""
    outline: tuple[str, ...] = ()
    """Tokens to outline."""
    bound: float | None = Field(default=None, gt=0)
    """The size drawn darkest; without it, the largest of this step, parts and all."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the first steps, all parts together."""
        return picture_slots(artifacts[0], self.bound)

    def view(self, *artifacts: Artifact) -> PartsView:
        """Return what the template renders."""
        (scores,) = artifacts
        assert isinstance(scores, PartScores)  # noqa: S101 - checked with the study
        slots = place_slots(scores)
        step = find_step(scores, self.step)
        outline = outlined_words(self.outline, scores)
        values = stack_parts(scores, step)
        pads = sum(slots.is_pad(step, slot) for slot in range(slots.window))
        scale = scale_for([scores], self.bound or largest_size(values, pads) or None)
        columns = tuple(
            SlotColumn(display_token(t), t.text in outline, slots.window - i)
            for i, t in enumerate(scores.histories[step])
        )
        names = ("all parts", *(make_visible(p, blanks=False) for p in scores.parts))
        return PartsView(
            summary=summary(scores, step, values),
            scale=scale if self.bound else as_data_scale(scale),
            tables=(table(columns, names, values),),
            notes=tuple(filter(None, (unknown_warning(scores, step),))),
            scored=True,
            generated=scores.temperature is not None,
            columns=columns,
            pads=pads,
            lines=tuple(
                build_part_row(part, values[i], scale, pads)
                for i, part in enumerate(names)
            ),
            target=display_token(scores.targets[step]),
            stats=contribution_stats(slots, step, values),
            wide=slots.window - pads > WIDE,
            link=slots.link,
            start=slots.place(step, slots.window),
        )


WIDE = 12
"""Slots that fit beside the legend; more take the whole width."""


def as_data_scale(scale: Scale) -> Scale:
    """Return `scale` with the data as the origin of its bound."""
    return scale if scale.origin == "flat" else replace(scale, origin="data", beyond=0)


def stack_parts(scores: PartScores, step: int) -> np.ndarray:
    """Return the slots' totals, then each part's scores, (1 + parts, window)."""
    by_part = scores.by_part[step].astype(np.float64).T
    return np.concatenate([scores.scores[step].astype(np.float64)[None], by_part])


def largest_size(values: np.ndarray, pads: int) -> float:
    """Return the largest size drawn, padding's sums included."""
    return float(max(np.abs(values).max(), np.abs(values[:, :pads].sum(1)).max()))


def build_part_row(part: str, values: np.ndarray, scale: Scale, pads: int) -> PartRow:
    """Return one part's cells."""
    cells = tuple(
        blank_cell(
            MatrixCell(scale.shade(float(v)), format_numeral(float(v), signed=True))
        )
        for v in values
    )
    mass = float(values[:pads].sum())
    return PartRow(
        part,
        blank_cell(MatrixCell(scale.shade(mass), format_numeral(mass, signed=True))),
        cells,
        format_fixed(float(values.sum()), signed=True),
    )


def table(
    columns: tuple[SlotColumn, ...], names: tuple[str, ...], values: np.ndarray
) -> DataTable:
    """Return a table of slots (rows) by parts (columns)."""
    rows = tuple(
        TableRow(
            column.token,
            (str(column.back), *(format_fixed(float(v), DIGITS) for v in values[:, i])),
        )
        for i, column in enumerate(columns)
    )
    return DataTable(
        "Contribution of each slot, by part",
        ("slot (+ speaks for the token written)", "back", *names),
        rows,
    )


def contribution_stats(
    slots: TextSlots, step: int, values: np.ndarray
) -> tuple[Stat, ...]:
    """Return the sums under the picture."""
    unit = slots.scores.unit or "score"
    return (
        Stat(
            f"sum over slots, {unit}", format_fixed(float(values[0].sum()), signed=True)
        ),
        Stat("of it, padding", format_fixed(float(slots.padding[step]), signed=True)),
        Stat("of it, last slot", format_fixed(float(slots.recency[step]), signed=True)),
        Stat(
            "p of the token written",
            format_probability(float(slots.scores.probabilities[step])),
        ),
    )


def summary(scores: PartScores, step: int, values: np.ndarray) -> Phrase:
    """Return a sentence on the largest part of the largest slot."""
    part, slot = np.unravel_index(int(np.abs(values[1:]).argmax()), values[1:].shape)
    size = format_fixed(float(values[1 + part, slot]), signed=True)
    back = values.shape[1] - int(slot)
    return (
        "The largest contribution to writing ",
        display_token(scores.targets[step]),
        f", {size} {scores.unit}".rstrip(),
        f", comes from {make_visible(scores.parts[int(part)], blanks=False)} at ",
        display_token(scores.histories[step][int(slot)]),
        f", {back} back.",
    )
