"""Grids of cells, and what holds of letters and colours in every picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generator.figures.base import Stat
from generator.figures.colour_ramps import contrast
from generator.figures.export import fonts
from generator.figures.export.frame import (
    FINE,
    INSET,
    RAMP,
    ROOM,
    WIDTH,
    key_part,
    paragraph_part,
    ramp_ends,
    stat_row,
)
from generator.figures.export.grids import (
    FOOT,
    HEAD,
    LOWEST,
    TALL,
    Grid,
    GridCell,
    draw_grid,
)
from generator.figures.export.layouts import draw_figure
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    RULE,
    Box,
    Dot,
    Label,
    Part,
    Picture,
    Shape,
    Stroke,
    class_colours,
    fill_colour,
    ink_on,
)
from generator.figures.statistics.confusion import ConfusionView
from tests.figures.export.figures import EVERY, SOURCE, kind_of, view_of

SMALL = [name for name in EVERY if "large" not in name]
CELLS = (
    (GridCell("s32", "1"), GridCell("s0", "0"), GridCell("s9 pad", ".3")),
    (GridCell("s4 key", ".12"), GridCell(), GridCell("s1 blank", "0")),
)
MADE = Grid(
    heads=("first", "b"),
    cells=CELLS,
    columns=("one", "second", "a third"),
    turned=True,
    sums=((("0.50", 50), ("p 1", -1)), (("0.00", 0), ("2", -1))),
    totals=("sum", "chance of it"),
    boxed=(False, True, False),
)


@cache
def draw_example(name: str) -> Picture:
    """An example's picture."""
    return draw_figure(view_of(name), SOURCE)


def all_of(part: Part | Picture, kind: Any) -> list[Any]:
    """The shapes of a kind."""
    return [shape for shape in part.shapes if isinstance(shape, kind)]


def inside(box: Box, x: float, y: float) -> bool:
    """Whether a place lies in a box."""
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def middle(label: Label) -> tuple[float, float]:
    """The middle of a line of text."""
    wide = fonts.text_width(label.text, label.size, label.face)
    share = {"start": 0.5, "middle": 0.0, "end": -0.5}[label.anchor]
    if label.turned:
        return label.x - label.size * 0.35, label.y - wide * share
    return label.x + wide * share, label.y - label.size * 0.35


@pytest.mark.parametrize("name", SMALL)
def test_letters_say_what_they_lie_on_and_can_be_read_there(name: str) -> None:
    """The colour behind a line is that of the last box below its middle.

    Letters on a colour of a ramp contrast with it as on the page.
    """
    boxes: list[Box] = []
    for shape in draw_example(name).shapes:
        if isinstance(shape, Box) and shape.fill:
            boxes.append(shape)
        if isinstance(shape, Label) and shape.text.strip():
            x, y = middle(shape)
            below = next((b.fill for b in reversed(boxes) if inside(b, x, y)), PAPER)
            assert shape.on == below, shape
            assert contrast(shape.colour, shape.on) > 4.4, shape


@pytest.mark.parametrize("name", SMALL)
def test_colours_of_a_picture_lie_side_by_side(name: str) -> None:
    """No two boxes in colours of a ramp share a place, so that none is hidden."""
    colours = set(class_colours().values()) - {PAPER}
    found = [
        b for b in all_of(draw_example(name), Box) if b.fill in colours and b.width > 3
    ]
    found.sort(key=lambda b: (b.y, b.x))
    for at, first in enumerate(found):
        for second in found[at + 1 :]:
            if second.y >= first.y + first.height - 0.01:
                break
            apart = second.x >= first.x + first.width - 0.01
            assert apart or first.x >= second.x + second.width - 0.01, (first, second)


def sized(part: Part) -> tuple[float, float, float, float]:
    """Left, top, width and height of the cells of `MADE`, from their boxes."""
    first, second = (
        b
        for b in all_of(part, Box)
        if b.fill in {fill_colour("s32"), fill_colour("s0")}
    )
    rows = sorted({b.y for b in all_of(part, Box) if b.fill == fill_colour("s4")})
    return first.x, first.y, second.x - first.x, rows[0] - first.y


