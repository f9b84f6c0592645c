"""Figures of tokens, cells, epochs and curves, drawn as their views have them."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generator.figures.cells.hypotheses import HypothesesView
from generator.figures.cells.trace import HOLDS, LETTERS, STEP, TraceView
from generator.figures.cells.wall import WallView
from generator.figures.export import chips, fonts
from generator.figures.export.frame import INSET, ROOM
from generator.figures.export.layouts import draw_figure
from generator.figures.export.shapes import (
    INK,
    LINES,
    PAPER,
    RULE,
    SOFT,
    Box,
    Dot,
    Label,
    Picture,
    Stroke,
    fill_colour,
)
from generator.figures.language_model.epochs import EpochsView
from generator.figures.language_model.samples import SamplesView
from generator.figures.language_model.text import TextView
from generator.figures.text.anchors import RuleView
from generator.figures.text.compare import CompareView
from generator.figures.text.history import HistoryView
from tests.figures.export.figures import EVERY, MADE, SOURCE, kind_of, view_of


def of(kind: str) -> list[str]:
    """The examples of a kind that are not large."""
    return [n for n in EVERY if kind_of(n) == kind and "large" not in n]


@cache
def draw_example(name: str) -> Picture:
    """An example's picture."""
    return draw_figure(view_of(name), SOURCE)


def all_of(one: Picture, kind: Any) -> list[Any]:
    """The shapes of a kind."""
    return [shape for shape in one.shapes if isinstance(shape, kind)]


@pytest.mark.parametrize("name", of("trace"))
def test_characters_stand_in_cells_of_one_width(name: str) -> None:
    """Each in its colour, in its column, underlined where the hypothesis holds."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, TraceView)
    lines = [line for trace in view.traces for line in trace.lines]
    letters = [s for s in all_of(one, Label) if s.anchor == "middle"]
    letters = [s for s in letters if (s.size, s.face) == (LETTERS, "mono")]
    boxes = [b for b in all_of(one, Box) if b.width == STEP]
    unders = [s for s in all_of(one, Stroke) if s.thick == 1.5]
    unders = [s for s in unders if s.points[1][0] - s.points[0][0] < STEP + 1e-6]
    room = int(ROOM / STEP)
    level = None
    for line in lines:
        for i, chip in enumerate(line):
            x = INSET + i % room * STEP
            back = fill_colour(chip.css)
            if back and back != PAPER:
                box = boxes.pop(0)
                assert (box.x, box.fill) == (pytest.approx(x), back)
                level = box.y
            if chip.token.short.strip():
                label = letters.pop(0)
                assert label.text == chip.token.short[:1]
                assert label.x == pytest.approx(x + STEP / 2)
                if back and back != PAPER:
                    assert level is not None
                    assert level < label.y < level + 17
            if HOLDS in chip.css.split():
                under = unders.pop(0)
                assert under.points[0][0] == pytest.approx(x)
    assert not boxes
    assert not letters
    assert not unders


def test_strips_of_cells_are_read_down_two_columns() -> None:
    """Name, spans of colour over the whole passage, score; bold where it was found."""
    view, one = view_of("wall-wall-2"), draw_example("wall-wall-2")
    assert isinstance(view, WallView)
    frames = [b for b in all_of(one, Box) if b.height == 14]
    assert len(frames) == len(view.strips)
    rows = -(-len(frames) // 2)
    assert len({b.x for b in frames}) == 2
    assert [b.y for b in frames[:rows]] == sorted(b.y for b in frames[:rows])
    assert [b.y for b in frames[rows:]] == [b.y for b in frames[: len(frames) - rows]]
    for frame, strip in zip(frames, view.strips, strict=True):
        inner = [b for b in all_of(one, Box) if b.height == 12 and b.y == frame.y + 1
                 and frame.x <= b.x < frame.x + frame.width]  # fmt: skip
        unit = (frame.width - 2) / view.width
        known = [(fill_colour(css), start, wide) for css, runs in strip.spans
                 for start, wide in runs]  # fmt: skip
        found = [(b.fill, round((b.x - frame.x - 1) / unit), round(b.width / unit))
                 for b in inner]  # fmt: skip
        assert found == known
        score, name = (
            next(s for s in all_of(one, Label) if s.text == text and s.y == frame.y + 11
                 and abs(s.x - side) < 10)
            for text, side in ((strip.score, frame.x + frame.width),
                               (strip.name, frame.x))
        )  # fmt: skip
        assert (score.face, score.colour) == (
            ("bold", INK) if strip.found else ("sans", SOFT)
        )
        assert name.anchor == "end"
        assert name.x < frame.x
        assert score.x > frame.x + frame.width


@pytest.mark.parametrize("name", of("hypotheses"))
def test_a_hypothesis_has_its_numbers_below_their_names(name: str) -> None:
    """In a row of its own, name and verdict first, columns evenly apart."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, HypothesesView)
    lines = [s.points[0][1] for s in all_of(one, Stroke) if s.stroke == RULE]
    lines = [y for y in lines if any(s.y == y + 30 for s in all_of(one, Label))]
    assert len(lines) == len(view.lines)
    columns: set[float] = set()
    for y, line in zip(lines, view.lines, strict=True):
        level = [s for s in all_of(one, Label) if s.y == y + 16]
        cells = [s for s in level if s.face == "sans"]
        assert [s.text for s in cells] == [c.text for c in line.cells]
        assert level[0].x == INSET
        assert line.name.startswith(level[0].text.rstrip("…"))
        columns |= {round(s.x, 3) for s in cells}
        (share,) = (s for s in all_of(one, Label) if s.y == y + 30 and s.x == INSET)
        assert share.text == line.share
    places = sorted(columns)
    assert len(places) == len(view.lines[0].cells)
    assert np.ptp(np.diff(places)) < 0.01
    heads = {
        round(s.x, 3) for s in all_of(one, Label) if s.size == 10 and s.y < lines[0]
    }
    assert heads == columns
    assert places[-1] + places[1] - places[0] <= INSET + ROOM + 0.01


