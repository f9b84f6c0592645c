"""Pictures in panels and on axes of their own: where each begins, and its words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generator.core.wording import format_units
from generator.figures.export import fonts
from generator.figures.export.axes import BAR_LEFT, DRAWN
from generator.figures.export.frame import INSET, ROOM
from generator.figures.export.shapes import (
    EDGE,
    INK,
    LINES,
    PANEL,
    RULE,
    SOFT,
    Box,
    Dot,
    Label,
    Stroke,
    fill_colour,
)
from generator.figures.features.feature_scores import ACROSS, WIDTH, FeaturesView
from generator.figures.features.quiver import LEFT_ROOM, SIDE, QuiverView
from generator.figures.language_model.epochs import EpochsView
from generator.figures.statistics.violins import MIDDLE, OUTLINED, TICKED, ViolinsView
from generator.figures.text.bars import BarsView
from tests.figures.export.figures import (
    EVERY,
    MADE,
    examples_of,
    shapes_of,
    view_of,
)
from tests.figures.export.ink import draw_example, edges, label_edges, lettered


def all_of(shapes: list[Any], kind: Any) -> list[Any]:
    """The shapes of a kind."""
    return [shape for shape in shapes if isinstance(shape, kind)]


def near(*places: float) -> Any:
    """These places, to a hundredth."""
    return pytest.approx(places, abs=0.01)


def frames(name: str) -> list[Box]:
    """The frames around small pictures."""
    return [b for b in all_of(shapes_of(name), Box) if b.stroke == RULE and not b.fill]


def panels_in_lines(found: list[Box], gap: float, across: int) -> None:
    """Each frame has its place in a line of `across`, lines below each other."""
    room = (ROOM - gap * (across - 1)) / across
    for i, box in enumerate(found):
        assert box.x + 1 == pytest.approx(INSET + i % across * (room + gap))
        assert box.y == found[i - i % across].y
        assert box.width - 2 <= room + 0.01
        if i >= across:
            above = found[i - across]
            assert 30 < box.y - above.y - above.height < 90


@pytest.mark.parametrize(
    "name", [n for n in examples_of("features") if view_of(n).columns]
)  # type: ignore[attr-defined]
def test_small_pictures_have_their_name_above_and_words_below(name: str) -> None:
    """Three places in a line at least; pixels fill the frame but for their gaps."""
    view = view_of(name)
    assert isinstance(view, FeaturesView)
    shapes, found = shapes_of(name), frames(name)
    assert len(found) == len(view.panels)
    across = min(ACROSS, max(3, len(found)))
    panels_in_lines(found, 18, across)
    room = (ROOM - 18 * (across - 1)) / across
    cell = min(room / view.columns, 18)
    texts = [s for s in all_of(shapes, Label) if s.text.strip()]
    for box, panel in zip(found, view.panels, strict=True):
        assert (box.width, box.height) == near(
            cell * view.columns + 2, cell * view.lines + 2
        )
        own = [
            b for b in all_of(shapes, Box)
            if b.width == cell - 1 and edges(box).holds(edges(b))
        ]  # fmt: skip
        assert [(b.x, b.y) for b in own] == [
            near(box.x + 1.5 + p.x * cell, box.y + 1.5 + p.y * cell)
            for p in panel.pixels
        ]
        assert [b.stroke for b in own] == [INK * p.marked for p in panel.pixels]
        mine = [s for s in texts if s.x == box.x + 1]
        above = [s for s in mine if box.y - 40 < s.y < box.y]
        below = [s for s in mine if 0 < s.y - box.y - box.height < 34]
        assert {s.face for s in above} == {"bold"}
        assert "".join(s.text for s in above).replace(" ", "") == panel.name.replace(
            " ", ""
        )
        said = "".join(s.text for s in below).replace(" ", "").rstrip("…")
        assert panel.description.replace(" ", "").startswith(said)
        assert {round(b.y - a.y, 3) for a, b in pairwise(above)} <= {14}
        first, last = label_edges(above[0]), label_edges(above[-1])
        assert 2 < box.y - last.bottom < 22
        assert first.top + 1 >= 100
        assert 2 < label_edges(below[0]).top - box.y - box.height < 12
        for label in (*above, *below):
            assert label_edges(label).right <= box.x + 1 + room


@pytest.mark.parametrize(
    "name",
    [n for n in examples_of("features") if not view_of(n).columns],  # type: ignore[attr-defined]
)
def test_bars_of_features_stand_in_columns(name: str) -> None:
    """A column for a panel, a line for a feature, its number beyond the longest bar."""
    view = view_of(name)
    assert isinstance(view, FeaturesView)
    shapes = shapes_of(name)
    texts = all_of(shapes, Label)
    names = [s for s in texts if s.anchor == "end"]
    assert [s.text for s in names] == [
        f.name + " •" * f.marked for f in view.features
    ]  # fmt: skip
    wide = max(fonts.text_width(f.name, 12) for f in view.features) + 16
    head = min(220, wide)
    assert {s.x for s in names} == {INSET + head}
    heads = [s for s in texts if s.face == "bold"]
    step = min(300, (ROOM - head - 10) / len(view.panels))
    assert [s.x for s in heads] == near(
        *(INSET + head + 10 + i * step for i in range(len(view.panels)))
    )
    bars = [b for b in all_of(shapes, Box) if b.height == 12]
    zeros = all_of(shapes, Stroke)
    assert len(zeros) == len(view.panels)
    count = len(view.features)
    for i, panel in enumerate(view.panels):
        room = step - 78
        own, left = bars[i * count : (i + 1) * count], heads[i].x
        numbers = [s for s in texts if s.x == pytest.approx(left + room + 8)]
        assert [s.text for s in numbers] == [bar.text for bar in panel.bars]
        for bar, box, said, label in zip(panel.bars, own, numbers, names, strict=True):
            assert (box.x, box.width) == near(
                left + bar.left / WIDTH * room, bar.width / WIDTH * room
            )
            middle = box.y + box.height / 2
            assert said.y - said.size * 0.36 == pytest.approx(middle, abs=0.6)
            assert label.y - label.size * 0.36 == pytest.approx(middle, abs=0.6)
        (x, top), (_, low) = zeros[i].points
        assert x == pytest.approx(left + view.zero / WIDTH * room)
        assert (own[0].y - top, low - own[-1].y) == (2, 18)
        assert 4 < own[0].y - label_edges(heads[i]).bottom < 14
    assert {round(b.y - a.y, 3) for a, b in pairwise(bars[:count])} <= {18}
    (part,) = list(view.picture(100))[:1]
    assert 4 < part.bottom - bars[-1].y - 12 < 20


@pytest.mark.parametrize("name", examples_of("quiver"))
def test_a_field_has_its_axes_and_the_words_for_its_lines(name: str) -> None:  # noqa: PLR0915 - one drawing
    """Ticks touch the field from outside, names lie beyond numbers, a key tells all."""
    view = view_of(name)
    assert isinstance(view, QuiverView)
    shapes = shapes_of(name)
    field = next(b for b in all_of(shapes, Box) if b.width == SIDE)
    assert (field.x, field.y, field.height) == (INSET + LEFT_ROOM, 130, SIDE)
    right, low = field.x + SIDE, field.y + SIDE
    ticks = [s for s in all_of(shapes, Stroke) if s.stroke == EDGE]
    across, down = ticks[: len(view.axes[0].ticks)], ticks[len(view.axes[0].ticks) :]
    assert len(down) == len(view.axes[1].ticks) == 5
    for tick, (at, text) in zip(across, view.axes[0].ticks, strict=True):
        assert tick.points == ((field.x + at, low), (field.x + at, low + 5))
        (label,) = (
            s for s in all_of(shapes, Label) if s.text == text and s.y > low
            and s.x == field.x + at
        )  # fmt: skip
        assert 2 < label_edges(label).top - low - 5 < 9
    for tick, (at, text) in zip(down, view.axes[1].ticks, strict=True):
        level = low - at
        assert tick.points == ((field.x - 5, level), (field.x, level))
        (label,) = (
            s for s in all_of(shapes, Label) if s.text == text and s.anchor == "end"
            and abs(s.y - 4 - level) < 0.01
        )  # fmt: skip
        assert 2 < field.x - 5 - label.x < 6
    first, second = (a.name for a in view.axes)
    (one,) = (s for s in all_of(shapes, Label) if s.text == first and s.y > low)
    (two,) = (s for s in all_of(shapes, Label) if s.text == second and s.x < field.x)
    assert (one.x, one.anchor) == ((field.x + right) / 2, "middle")
    assert two.y == (field.y + low) / 2
    numbers = [s for s in all_of(shapes, Label) if s.size == 11 and s.y > low + 6]
    assert label_edges(one).top > max(label_edges(s).bottom for s in numbers[:5])
    assert two.x == INSET + 6
    shaft, head = (s for s in all_of(shapes, Stroke) if s.points[0][1] < field.y - 3)
    (x, level), (tip, _) = shaft.points
    assert (x, tip) == (field.x, field.x + view.bar)
    assert 8 < field.y - level < 20
    (a, high), middle, (b, deep) = head.points
    assert middle == (tip, level)
    assert a == b == tip - 5
    assert (level - high, deep - level) == (3, 3)
    (size,) = (s for s in all_of(shapes, Label) if s.text == view.size)
    assert 5 < size.x - tip < 15
    assert size.y - 4 == level
    shafts = [s for s in all_of(shapes, Stroke) if s.thick == 1.1]
    assert {s.stroke for s in shafts} == {INK}
    dots = [s for s in all_of(shapes, Dot) if s.radius < 2]
    assert len(dots) == sum(a.is_dot for a in view.arrows)
    lines = [s for s in all_of(shapes, Stroke) if s.thick == 2]
    assert [s.stroke for s in lines] == [LINES[2]] * bool(view.truth) + [
        LINES[1]
    ] * len(view.model)
    assert {bool(s.dashes) for s in lines if s.stroke == LINES[1]} == {False}
    *_, said = view.picture(100)
    (told,) = (s for s in said.shapes if isinstance(s, Label))
    assert told.text == f"Differentiated: {view.function}."
    assert told.y > label_edges(one).bottom + 8
    signs = view.key_signs()
    assert [text for _, text in signs] == [
        f"below {view.flat}, not drawn to length", "the model's boundary",
        *["the true boundary"] * bool(view.truth),
    ]  # fmt: skip
    (dot,) = signs[0][0]
    assert isinstance(dot, Dot)
    assert dots == [] or dot.radius == dots[0].radius
    for (sign,), _ in signs[1:]:
        assert isinstance(sign, Stroke)
        assert sign.points == ((0, 8), (30, 8))
        assert any(
            (s.stroke, s.thick, s.dashes) == (sign.stroke, sign.thick, sign.dashes)
            for s in lines
        )


@pytest.mark.parametrize("name", examples_of("bars"))
def test_a_bar_s_word_number_and_line_share_a_level(name: str) -> None:
    """Words end where bars begin; ends of the axis and what they speak for are told."""
    view = view_of(name)
    assert isinstance(view, BarsView)
    shapes = shapes_of(name)
    texts = [s for s in all_of(shapes, Label) if s.text.strip()]
    told = (view.head.name, view.head.lead, *view.head.rest)
    heading = " · ".join(filter(None, told))
    head = [s for s in texts if s.face == "bold"]
    assert "".join(s.text for s in head).replace(" ", "") == heading.replace(" ", "")
    words = [s for s in texts if s.size == 14]
    numbers = [s for s in texts if s.anchor == "end" and s.x == INSET + ROOM]
    assert len(words) == len(numbers) == len(view.bars)
    lines = [s for s in all_of(shapes, Stroke) if s.stroke == EDGE]
    right = max(label_edges(s).right for s in words)
    first, last = (
        next(s for s in texts if s.text == end and s.y > words[-1].y)
        for end in view.ends
    )
    assert (first.anchor, last.anchor) == ("start", "end")
    assert 8 < first.x - right < 24
    assert last.x == pytest.approx(INSET + ROOM - 70)
    k = (last.x - first.x) / 100
    for word, number, line, bar in zip(words, numbers, lines, view.bars, strict=True):
        assert number.text == (bar.word.numeral or "–")
        (x, top), (_, low) = line.points
        assert x == pytest.approx(first.x + view.zero * k)
        assert low - top == pytest.approx(26)
        assert number.y == word.y
        assert abs(number.y - number.size * 0.36 - (top + low) / 2) < 1.6
    own = [b for b in all_of(shapes, Box) if b.height == 17 and b.stroke == EDGE]
    assert len(own) == sum(bool(b.css) and b.width > 0 for b in view.bars)
    for box in own:
        line = min(lines, key=lambda s: abs(s.points[0][1] + 13 - box.y - 8.5))
        middle = (line.points[0][1] + line.points[1][1]) / 2
        assert box.y + box.height / 2 == pytest.approx(middle, abs=1)
    whiskers = [s for s in all_of(shapes, Stroke) if (s.stroke, s.thick) == (INK, 2)]
    for whisker in whiskers:
        level = whisker.points[0][1]
        assert any(b.y + b.height / 2 == pytest.approx(level, abs=0.1) for b in own)
    sides = [s for s in texts if s.text.startswith("← ") or s.text.endswith(" →")]
    assert [s.text.strip("←→ ") for s in sides] == list(view.sides)
    for side, x in zip(sides, (first.x, last.x), strict=False):
        assert side.x == pytest.approx(x)
        assert 4 < lines[0].points[0][1] - side.y < 10
    zero = [s for s in texts if s.text == "0" and s.anchor == "middle"]
    signed = bool(view.scale and view.scale.signed)
    assert len([s for s in zero if s.y > words[-1].y]) == signed
    assert 0 < label_edges(first).top - lines[-1].points[1][1] < 12
    facts = " · ".join(f"{one.name} {one.value}" for one in view.stats)
    tail = "".join(s.text for s in texts if s.size == 12 and s.y > first.y)
    assert tail.replace(" ", "") == (view.rest + facts).replace(" ", "")


@pytest.mark.parametrize("name", examples_of("violins"))
def test_a_violin_lies_about_its_level_with_values_below(name: str) -> None:
    """Its halves mirror each other; few values are ticks; nothing is drawn of none."""
    view = view_of(name)
    assert isinstance(view, ViolinsView)
    shapes, k = shapes_of(name), DRAWN / 360
    made = next(iter([MADE[r]() for r in name.split("-")[1:2] if r in MADE] or [None]))
    levels = [
        s for s in all_of(shapes, Stroke)
        if s.stroke == EDGE and not s.fill and len(s.points) == 2
        and s.points[0][1] == s.points[1][1]
    ][: len(view.violins)]  # fmt: skip
    outlines = [s for s in all_of(shapes, Stroke) if s.fill == PANEL]
    ticks = [s for s in all_of(shapes, Stroke) if s.stroke == SOFT]
    for i, (line, one) in enumerate(zip(levels, view.violins, strict=True)):
        level = line.points[0][1]
        assert [x for x, _ in line.points] == near(BAR_LEFT + 8 * k, BAR_LEFT + 352 * k)
        own = [o for o in outlines if abs((edges(o).top + edges(o).bottom) / 2 - level)
               < 1]  # fmt: skip
        assert len(own) == bool(one.edge)
        if own:
            half = len(one.edge) // 2
            upper, lower = own[0].points[:half], own[0].points[half:-1]
            assert own[0].points[0] == own[0].points[-1]
            for (a, high), (b, low) in zip(upper, lower[::-1], strict=True):
                assert a == b
                assert level - high == pytest.approx(low - level, abs=0.11)
            assert max(low - level for _, low in lower) == pytest.approx(17, abs=0.06)
            assert [x for x, _ in upper] == sorted(x for x, _ in upper)
        mine = [t for t in ticks if level - 5 < t.points[0][1] < level + 18]
        assert [t.points[0][0] for t in mine] == near(
            *(BAR_LEFT + v * k for v in one.ticks)
        )
        for tick in mine:
            (x, top), (u, low) = tick.points
            assert x == u
            assert 5 < low - top < 9
            assert (top > level + 12) == bool(one.edge)
        if made is not None:
            values = made.groups[i].values
            values = values[np.isfinite(values)]
            assert bool(one.ticks) == (0 < values.size <= TICKED)
            spread = values.size and np.ptp(values) > 0
            assert bool(one.edge) == (values.size >= OUTLINED and bool(spread))
            assert (one.point is None) == (not values.size)
            assert one.n == format_units(values.size, "text")
    assert view.has_ticks == any(one.ticks for one in view.violins)
    assert ("ticks: single values" in view.below_key()[0]) == view.has_ticks
    diamonds = [s for s in all_of(shapes, Stroke) if len(s.points) == 5]
    reported = [one for one in view.violins if one.published is not None]
    assert [edges(d).left + 5 for d in diamonds] == near(
        *(BAR_LEFT + one.published * k for one in reported)  # type: ignore[operator]
    )
    assert bool(view.published) == bool(reported)
    signs = [text for _, text in view.key_signs()]
    assert signs == [f"{role}: mean" for role, _ in view.roles] + [
        f"hollow: {view.published}"
    ] * bool(reported)
    assert MIDDLE == 22


@pytest.mark.parametrize("name", examples_of("epochs"))
def test_an_epoch_s_picture_has_its_numbers_below(name: str) -> None:
    """The step printed as text is outlined in all of them, its words stand below."""
    view = view_of(name)
    assert isinstance(view, EpochsView)
    shapes = shapes_of(name)
    found = frames(name)
    across = min(8, max(3, len(view.panels)))
    while across > 3 and found[across - 1].y != found[0].y:
        across -= 1
    panels_in_lines(found, 14, across)
    cell = (found[0].width - 2) / view.columns
    assert 0 < cell <= 14
    rows = [b for b in all_of(shapes, Box) if b.stroke == INK and b.thick == 1.5]
    rows = [b for b in rows if b.width == found[0].width]
    texts = [s for s in all_of(shapes, Label) if s.text.strip()]
    assert len(found) == len(rows) == len(view.panels)
    for box, row, panel in zip(found, rows, view.panels, strict=True):
        assert box.height == pytest.approx(cell * view.lines + 2)
        assert (row.x, row.y) == near(box.x, box.y + view.row * cell)
        assert row.height == pytest.approx(cell + 2)
        gap = 0.5 if cell > 4 else 0
        own = [b for b in all_of(shapes, Box) if b.fill and edges(box).holds(edges(b))]
        assert [b.fill for b in own] == [fill_colour(s.css) for s in panel.squares]
        assert [(b.x, b.y, b.width) for b in own] == [
            near(box.x + 1 + s.x * cell, box.y + 1 + s.y * cell, cell - gap)
            for s in panel.squares
        ]
        mine = [s for s in texts if s.x == box.x + 1]
        (title,) = (s for s in mine if 0 < box.y - s.y < 12 and s.face == "bold")
        assert title.text == panel.name
        low = box.y + box.height
        below = [s for s in mine if 0 < s.y - low < 46 and s.size == 10]
        assert [s.text for s in below] == list(panel.lines)
        assert {round(b.y - a.y, 3) for a, b in pairwise(below)} == {13}
        assert 3 < label_edges(below[0]).top - low < 9
    said = " ".join(s.text for s in texts)
    assert f"‘{view.target.short}’" in said
    bottoms = [s.y for s in texts if s.size == 10 and s.text in view.panels[-1].lines]
    note = next(s for s in texts if s.text.startswith("Steps down"))
    assert 6 < note.y - max(bottoms) < 45
    assert all(label_edges(s).top >= 100 for s in texts)


def test_pictures_draw_all_that_is_written_once() -> None:
    """No kind of figure writes a line twice at a place."""
    for name in EVERY:
        places = [(s.x, s.y, s.text, s.turned) for s in lettered(draw_example(name))]
        assert len(set(places)) == len(places)
