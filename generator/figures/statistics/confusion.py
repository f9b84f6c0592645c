"""Confusion matrix of a classifier: examples by true and predicted label.

Rows are true labels, columns predicted ones, both in the corpus's own order, so that a
near miss lies beside the diagonal. A cell prints how many examples it holds and their
share of the row, and the share is its colour, always from 0 to 1: two matrices can be
compared. Accuracy with its interval belongs to a figure of estimates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact, Predictions
from generator.core.direction import isolate_text
from generator.core.errors import FigureError
from generator.figures.base import DataTable, Figure, Items, Stat, TableRow, View
from generator.figures.base import grid_items as grid
from generator.figures.export import fonts
from generator.figures.export.frame import FINE, INSET, ROOM, stat_row
from generator.figures.export.shapes import (
    INK,
    PAPER,
    RULE,
    SOFT,
    Box,
    KeySign,
    Label,
    Part,
    Shape,
    fill_colour,
    ink_on,
)
from generator.figures.formatting import (
    Phrase,
    format_count,
    format_percent,
    format_probability,
    format_significant,
)
from generator.figures.scales import Scale, format_label

HEAD = 150.0
"""Room for the names of rows at most."""
LINE = 13
"""Pixels from a line of a heading to the next."""


@dataclass(frozen=True, slots=True)
class ConfusionCell:
    """A cell: how many examples, their share of the row, and both in words."""

    css: str
    count: str
    share: str
    description: str
    right: bool


@dataclass(frozen=True, slots=True)
class ConfusionRow:
    """A row: the examples of one label."""

    name: str
    cells: tuple[ConfusionCell, ...]
    total: str
    recall: str


@dataclass(frozen=True, kw_only=True)
class ConfusionView(View):
    """True labels by predicted ones."""

    labels: tuple[str, ...]
    rows: tuple[ConfusionRow, ...]
    totals: tuple[str, ...]
    precisions: tuple[str, ...]
    stats: tuple[Stat, ...]
    side: str

    def items(self) -> Items:
        """Return cells by true and predicted label."""
        return grid(self.labels, self.labels)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw true labels by predicted ones, with totals."""
        n = len(self.labels)
        head = min(
            HEAD,
            max(fonts.text_width(name, 12) for name in (*self.labels, "precision")),
        )
        left = INSET + head + 12
        step = min(110.0, (ROOM - head - 12 - 130) / n)
        high = min(48.0, max(26.0, step * 0.6))
        yield Part([Label(left, y + 12, "predicted →", FINE, SOFT)], y + 16)
        y += 20
        shapes, y = draw_column_names(self.labels, left, y, step)
        ends = left + n * step + 38, left + n * step + 100
        for x, name in zip(ends, ("all", "recall"), strict=True):
            shapes.append(Label(x, y - 7, name, FINE, SOFT, anchor="middle"))
        for row in self.rows:
            shapes += row_shapes(row.cells, left, y, step, high)
            shapes.append(row_name_label(row.name, left - 12, y + high / 2, head))
            for x, text in zip(ends, (row.total, row.recall), strict=True):
                shapes.append(
                    Label(x, y + high / 2 + 4, text, 12, SOFT, anchor="middle")
                )
            y += high + 1
        for name, texts in (("all", self.totals), ("precision", self.precisions)):
            shapes.append(Label(left - 12, y + 16, name, 12, SOFT, anchor="end"))
            for j, text in enumerate(texts):
                place = left + (j + 0.5) * step, y + 16
                shapes.append(Label(*place, text, 12, SOFT, anchor="middle"))
            y += 20
        yield Part(shapes, y)
        yield stat_row(self.stats, y + 4)

    def key_signs(self) -> list[KeySign]:
        """Return what an outline means in a confusion matrix."""
        box = Box(2, 0, 24, 16, "", INK, 1.5)
        return [([box], "outlined: predicted right")]