def test_epochs_are_small_pictures_side_by_side() -> None:
    """Squares at their places in a frame, the printed step outlined, names above."""
    view, one = view_of("epochs-epochs-0"), draw_example("epochs-epochs-0")
    assert isinstance(view, EpochsView)
    outlined = [b for b in all_of(one, Box) if b.thick == 1.5 and b.stroke == INK
                and not b.fill and b.width > 40]  # fmt: skip
    outlined = [b for b in outlined if b.y == outlined[0].y]
    assert len(outlined) == len(view.panels)
    for panel, row in zip(view.panels, outlined, strict=True):
        cell = (row.width - 2) / view.columns
        x, top = row.x + 1, row.y + 1 - view.row * cell
        assert row.height == pytest.approx(cell + 2)
        squares = [b for b in all_of(one, Box) if b.fill and b.x < x + row.width - 2]
        squares = [b for b in squares if b.x > x - 0.1 and b.y > top - 0.1]
        squares = [b for b in squares if b.y < top + cell * view.lines - 0.1]
        found = [(round((b.x - x) / cell), round((b.y - top) / cell), b.fill)
                 for b in squares]  # fmt: skip
        assert found == [(s.x, s.y, fill_colour(s.css)) for s in panel.squares]
        assert all(abs(b.width - cell) <= 0.5 for b in squares)
        (frame,) = (b for b in all_of(one, Box) if b.stroke == RULE and b.x == row.x
                    and b.y == pytest.approx(top - 1))  # fmt: skip
        assert frame.height == pytest.approx(cell * view.lines + 2)
        said = [s.text for s in all_of(one, Label) if s.x == x and s.size == 10
                and 0 < s.y - frame.y - frame.height < 60]  # fmt: skip
        assert said == list(panel.lines)
        assert any(s.text == panel.name and s.x == x and 0 < frame.y - s.y < 12
                   for s in all_of(one, Label))  # fmt: skip


@pytest.mark.parametrize("name", [n for n in of("alignment") if "learning" in n])
def test_epochs_of_an_alignment_are_squares_at_their_links(name: str) -> None:
    """Each in a frame as large as the pair of texts, below its name."""
    view: Any = view_of(name)
    one = draw_example(name)
    frames = [b for b in all_of(one, Box) if b.stroke == RULE and not b.fill]
    for frame, small in zip(view.frames, frames, strict=False):
        cell = (small.width - 2) / frame.columns
        assert small.height - 2 == pytest.approx(cell * frame.lines)
        inner = [b for b in all_of(one, Box) if b.fill and abs(b.width - cell) < 1e-6]
        inner = [b for b in inner if small.x < b.x + 0.5 < small.x + small.width]
        inner = [b for b in inner if small.y < b.y + 0.5 < small.y + small.height]
        found = [(round((b.x - small.x - 1) / cell), round((b.y - small.y - 1) / cell),
                  b.fill) for b in inner]  # fmt: skip
        assert found == [(s.x, s.y, fill_colour(s.css)) for s in frame.squares]
        assert any(s.text == frame.name and 0 < small.y - s.y < 12
                   for s in all_of(one, Label))  # fmt: skip


