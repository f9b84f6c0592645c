"""Figures of cells: a matrix of steps, parts by slots, confusion, agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.figures.agreement import AgreementView
from generator.figures.agreement import Matrix as Pairs
from generator.figures.confusion import ConfusionView, Share
from generator.figures.matrix import STEPS, MatrixRow, MatrixView, Sum
from generator.figures.parts import PartsView
from generator.pictures import fonts
from generator.pictures.cells import Cell, Grid, grid
from generator.pictures.colours import INK, PAPER, RULE, SOFT, fill, ink_on
from generator.pictures.frame import MARGIN, ROOM, SMALL, paragraph, paragraphs, stats
from generator.pictures.shapes import Box, Label, Part, Shape

HEAD = 150.0
"""Room for the names of rows at most."""


def matrix(view: MatrixView, y: float) -> Iterator[Part]:
    """Steps by slots or by words, as the page shows first, with each row's sums."""
    by_word = view.layout == "word" and bool(view.words)
    if by_word:
        columns = ["<pad>"] * bool(view.pads) + [one.short for one in view.words]
        lines = [by_words(view, step, row) for step, row in enumerate(view.rows, 1)]
    else:
        columns = list(view.distances)
        lines = [[Cell(c.css, c.text) for c in row.cells] for row in view.rows]
    made = Grid(
        heads=tuple(row.head.short for row in view.rows),
        cells=tuple(map(tuple, lines)),
        columns=tuple(columns),
        turned=by_word,
        sums=tuple(tuple(told(one) for one in row.sums) for row in view.rows),
        totals=view.sums,
    )
    part = grid(made, y)
    yield part
    said = "the token read, in the order of the text"
    if not by_word:
        said = "slots back from the token being written; a dot marks padding"
    yield paragraphs((said,), part.bottom, SMALL)


def told(one: Sum) -> tuple[str, int]:
    """A row's sum, and the length of its bar in hundredths."""
    return one.text, one.bar if one.bar < 0 else round(100 * one.bar / STEPS)


def by_words(view: MatrixView, step: int, row: MatrixRow) -> list[Cell]:
    """A row's cells below the words they read, padding summed."""
    first = 1 if view.pads else 0
    line = [Cell() for _ in range(first + len(view.words))]
    if first and row.padded:
        line[0] = Cell(row.pad_sum.css, row.pad_sum.text)
    for slot in range(row.padded, len(row.cells)):
        place = view.start + step - (len(row.cells) - slot)
        cell = row.cells[slot]
        line[first + place - 1] = Cell(cell.css, cell.text)
    return line


def parts(view: PartsView, y: float) -> Iterator[Part]:
    """Parts by slots, padding summed, with each part's sum."""
    folded = view.pads if view.pads > 1 else 0
    columns = [one.token.short for one in view.columns[folded:]]
    keys = [" key" if one.key else "" for one in view.columns[folded:]]
    lines = []
    for line in view.lines:
        cells = [
            Cell(f"{c.css}{key}", c.text)
            for c, key in zip(line.cells[folded:], keys, strict=True)
        ]
        pad = [Cell(f"{line.pad_sum.css} pd", line.pad_sum.text)] if folded else []
        lines.append((*pad, *cells))
    top = paragraph(f"Writing ‘{view.target.short}’", MARGIN, y, ROOM, 13, INK, "bold")
    yield top
    pad_head = [f"<pad> ×{view.pads}"] if folded else []
    made = Grid(
        heads=tuple(line.name for line in view.lines),
        cells=tuple(lines),
        columns=(*pad_head, *columns),
        turned=True,
        sums=tuple(((line.total, -1),) for line in view.lines),
        totals=("sum",),
    )
    part = grid(made, top.bottom + 6)
    yield part
    said = paragraphs(("the token in each slot, oldest left",), part.bottom, SMALL)
    yield said
    yield stats(view.stats, said.bottom)