def draw_column_names(
    labels: Sequence[str], left: float, y: float, step: float
) -> tuple[list[Shape], float]:
    """Draw the names of columns: in two lines where whole words fit, else upwards.

    Args:
        labels: The names.
        left: Where the first column begins.
        y: Where the names begin.
        step: Width of a column.

    Returns:
        The shapes, and where the rows begin.
    """
    room = step - 4
    names = [fonts.wrap_text(name, room, FINE, "sans", 2) for name in labels]
    whole = all(
        " ".join(lines) == name for lines, name in zip(names, labels, strict=True)
    )
    middles = [left + (j + 0.5) * step for j in range(len(labels))]
    if whole:
        shapes: list[Shape] = [
            Label(x, y + 11 + i * LINE, line, FINE, INK, anchor="middle")
            for x, lines in zip(middles, names, strict=True)
            for i, line in enumerate(lines)
        ]
        return shapes, y + max(map(len, names)) * LINE + 5
    upwards = [fonts.clip_text(name, HEAD, FINE, "sans") for name in labels]
    tall = max(fonts.text_width(name, FINE) for name in upwards)
    shapes = [
        Label(x + 4, y + tall, name, FINE, INK, turned=True)
        for x, name in zip(middles, upwards, strict=True)
    ]
    return shapes, y + tall + 8


class Confusion(Figure):
    """True labels by predicted ones."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (Predictions,)
    heading: ClassVar[str] = "What was predicted for what"
    figure: Literal["confusion"]
    artifact: str
    """Name of the predictions to draw."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the name of the one artifact to draw."""
        return (self.artifact,)

    def view(self, *artifacts: Artifact) -> ConfusionView:
        """Return what the template renders."""
        (predictions,) = artifacts
        assert isinstance(predictions, Predictions)  # noqa: S101 - checked with the study
        labels = tuple(map(format_label, predictions.labels))
        counts = count_confusions(predictions)
        scale = Scale(1.0, False, "share of the row", "", "fixed")
        columns = counts.sum(0)
        diagonal = np.diagonal(counts)
        return ConfusionView(
            summary=summary(predictions, counts, labels),
            scale=scale,
            tables=(table(counts, labels),),
            beside=len(labels) <= FEW,
            labels=labels,
            rows=tuple(
                build_label_row(counts, i, labels, scale) for i in range(len(labels))
            ),
            totals=tuple(f"{n:,}" for n in columns),
            precisions=tuple(map(format_ratio, diagonal, columns)),
            stats=accuracy_stats(counts),
            side=predictions.part,
        )


FEW = 6
"""Labels that fit beside the legend; more take the whole width."""


def count_confusions(predictions: Predictions) -> NDArray[np.int64]:
    """Count examples by true and predicted label.

    The predicted label is the most probable one, the first of a tie.

    Returns:
        Counts, (true labels, predicted labels).

    Raises:
        FigureError: There is no example, or labels and probabilities do not match.
    """
    n, documents = len(predictions.labels), len(predictions.truths)
    if not documents:
        raise FigureError("confusion: the artifact holds no example, nothing to draw")
    if predictions.probabilities.shape != (documents, n):
        found = " by ".join(map(str, predictions.probabilities.shape))
        raise FigureError(
            f"confusion: probabilities are {found}; expected {documents} by {n}, a row "
            "for each example and a column for each label"
        )
    if predictions.truths.min() < 0 or predictions.truths.max() >= n:
        raise FigureError(
            f"confusion: a true label is none of {format_count(n, 'label')}; "
            f"expected places "
            f"from 0 to {n - 1}"
        )
    counts = np.zeros((n, n), np.int64)
    np.add.at(counts, (predictions.truths, predictions.probabilities.argmax(1)), 1)
    return counts


def build_label_row(
    counts: NDArray[np.int64], i: int, labels: tuple[str, ...], scale: Scale
) -> ConfusionRow:
    """Return the examples of one true label."""
    total = int(counts[i].sum())
    cells = []
    for j, n in enumerate(counts[i].tolist()):
        share = n / total if total else float("nan")
        said = f"labelled {labels[i]}, predicted {labels[j]}: {n:,} of {total:,}"
        cells.append(
            ConfusionCell(
                scale.shade(share) if total else "",
                f"{n:,}",
                format_cell_share(share),
                f"{said[:1].upper()}{said[1:]}, {format_cell_share(share)}",
                i == j,
            )
        )
    return ConfusionRow(
        labels[i], tuple(cells), f"{total:,}", format_ratio(int(counts[i, i]), total)
    )