@pytest.mark.parametrize("name", [n for n in of("history") if "long" in n])
def test_long_texts_of_epochs_are_runs_of_colour(name: str) -> None:
    """Each run begins at its word and is as long as so many words, in every line."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, HistoryView)
    frames = [b for b in all_of(one, Box) if b.height == 20 and b.stroke == RULE]
    assert len(frames) == len(view.lines)
    assert {round(b.y - a.y, 6) for a, b in pairwise(frames)} == {32}
    for frame, line in zip(frames, view.lines, strict=True):
        unit = (frame.width - 2) / view.width
        inner = [b for b in all_of(one, Box) if (b.y, b.height) == (frame.y + 1, 18)]
        found = [(b.fill, round((b.x - frame.x - 1) / unit), round(b.width / unit))
                 for b in inner]  # fmt: skip
        known = [
            (fill_colour(css), x, wide) for css, runs in line.spans for x, wide in runs
        ]
        assert found == known
        said = [s for s in all_of(one, Label) if s.x > frame.x + frame.width
                and frame.y - 4 < s.y < frame.y + 28]  # fmt: skip
        text = " ".join(s.text for s in said).replace(" ", "")
        known_text = "".join(
            f"{n}{v}" for n, v in zip(view.sums, line.sums, strict=True)
        )
        assert text == known_text.replace(" ", "")


@pytest.mark.parametrize("name", of("rule"))
def test_a_rule_is_a_sentence_whose_words_are_filled(name: str) -> None:
    """IF, its words, AND, THEN, the label; below it the precision on its axis."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, RuleView)
    filled = [b for b in all_of(one, Box) if b.height == 20 and b.fill == INK]
    words = [c.token.short for block in view.blocks for c in block.conditions]
    assert len(filled) == len(words)
    for box, word in zip(filled, words, strict=True):
        (label,) = (s for s in all_of(one, Label) if s.x == box.x + 6
                    and box.y < s.y < box.y + 20 and s.on == INK)  # fmt: skip
        assert (label.text, label.colour) == (word, PAPER)
        wide = fonts.text_width(word, label.size, "mono")
        assert box.width == pytest.approx(wide + 12)
    text = [s.text for s in all_of(one, Label)]
    assert text.count("IF") == sum(bool(b.conditions) for b in view.blocks)
    assert text.count("AND") == sum(max(0, len(b.conditions) - 1) for b in view.blocks)
    assert text.count("THEN") == text.count("IF")
    rows = [block.line for block in view.blocks if block.line]
    axes = [s for s in all_of(one, Stroke) if len(s.points) == 2]
    axes = [s for s in axes if abs(s.points[1][0] - s.points[0][0] - 344 * 1.5) < 1e-6]
    assert len(axes) == len(rows)
    for axis, row in zip(axes, rows, strict=True):
        (x, level), _ = axis.points
        zero = x - 8 * 1.5
        whisker = [s for s in all_of(one, Stroke) if s.thick == 2.5
                   and s.points[0][1] == level]  # fmt: skip
        ends = [place for s in whisker for place, _ in s.points]
        known = (
            [zero + row.low * 1.5, zero + row.high * 1.5] if row.high > row.low else []
        )
        assert ends == pytest.approx(known)
        asked = [
            s for s in all_of(one, Stroke) if s.dashes and s.points[1][1] == level + 12
        ]
        assert [s.points[0][0] for s in asked] == [
            pytest.approx(zero + view.required_precision.x * 1.5)
        ]
        for tick in (*view.ticks, view.required_precision):
            (label,) = (s for s in all_of(one, Label)
                        if s.y == level + 25 and s.text == tick.text)  # fmt: skip
            assert label.x == pytest.approx(zero + tick.x * 1.5)
            assert label.anchor == ("end" if tick.x > 180 else "start")