def confusion(view: ConfusionView, y: float) -> Iterator[Part]:
    """True labels by predicted ones, with totals."""
    n = len(view.labels)
    head = min(HEAD, max(fonts.width(name, 12) for name in (*view.labels, "precision")))
    left = MARGIN + head + 12
    step = min(110.0, (ROOM - head - 12 - 130) / n)
    high = min(48.0, max(26.0, step * 0.6))
    yield Part([Label(left, y + 12, "predicted →", SMALL, SOFT)], y + 16)
    y += 20
    names = [fonts.wrapped(name, step - 4, SMALL, "sans", 2) for name in view.labels]
    deep = max(map(len, names))
    shapes: list[Shape] = []
    for j, lines in enumerate(names):
        for i, line in enumerate(lines):
            place = left + (j + 0.5) * step, y + 11 + i * 13
            shapes.append(Label(*place, line, SMALL, INK, anchor="middle"))
    ends = left + n * step + 38, left + n * step + 100
    for x, name in zip(ends, ("all", "recall"), strict=True):
        shapes.append(Label(x, y + 11, name, SMALL, SOFT, anchor="middle"))
    y += deep * 13 + 5
    for row in view.rows:
        shapes += confused(row.cells, left, y, step, high)
        shapes.append(named(row.name, left - 12, y + high / 2, head))
        for x, text in zip(ends, (row.total, row.recall), strict=True):
            shapes.append(Label(x, y + high / 2 + 4, text, 12, SOFT, anchor="middle"))
        y += high + 1
    for name, texts in (("all", view.totals), ("precision", view.precisions)):
        shapes.append(Label(left - 12, y + 16, name, 12, SOFT, anchor="end"))
        for j, text in enumerate(texts):
            place = left + (j + 0.5) * step, y + 16
            shapes.append(Label(*place, text, 12, SOFT, anchor="middle"))
        y += 20
    yield Part(shapes, y)
    yield stats(view.stats, y + 4)


def named(text: str, right: float, middle: float, room: float) -> Label:
    """A row's name, its end at `right`."""
    shown = fonts.clipped(text, room, 12)
    return Label(right, middle + 4, shown, 12, INK, anchor="end")


def confused(
    cells: Sequence[Share], left: float, y: float, step: float, high: float
) -> list[Shape]:
    """A row's cells: how many documents, and their share below."""
    shapes: list[Shape] = []
    for j, one in enumerate(cells):
        x, back = left + j * step, fill(one.css)
        edge = (INK, 1.5) if one.right else (RULE, 0.5)
        shapes.append(Box(x, y, step - 1, high, back, *edge))
        on = back or PAPER
        ink = ink_on(back)
        middle, both = x + (step - 1) / 2, high >= 34  # noqa: PLR2004 - room for two lines
        line = y + high / 2 + (0 if both else 5)
        size = 14 if step > 50 else 10  # noqa: PLR2004 - room for letters
        shapes.append(Label(middle, line, one.count, size, ink, "sans", "middle", on))
        if both:
            place = middle, y + high / 2 + 14
            shapes.append(Label(*place, one.share, 10, ink, "sans", "middle", on))
    return shapes


def agreement(view: AgreementView, y: float) -> Iterator[Part]:
    """A matrix for each measure, two side by side where they fit."""
    half = (ROOM - 30) / 2
    needed = min(HEAD, longest(view.names)) + 16 + len(view.names) * 46
    room = half if needed <= half else float(ROOM)
    left, low = float(MARGIN), y
    for one in view.matrices:
        if left + room > MARGIN + ROOM + 1:
            left, y = float(MARGIN), low + 18
        part = pairs(view, one, left, y, room)
        yield part
        low = max(low, part.bottom)
        left += room + 30
    said = ["; ".join(f"{s.name}: {s.value}" for s in view.quantities)]
    if view.times:
        each = ", ".join(f"{s.name} {s.value}" for s in view.times)
        said.append(f"Time taken for all texts: {each}")
    yield paragraphs(filter(None, (*said, *view.remarks)), low + 6, SMALL)


def longest(names: Sequence[str]) -> float:
    """Width of the longest name of a row."""
    return max(fonts.width(name, 12) for name in names)


def pairs(view: AgreementView, one: Pairs, x: float, y: float, room: float) -> Part:
    """One measure's matrix."""
    top = paragraph(one.name, x, y, room, 12, INK, "bold")
    made = Grid(
        heads=view.names,
        cells=tuple(
            tuple(Cell(c.css, c.text) for c in line.cells) for line in one.lines
        ),
        columns=view.names,
        turned=True,
        mono=False,
        tallest=30,
        widest=52,
    )
    part = grid(made, top.bottom + 4, x, room)
    return Part([*top.shapes, *part.shapes], part.bottom)