@pytest.mark.parametrize("x", [INSET, 300])
def test_cells_stand_below_each_other_and_beside_their_names(x: float) -> None:
    """Numerals in the middle of cells, names at the middle of rows and columns."""
    part = draw_grid(MADE, 100, x, 500)
    left, top, wide, high = sized(part)
    assert top == 100
    assert (wide, high) == (MADE.widest, MADE.tallest)
    assert left == pytest.approx(x + fonts.text_width("first", 12, "mono") + 10)
    for i, row in enumerate(CELLS):
        for j, cell in enumerate(row):
            place = left + j * wide, top + i * high
            own = [b for b in all_of(part, Box) if (b.x, b.y) == pytest.approx(place)]
            assert len(own) == (cell != GridCell())
            if not own:
                continue
            assert (own[0].width, own[0].height) == (wide - 1, high - 1)
            assert own[0].fill == fill_colour(cell.css)
            edge = INK if "key" in cell.css else RULE if "s0" in cell.css else ""
            assert own[0].stroke == edge
            said = [s for s in all_of(part, Label) if s.anchor == "middle"
                    and inside(own[0], s.x, s.y)]  # fmt: skip
            assert [s.text for s in said] == (
                [cell.text] if "blank" not in cell.css else []
            )
            for label in said:
                assert label.x == own[0].x + own[0].width / 2
                assert middle(label)[1] == pytest.approx(
                    place[1] + (high - 1) / 2, abs=0.3
                )
                assert label.colour == ink_on(own[0].fill)
    for i, name in enumerate(MADE.heads):
        (label,) = (s for s in all_of(part, Label) if s.text == name)
        assert (label.anchor, label.x) == ("end", pytest.approx(left - 8))
        assert middle(label)[1] == pytest.approx(top + (i + 0.5) * high, abs=0.5)
    for j, name in enumerate(MADE.columns):
        (label,) = (s for s in all_of(part, Label) if s.text == name)
        assert (label.turned, label.anchor) == (True, "end")
        assert middle(label)[0] == pytest.approx(left + (j + 0.5) * wide, abs=0.3)
        assert top + 2 * high < label.y < top + 2 * high + 10
    (boxed,) = (b for b in all_of(part, Box) if b.thick == 1.2)
    assert boxed.x + boxed.width / 2 == pytest.approx(left + 1.5 * wide)
    long = fonts.text_width("second", 11, "mono")
    (label,) = (s for s in all_of(part, Label) if s.text == "second")
    assert boxed.y < label.y < label.y + long < boxed.y + boxed.height
    assert part.bottom >= boxed.y + boxed.height


def test_numbers_after_rows_have_bars_of_their_share() -> None:
    """A track below each share, its bar a part of it; no bar for what is no share."""
    part = draw_grid(MADE, 100)
    left, top, wide, high = sized(part)
    tracks = [b for b in all_of(part, Box) if b.height == 2.5 and b.fill == RULE]
    bars = [b for b in all_of(part, Box) if b.height == 2.5 and b.fill == INK]
    assert [b.width / tracks[0].width for b in bars] == [0.5]
    assert [(b.x, b.width) for b in tracks] == [(tracks[0].x, tracks[0].width)] * 2
    after = left + 3 * wide
    for i, row in enumerate(MADE.sums):
        line = [s for s in all_of(part, Label) if s.x > after and s.anchor == "start"
                and top + i * high < s.y < top + (i + 1) * high]  # fmt: skip
        assert [s.text for s in line] == [text for text, _ in row]
        assert line[0].x == tracks[i].x == bars[0].x == after + 10
        assert line[1].x > tracks[i].x + tracks[i].width
        assert line[0].y < tracks[i].y < top + (i + 1) * high - tracks[i].height
    heads = {s.text: s for s in all_of(part, Label) if s.y > top + 2 * high}
    assert heads["sum"].x == tracks[0].x
    assert heads["chance of"].x == heads["it"].x == line[1].x
    assert heads["it"].y - heads["chance of"].y == 13


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (60, 40), (900, 3), (2, 300)])
def test_cells_take_the_room_there_is(rows: int, columns: int) -> None:
    """Not wider than it, not higher than a page, without letters that nobody reads."""
    cells = tuple((GridCell("s5", "0.55"),) * columns for _ in range(rows))
    heads, names = ("a long name of a row " * 3,) * rows, ("name",) * columns
    one = Grid(heads=heads, cells=cells, columns=names, turned=True)
    part = draw_grid(one, 50)
    boxes = all_of(part, Box)
    assert len(boxes) == rows * columns
    assert max(b.x + b.width for b in boxes) <= INSET + ROOM + 0.01
    tall = max(b.y + b.height for b in boxes) - 50
    assert tall <= max(TALL, rows * LOWEST) + 0.01
    for label in all_of(part, Label):
        assert label.size >= 6
        if label.anchor == "middle":
            wide = fonts.text_width(label.text, label.size)
            assert wide <= boxes[0].width + 2
        else:
            assert (
                fonts.text_width(label.text, label.size, "mono")
                <= max(HEAD, FOOT) + 0.01
            )
    numerals = any(s.text == "0.55" for s in all_of(part, Label))
    assert numerals == (boxes[0].width > 16 and boxes[0].height > 9)