@pytest.mark.parametrize("name", of("text"))
def test_a_step_s_tokens_stand_in_their_order(name: str) -> None:
    """What left the window, padding, what was read, the written token, what comes."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, TextView)
    drawn = []
    for strip in view.strips:
        pad = (strip.pad,) if strip.pad else ()
        drawn += [*strip.out, *pad, *strip.read, strip.target, *strip.later]
    letters = lettered(one)
    whole = [s for s in letters if not s.text.endswith("…")]
    assert len(letters) == len(drawn)
    assert len(whole) >= len(letters) * 0.8
    for label, chip in zip(letters, drawn, strict=True):
        assert chips.chip_text(chip).startswith(label.text.removesuffix("…"))
        assert label.face == chips.chip_face(chip)
    for first, second in pairwise(letters):
        assert (first.y, first.x) < (second.y, second.x)
    said = " ".join(s.text for s in all_of(one, Label))
    assert said.count("(written)") == sum(o.written for o in view.options)
    for option in view.options:
        assert option.probability in said


@pytest.mark.parametrize("name", of("compare"))
def test_a_word_has_one_column_in_all_answers(name: str) -> None:
    """As wide as the widest of its chips, whatever the answer says of it."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, CompareView)
    letters = lettered(one)
    rows = []
    for row in view.rows:
        count = len(row.words.read) + bool(row.words.pad)
        rows.append(letters[: len(row.words.read)])
        letters = letters[count:]
    assert not letters
    first = rows[0]
    for row in rows[1:]:
        assert [round(s.x, 3) for s in row] == [round(s.x, 3) for s in first]
        steps = {round(b.y - first[0].y - (a.y - row[0].y), 3)
                 for a, b in zip(row, first, strict=True)}  # fmt: skip
        assert steps == {0}
        assert row[0].y > first[-1].y


def test_samples_are_quoted_below_their_epoch_and_temperature() -> None:
    """Every line of every text, beside a line as high as the text."""
    view, one = view_of("samples-samples-0"), draw_example("samples-samples-0")
    assert isinstance(view, SamplesView)
    texts = [t for stage in view.stages for group in stage.groups for t in group.texts]
    edges = [s for s in all_of(one, Stroke) if s.thick == 2 and s.stroke == RULE]
    assert len(edges) == len(texts)
    for edge, text in zip(edges, texts, strict=True):
        (x, top), (_, low) = edge.points
        lines = [s for s in all_of(one, Label) if s.face == "mono" and top < s.y < low]
        assert {s.x for s in lines} == {x + 11}
        said = "".join(s.text for s in lines).replace(" ", "").rstrip("…")
        assert text.replace(" ", "").replace("\n", "").startswith(said)
        assert len(said) > 20 or len(text) < 40
    names = [s.text for s in all_of(one, Label)]
    for stage in view.stages:
        assert stage.name in names
        for group in stage.groups:
            assert group.temperature in names


def test_a_curve_goes_through_its_values() -> None:
    """One map from data to places for every line; the axes' numbers lie on it too."""
    name = "curve-training-0"
    curves: Any = MADE["training"]()
    one = draw_example(name)
    across: list[tuple[float, float]] = []
    down: list[tuple[float, float]] = []
    for i, row in enumerate(curves.y):
        colour = LINES[i % len(LINES)]
        real = np.isfinite(row)
        strokes = [s for s in all_of(one, Stroke) if s.stroke == colour
                   and len(s.points) == real.sum() > 2]  # fmt: skip
        dots = [(d.x, d.y) for d in all_of(one, Dot) if d.fill == colour]
        places = strokes[0].points if strokes else dots
        assert len(places) == real.sum()
        across += zip(curves.x[real], [x for x, _ in places], strict=True)
        down += zip(row[real], [y for _, y in places], strict=True)
    for pairs, rising in ((across, True), (down, False)):
        data, drawn = np.array(pairs, float).T
        slope, start = np.polyfit(data, drawn, 1)
        assert (slope > 0) == rising
        assert drawn == pytest.approx(slope * data + start, abs=0.1)
        ticks = [s for s in all_of(one, Label) if s.colour == SOFT and is_number(s.text)
                 and s.anchor == ("middle" if rising else "end")]  # fmt: skip
        assert len(ticks) > 2
        for tick in ticks:
            value = float(tick.text.replace("\N{MINUS SIGN}", "-"))
            place = tick.x if rising else tick.y - tick.size * 0.36
            assert place == pytest.approx(slope * value + start, abs=3)


def lettered(one: Picture) -> list[Label]:
    """The letters of chips."""
    every = [s for s in all_of(one, Label) if s.anchor == "middle"]
    return [s for s in every if s.size == chips.LETTERS]


def is_number(text: str) -> bool:
    """Whether a label is a number of an axis."""
    return text.replace("\N{MINUS SIGN}", "").replace(".", "").isdigit()