def format_cell_share(share: float) -> str:
    """Format a share in whole per cent; what is there is never 0%."""
    return "<1%" if 0 < share < SMALL else format_percent(share)


SMALL = 0.005
"""Shares below it would be rounded to nothing."""


def format_ratio(part: int, whole: int) -> str:
    """Format a share, `–` where it is of nothing."""
    return format_probability(part / whole) if whole else "–"


def format_recall(part: int, whole: int) -> str:
    """Format a share for a table, whose numbers programs read."""
    return format_significant(part / whole if whole else math.nan, 6)


def accuracy_stats(counts: NDArray[np.int64]) -> tuple[Stat, ...]:
    """Return how many are right, and how many the texts' most frequent label is."""
    total, right = int(counts.sum()), int(np.trace(counts))
    return (
        Stat(f"right, {right:,} of {total:,}", format_ratio(right, total)),
        Stat(
            "always their most frequent label",
            format_ratio(int(counts.sum(1).max()), total),
        ),
    )


def table(counts: NDArray[np.int64], labels: tuple[str, ...]) -> DataTable:
    """Return a table of counts, with totals and the shares that are right."""
    rows = [
        TableRow(
            labels[i],
            (
                *(f"{n:,}" for n in counts[i].tolist()),
                f"{counts[i].sum():,}",
                format_recall(int(counts[i, i]), int(counts[i].sum())),
            ),
        )
        for i in range(len(labels))
    ]
    said = "Examples by true label (rows) and predicted label (columns)"
    return DataTable(said, ("true label", *labels, "all", "recall"), tuple(rows))


def summary(
    predictions: Predictions, counts: NDArray[np.int64], labels: tuple[str, ...]
) -> Phrase:
    """Return a sentence on how many are right, and the most frequent mistake."""
    total, right = int(counts.sum()), int(np.trace(counts))
    said = (
        f"Of {format_count(total, predictions.part + ' example')}, {right:,} are "
        f"predicted "
        f"right ({format_ratio(right, total)})"
    )
    wrong = counts - np.diag(np.diagonal(counts))
    if not wrong.any():
        return (f"{said}.",)
    i, j = divmod(int(wrong.argmax()), len(labels))
    n, of = int(wrong[i, j]), int(counts[i].sum())
    wrong_label, label = isolate_text(labels[j]), isolate_text(labels[i])
    most = f"the most frequent mistake is {wrong_label} for {label}"
    return (f"{said}; {most}, {n:,} of {of:,}.",)


def row_name_label(text: str, right: float, middle: float, room: float) -> Label:
    """Return a row's name, its end at `right`."""
    shown = fonts.clip_text(text, room, 12)
    return Label(right, middle + 4, shown, 12, INK, anchor="end")


def row_shapes(
    cells: Sequence[ConfusionCell], left: float, y: float, step: float, high: float
) -> list[Shape]:
    """Draw a row's cells: how many examples, and their share below."""
    shapes: list[Shape] = []
    for j, one in enumerate(cells):
        x, back = left + j * step, fill_colour(one.css)
        edge = (INK, 1.5) if one.right else (RULE, 0.5)
        shapes.append(Box(x, y, step - 1, high, back, *edge))
        on = back or PAPER
        ink = ink_on(back)
        middle, both = x + (step - 1) / 2, high >= 34  # noqa: PLR2004 - room for two lines
        size = 14 if step > 50 else 10  # noqa: PLR2004 - room for letters
        line = y + high / 2 + (0 if both else size * 0.36)
        shapes.append(Label(middle, line, one.count, size, ink, "sans", "middle", on))
        if both:
            place = middle, y + high / 2 + 14
            shapes.append(Label(*place, one.share, 10, ink, "sans", "middle", on))
    return shapes