def test_columns_that_are_not_turned_stand_in_the_middle() -> None:
    """Their names are below their cells."""
    part = draw_grid(replace(MADE, turned=False, boxed=()), 0)
    left, _, wide, high = sized(part)
    for j, name in enumerate(MADE.columns):
        (label,) = (s for s in all_of(part, Label) if s.text == name)
        assert (label.anchor, label.turned) == ("middle", False)
        assert label.x == pytest.approx(left + (j + 0.5) * wide)
        assert 2 * high < label.y < part.bottom


@pytest.mark.parametrize("name", [n for n in EVERY if kind_of(n) == "confusion"])
def test_a_confusion_is_drawn_label_by_label(name: str) -> None:
    """Counts and shares stand in their cells, totals at the ends of their lines."""
    view = view_of(name)
    assert isinstance(view, ConfusionView)
    boxes = [b for b in all_of(draw_example(name), Box) if b.height >= 26]
    n = len(view.labels)
    assert len(boxes) == n * n
    grid = [boxes[i * n : (i + 1) * n] for i in range(n)]
    for row, line in zip(view.rows, grid, strict=True):
        assert len({b.y for b in line}) == 1
        inner = [middle_row(draw_example(name), b) for b in line]
        for share, box, said in zip(row.cells, line, inner, strict=True):
            assert (box.stroke == INK) == share.right
            assert box.fill == fill_colour(share.css)
            texts = [s.text for s in said]
            assert texts == [share.count, share.share][: len(texts)]
            assert len(texts) == (2 if box.height >= 34 else 1)
        right = line[-1].x + line[-1].width
        after = [s.text for s in beside(draw_example(name), line[0]) if s.x > right]
        assert after == [row.total, row.recall]
        before = [s for s in beside(draw_example(name), line[0]) if s.x < line[0].x]
        (heading,) = (s.text for s in before)
        assert row.name.startswith(heading.removesuffix("…"))
        assert heading.endswith("…") == (fonts.text_width(row.name, 12) > 150)
    below = grid[-1][0].y + grid[-1][0].height
    for j, (total, precision) in enumerate(
        zip(view.totals, view.precisions, strict=True)
    ):
        x = grid[0][j].x + (grid[0][j].width + 1) / 2
        column = [
            label
            for label in all_of(draw_example(name), Label)
            if label.x == pytest.approx(x) and label.size == 12 and label.y > below
        ]
        assert [s.text for s in column[:2]] == [total, precision]


def middle_row(one: Picture, box: Box) -> list[Label]:
    """What is written in a box."""
    return [s for s in all_of(one, Label) if s.anchor == "middle"
            and inside(box, s.x, s.y) and s.x == box.x + box.width / 2]  # fmt: skip


