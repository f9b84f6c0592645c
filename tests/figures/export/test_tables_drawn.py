"""Pictures that are tables, strips or lists of texts: each thing in its line."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from generator.figures.alignment.alignment_matrix import AlignmentView
from generator.figures.cells.hypotheses import HEADS, NAMED, VERDICT, HypothesesView
from generator.figures.cells.wall import STRIPS, WallView
from generator.figures.export.axes import AxisTick
from generator.figures.export.frame import INSET, ROOM
from generator.figures.export.shapes import (
    INK,
    RULE,
    SOFT,
    Box,
    Label,
    Stroke,
    fill_colour,
)
from generator.figures.language_model.samples import SamplesView
from generator.figures.statistics.agreement import AgreementView
from generator.figures.statistics.estimates import EstimatesView, estimate_axis
from generator.figures.statistics.scores import ScoresView
from generator.figures.text.history import HistoryView
from tests.figures import examples
from tests.figures.export.figures import EVERY, examples_of, shapes_of, view_of
from tests.figures.export.ink import edges, label_edges


def all_of(shapes: list[Any], kind: Any) -> list[Any]:
    """The shapes of a kind, of texts those that leave ink."""
    return [
        s for s in shapes
        if isinstance(s, kind) and (not isinstance(s, Label) or s.text.strip())
    ]  # fmt: skip


def plain(text: str) -> str:
    """A text without blanks."""
    return text.replace(" ", "")


@pytest.mark.parametrize("name", examples_of("hypotheses"))
def test_a_hypothesis_is_a_row_of_columns_under_their_heads(name: str) -> None:
    """Name and share, verdict, numbers with what they stand on; rows of one height."""
    view = view_of(name)
    assert isinstance(view, HypothesesView)
    texts = all_of(shapes_of(name), Label)
    rules = [s for s in all_of(shapes_of(name), Stroke) if s.stroke == RULE]
    assert len(rules) == len(view.lines)
    for rule in rules:
        assert [x for x, _ in rule.points] == [INSET, INSET + ROOM]
    levels = [rule.points[0][1] for rule in rules]
    assert {b - a for a, b in pairwise(levels)} <= {54}
    heads = HEADS if view.effects else HEADS[:-2]
    wide = (ROOM - NAMED - VERDICT) / (len(heads) - 1)
    lefts = [INSET + NAMED + VERDICT + i * wide for i in range(len(heads) - 1)]
    above = [s for s in texts if s.y < levels[0]]
    for left, head in zip(lefts, heads[1:], strict=True):
        mine = [s for s in above if s.x == pytest.approx(left)]
        assert plain("".join(s.text for s in mine)) == plain(head)
        assert all(label_edges(s).right <= left + wide for s in mine)
    assert 2 < levels[0] - max(label_edges(s).bottom for s in above) < 16
    for level, line in zip(levels, view.lines, strict=True):
        mine = [s for s in texts if level < s.y <= level + 54]
        first, share = (s for s in mine if s.x == INSET)
        assert (first.text, share.text) == (line.name, line.share)
        assert first.face == "bold"
        assert first.y < share.y
        verdict = [s for s in mine if s.x == INSET + NAMED]
        assert plain("".join(s.text for s in verdict)) == plain(line.verdict)
        assert {s.face for s in verdict} == {"bold"}
        assert verdict[0].y - first.y == pytest.approx(-0.8, abs=1.5)
        for left, cell in zip(lefts, line.cells, strict=True):
            number, *below = (s for s in mine if s.x == pytest.approx(left))
            assert (number.text, number.y) == (cell.text, first.y)
            assert plain("".join(s.text for s in below)) == plain(cell.below)
            assert all(s.size == 9 and s.y > number.y + 9 for s in below)
            assert all(label_edges(s).right <= left + wide for s in below)
        assert label_edges(first).top - level > 4
        assert max(label_edges(s).bottom for s in mine) <= level + 54


@pytest.mark.parametrize("name", examples_of("wall"))
def test_strips_stand_in_two_columns_read_down(name: str) -> None:
    """Each between its cell's name and its score; runs lie at their characters."""
    view = view_of(name)
    assert isinstance(view, WallView)
    shapes = shapes_of(name)
    shown = view.strips[:STRIPS]
    rows = -(-len(shown) // 2)
    found = [b for b in all_of(shapes, Box) if b.stroke == RULE and not b.fill]
    texts = all_of(shapes, Label)
    heading = [s for s in texts if s.face == "bold" and s.size == 12]
    assert plain("".join(s.text for s in heading)) == plain(
        f"{view.quantity} for {view.hypothesis}; bold: passed both nulls"
    )
    assert len(found) == len(shown)
    for i, (box, strip) in enumerate(zip(found, shown, strict=True)):
        column, row = divmod(i, rows)
        assert box.x == found[column * rows].x
        assert box.y == found[row].y
        name_, score = (
            s for s in texts if box.y < s.y < box.y + 14
            and (box.x - 50 < s.x < box.x or 0 < s.x - box.x - box.width < 12)
        )  # fmt: skip
        assert (name_.text, score.text) == (strip.name, strip.score)
        assert (name_.anchor, name_.face) == ("end", "mono")
        assert name_.y == score.y
        assert score.face == ("bold" if strip.found else "sans")
        assert score.colour == (INK if strip.found else SOFT)
        unit = (box.width - 2) / max(1, view.width)
        own = [
            b for b in all_of(shapes, Box)
            if b.height == 12 and edges(box).grown(0.01).holds(edges(b))
        ]  # fmt: skip
        assert [
            (b.fill, round((b.x - box.x - 1) / unit), round(b.width / unit))
            for b in own
        ] == [
            (fill_colour(css), start, wide)
            for css, runs in strip.spans
            for start, wide in runs
        ]
        assert {b.y - box.y for b in own} <= {1}
        assert label_edges(score).right <= INSET + ROOM + 1
        assert label_edges(name_).left >= INSET - 1
    steps = {round(b.y - a.y, 3) for a, b in pairwise(found[:rows])}
    assert steps <= {17}
    if len(found) > rows:
        assert found[rows].x - found[0].x == ROOM / 2 + 8
    rest = [s.text for s in texts if s.text.startswith("The best ")]
    assert rest == [f"The best {len(shown)} of {len(view.strips)}."] * (
        len(shown) < len(view.strips)
    )
    first = label_edges(heading[-1]).bottom
    assert 2 < found[0].y - first < 14


@pytest.mark.parametrize(
    "name", [n for n in examples_of("alignment") if view_of(n).frames]
)  # type: ignore[attr-defined]
def test_epochs_of_a_pair_stand_six_to_a_line(name: str) -> None:
    """Over the epoch shown first, which has its name too."""
    view = view_of(name)
    assert isinstance(view, AlignmentView)
    shapes = shapes_of(name)
    found = [b for b in all_of(shapes, Box) if b.stroke == RULE and not b.fill]
    found = [b for b in found if b.height > 4][: len(view.frames)]
    room = (ROOM - 14 * 5) / 6
    texts = all_of(shapes, Label)
    for i, (box, frame) in enumerate(zip(found, view.frames, strict=True)):
        assert box.x + 1 == pytest.approx(INSET + i % 6 * (room + 14))
        assert box.y == found[i - i % 6].y
        (label,) = (s for s in texts if s.x == box.x + 1 and 0 < box.y - s.y < 12)
        assert label.text == frame.name
        if i >= 6:
            assert 20 < box.y - found[i - 6].y - found[i - 6].height < 40
    low = max(b.y + b.height for b in found)
    heading = next(s for s in texts if s.face == "bold")
    assert heading.text.startswith(view.names[view.start].capitalize())
    assert 4 < label_edges(heading).top - low < 24
    assert label_edges(texts[0]).top >= 100


@pytest.mark.parametrize("name", examples_of("alignment"))
def test_every_panel_says_what_it_is_and_what_its_sides_are(name: str) -> None:
    """A heading, its targets beside its rows, its sources below, p after each row."""
    view = view_of(name)
    assert isinstance(view, AlignmentView)
    *_, last = view.picture(100)
    said = " ".join(s.text for s in last.shapes if isinstance(s, Label))
    assert said.startswith("Rows are target tokens, columns source tokens")
    parts = list(view.picture(100))[-1 - len(view.panels) : -1]
    pair = len(view.panels) > 1 and all(len(p.columns) <= 12 for p in view.panels)
    for part, panel in zip(parts, view.panels, strict=True):
        texts = [s for s in part.shapes if isinstance(s, Label) and s.text.strip()]
        heading = [s for s in texts if s.face == "bold" and s.size == 12]
        assert plain(panel.description[:40]) in plain("".join(s.text for s in heading))
        upright = [s for s in texts if s.turned]
        rows = [s for s in texts if s.anchor == "end" and not s.turned]
        assert len(upright) == len(panel.columns)
        assert len(rows) == len(panel.lines)
        numbers = [s.text for s in texts if s.size == 11 and s.x > upright[-1].x + 10]
        assert [n for n in numbers if n != "p"][: len(rows)] == [
            line.probability for line in panel.lines
        ]
        stats = [s for s in texts if s.size == 14]
        assert len(stats) == (0 if pair else len(panel.stats))
        for stat, known in zip(stats, panel.stats, strict=False):
            assert stat.text == known.value
            assert stat.y > max(s.y for s in upright)
    top = max(p.bottom for p in parts)
    assert 2 < min(s.y for s in last.shapes if isinstance(s, Label)) - top < 24


@pytest.mark.parametrize("name", examples_of("agreement"))
def test_matrices_of_measures_stand_side_by_side(name: str) -> None:
    """Two to a line where they fit; what was compared is told below."""
    view = view_of(name)
    assert isinstance(view, AgreementView)
    *parts, last = view.picture(100)
    assert len(parts) == len(view.matrices)
    heads = [
        next(s for s in p.shapes if isinstance(s, Label)) for p in parts
    ]  # fmt: skip
    assert [plain(h.text) for h in heads] == [plain(m.name) for m in view.matrices]
    half = (ROOM - 30) / 2
    for i, head in enumerate(heads):
        assert head.x == INSET + i % 2 * (half + 30)
        assert head.y == heads[i - i % 2].y
        if i > 1:
            assert 10 < label_edges(head).top - parts[i - 2].bottom < 40
    for part, matrix in zip(parts, view.matrices, strict=True):
        rows = [s for s in part.shapes if isinstance(s, Label) and s.anchor == "end"
                and not s.turned]  # fmt: skip
        assert [s.text for s in rows] == list(view.names)
        said = [s.text for s in part.shapes if isinstance(s, Label)
                and s.anchor == "middle"]  # fmt: skip
        known = [c.text for line in matrix.lines for c in line.cells if c.text]
        assert said == known
    low = max(p.bottom for p in parts)
    texts = [s for s in last.shapes if isinstance(s, Label)]
    assert 4 < label_edges(texts[0]).top - low < 22
    told = plain("".join(s.text for s in texts))
    for stat in view.quantities:
        assert plain(f"{stat.name}: {stat.value}") in told
    assert ("Timetaken" in told) == bool(view.times)
    for remark in view.remarks:
        assert plain(remark) in told


@pytest.mark.parametrize("name", examples_of("samples"))
def test_texts_stand_below_their_epoch_and_temperature(name: str) -> None:
    """A line over each epoch, a bar beside each text; nothing is out of its order."""
    view = view_of(name)
    assert isinstance(view, SamplesView)
    shapes = shapes_of(name)
    texts = all_of(shapes, Label)
    order = [f"Each text goes on from {view.prefix}"] * bool(view.prefix)
    for stage in view.stages:
        order.append(stage.name)
        order += [g.temperature for g in stage.groups]
    found = [s for s in texts if s.face != "mono"]
    assert sorted(s.text for s in found) == sorted(order)
    assert [s.text for s in sorted(found, key=lambda s: s.y)] == order
    rules = [s for s in all_of(shapes, Stroke) if s.thick == 1]
    heads = [s for s in texts if s.face == "bold"]
    assert [h.text for h in heads] == [stage.name for stage in view.stages]
    for rule, head in zip(rules, heads, strict=True):
        assert [x for x, _ in rule.points] == [INSET, INSET + ROOM]
        assert 4 < label_edges(head).top - rule.points[0][1] < 16
    for bar in (s for s in all_of(shapes, Stroke) if s.thick == 2):
        (x, top), (u, low) = bar.points
        assert x == u == INSET + 3
        inside = [s for s in texts if top <= s.y <= low]
        assert {(s.x, s.face) for s in inside} <= {(INSET + 14, "mono")}
        assert low - top > 10


@pytest.mark.parametrize(
    "name", [n for n in examples_of("history") if not view_of(n).cells]
)  # type: ignore[attr-defined]
def test_long_epochs_say_how_they_are_read(name: str) -> None:
    """The line that is printed is marked; padding at the end is told of."""
    view = view_of(name)
    assert isinstance(view, HistoryView)
    texts = all_of(shapes_of(name), Label)
    names = [s for s in texts if s.anchor == "end"]
    assert [s.text for s in names] == [
        f"▸ {line.name}" if line.is_current else line.name for line in view.lines
    ]
    said = plain("".join(s.text for s in texts))
    assert "Eachlineisthewholetext,firstwordleft" in said
    assert ("padding’smeanslotattheend" in said) == bool(view.words.pad)
    found = [b for b in all_of(shapes_of(name), Box) if b.height == 20]
    for box, label in zip(found, names, strict=True):
        middle = box.y + box.height / 2
        assert label.y - label.size * 0.36 == pytest.approx(middle, abs=1.2)
        assert 4 < box.x - label.x < 12
    assert found[0].x + found[0].width < INSET + ROOM - 200


@pytest.mark.parametrize("name", examples_of("scores"))
def test_measures_have_an_axis_each(name: str) -> None:
    """Below its name and direction; what a row stands on is marked in it."""
    view = view_of(name)
    assert isinstance(view, ScoresView)
    parts = list(view.picture(100))
    texts = [s for p in parts for s in p.shapes if isinstance(s, Label)]
    heads = [
        next(s for s in texts if plain(s.text) == plain(f"{m.name} · {m.better}"))
        for m in view.measures
    ]
    levels = [s.y for s in heads]
    assert levels == sorted(levels)
    assert {s.x for s in heads} == {INSET}
    for i, measure in enumerate(view.measures):
        end = levels[i + 1] if i + 1 < len(levels) else 1e9
        own = [s for s in texts if levels[i] < s.y < end]
        names = [s.text for s in own if s.face == "bold" and s.x == INSET]
        assert plain("".join(names)) == plain(
            "".join(row.whisker.name for row in measure.rows)
        )
        for tick, anchor in zip(measure.ticks, ("start", "end"), strict=True):
            assert any((s.text, s.anchor) == (tick.text, anchor) for s in own)
        marks = [
            s for p in parts for s in p.shapes
            if isinstance(s, Stroke) and s.dashes and levels[i] < s.points[0][1] < end
        ]  # fmt: skip
        assert len(marks) == sum(row.baseline is not None for row in measure.rows)
    said = plain("".join(s.text for s in texts))
    assert all(plain(remark) in said for remark in view.remarks)
    (mean, _), (ground, what) = view.key_signs()
    assert [type(s).__name__ for s in mean] == ["Stroke", "Dot"]
    assert isinstance(ground[0], Stroke)
    assert ground[0].dashes
    assert "baseline" in what
    for sign in (mean, ground):
        for shape in sign:
            ink = edges(shape)
            assert 0 <= ink.left <= (ink.left + ink.right) / 2 <= ink.right <= 30
            assert 0 <= ink.top <= ink.bottom <= 16
            assert (ink.left + ink.right) / 2 == 14
            assert (ink.top + ink.bottom) / 2 == 8


@pytest.mark.parametrize("name", EVERY)
def test_signs_of_a_key_lie_in_their_box(name: str) -> None:
    """Thirty pixels wide and sixteen high, in the middle of that height."""
    for shapes, text in view_of(name).key_signs():
        assert text
        inks = [edges(s) for s in shapes]
        assert min(ink.left for ink in inks) >= 0
        assert max(ink.right for ink in inks) <= 34
        assert min(ink.top for ink in inks) >= 0
        assert max(ink.bottom for ink in inks) <= 16
        middle = (min(i.top for i in inks) + max(i.bottom for i in inks)) / 2
        assert middle == pytest.approx(8, abs=1.1)


@pytest.mark.parametrize(
    ("values", "ends"),
    [((-0.1, 0.94), (-0.2, 1)), ((0.2, 4.0), (0, 4)), ((0.0, 4.01), (0, 5)),
     ((3.0, 9.0), (0, 9)), ((-7.0, -1.0), (-7, -1)), ((0.0, 0.0), (0, 1)),
     ((0.0, 1e-10), (0, 1)), ((0.0, 2e-9), (0, 2e-9)), ((0.0, 100.0), (0, 100)),
     ((0.0, 101.0), (0, 120)), ((-1.0, 1.0), (-1, 1))],
)  # fmt: skip
def test_an_axis_has_round_ends_that_hold_all(
    values: tuple[float, float], ends: tuple[float, float]
) -> None:
    """From 0 or what is below it; a value at an end needs no more, one alone a unit."""
    from dataclasses import replace

    from generator.artifacts import Estimate

    rows = tuple(Estimate("r", v, v, v, 9) for v in values)
    made = replace(examples.estimates(), rows=rows, reference=None)
    axis = estimate_axis(made, None, None)
    assert (axis.low, axis.high) == pytest.approx(ends)
    asked = estimate_axis(made, -20.0, 200.0)
    assert (asked.low, asked.high) == (-20, 200)
    assert axis.position(axis.low) < axis.position(axis.high)


@pytest.mark.parametrize("name", examples_of("estimates"))
def test_estimates_stand_below_each_other_over_one_axis(name: str) -> None:
    """Row after row, then the axis with its ends, then what is remarked."""
    view = view_of(name)
    assert isinstance(view, EstimatesView)
    shapes = shapes_of(name)
    texts = all_of(shapes, Label)
    names = [s for s in texts if s.x == INSET and s.face == "bold"]
    assert (
        plain("".join(s.text for s in names))
        .rstrip("…")
        .startswith(plain(view.whiskers[0].name)[:20])
    )
    rules = [s.points[0][1] for s in all_of(shapes, Stroke) if s.stroke == RULE]
    assert len(rules) == len(view.whiskers) + 1
    assert min(b - a for a, b in pairwise(rules)) >= 40
    low = rules[-1]
    ticks = [s for s in texts if s.y > low and s.size == 11]
    for tick in (view.ticks[0], view.ticks[-1]):
        assert isinstance(tick, AxisTick)
        assert any(s.text == tick.text for s in ticks)
    said = plain("".join(s.text for s in texts if s.y > low))
    for remark in view.remarks:
        assert plain(remark) in said
    assert plain(view.quantity)[:20] in said