def beside(one: Picture, box: Box) -> Iterator[Label]:
    """What is written on the level of a box's middle, out of all boxes."""
    for label in all_of(one, Label):
        if abs(label.y - 4 - box.y - box.height / 2) < 0.6 and label.size == 12:
            yield label


def test_numbers_side_by_side_go_on_below() -> None:
    """Each name under its value, none beyond the paper, lines apart."""
    items = [Stat(f"name of {i}", f"{i}.00") for i in range(30)]
    part = stat_row(items, 40)
    labels = all_of(part, Label)
    values, names = labels[::2], labels[1::2]
    assert [s.text for s in values] == [one.value for one in items]
    assert [s.text for s in names] == [one.name for one in items]
    for value, name in zip(values, names, strict=True):
        assert value.x == name.x
        assert name.y - value.y == 15
        assert name.x + fonts.text_width(name.text, 11) <= WIDTH - INSET
    lines = sorted({s.y for s in values})
    assert len(lines) > 1
    assert min(b - a for a, b in pairwise(lines)) > 40
    for first, second in pairwise(values):
        if first.y == second.y:
            assert second.x >= first.x + fonts.text_width(first.text, 16) + 20
    assert part.bottom > names[-1].y
    assert stat_row([], 40).bottom == 40


def test_signs_of_a_key_stand_beside_their_meaning() -> None:
    """Below each other, moved and not changed."""
    signs: list[tuple[list[Shape], str]] = [
        ([Dot(14, 8, 4, INK)], "short"),
        ([Box(2, 0, 24, 16, "", EDGE)], "a long meaning " * 12),
        ([Stroke(((0, 8), (30, 8)), INK)], "third"),
    ]
    part = key_part(signs, 100, 200)
    dot, box, line = (all_of(part, kind)[0] for kind in (Dot, Box, Stroke))
    assert (dot.x, dot.y, dot.radius) == (114, 208, 4)
    texts = [s for s in all_of(part, Label) if s.x == 136]
    assert texts[0].text == "short"
    assert abs(texts[0].y - 4 - dot.y) < 5
    assert box.y >= 218
    assert line.points[0][0] == 100
    assert line.points[0][1] - 8 > texts[-2].y
    assert part.bottom >= texts[-1].y


@pytest.mark.parametrize("long", [False, True])
def test_ends_of_a_ramp_are_named_at_its_ends(long: bool) -> None:
    """On one line where both fit, else one below the other."""
    names = ("for " + "no " * (1 + 30 * long), "for yes")
    part = ramp_ends(names, 50, 100)
    first, *_, last = all_of(part, Label)
    assert first.text.startswith("← for no")
    assert last.text == "for yes →"
    assert first.x == 50
    assert (first.y == last.y) == (not long)
    assert last.anchor == ("start" if long else "end")
    assert part.bottom > last.y
    assert ramp_ends((), 50, 100) == Part([], 100)


@pytest.mark.parametrize("most", [0, 2])
def test_a_paragraph_ends_below_its_last_line(most: int) -> None:
    """Lines are as far apart as their size asks for."""
    part = paragraph_part("word " * 60, 30, 100, 300, 10, INK, "bold", most)
    lines = all_of(part, Label)
    assert len(lines) == (most or len(lines)) > 1
    assert {round(b.y - a.y, 6) for a, b in pairwise(lines)} == {14}
    assert 100 < lines[0].y - 7 < lines[0].y < 114
    assert part.bottom == 100 + 14 * len(lines)
    assert {(s.x, s.colour, s.face) for s in lines} == {(30, INK, "bold")}
    assert np.isclose(paragraph_part("", 0, 5, 9).bottom, 5)


@pytest.mark.parametrize("letters", range(1, 60))
def test_two_names_share_a_line_if_there_is_a_gap_between_them(letters: int) -> None:
    """Twelve pixels keep them apart."""
    names = ("i" * letters, "i" * 20)
    wide = fonts.text_width(f"← {names[0]}", FINE) + fonts.text_width(
        f"{names[1]} →", FINE
    )
    one, *_, two = all_of(ramp_ends(names, 0, 0), Label)
    assert (one.y == two.y) == (wide + 12 <= RAMP)
