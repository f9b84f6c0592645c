"""What stands around a drawing, and in which order; rows on an axis; a matrix."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from generator.figures.base import Stat
from generator.figures.export import fonts
from generator.figures.export.axes import (
    BAR_LEFT,
    DRAWN,
    NAME,
    NUMBERS_LEFT,
    WORDS,
    AxisTick,
    EstimateWhisker,
    axis_part,
    diamond_shapes,
    estimate_row,
    point_shapes,
    whisker_shapes,
)
from generator.figures.export.frame import (
    FINE,
    INSET,
    RAMP,
    ROOM,
    WIDTH,
    FigureSource,
    legend_part,
    origin_part,
    picture_head,
    stat_row,
)
from generator.figures.export.layouts import draw_key, layout_parts, named_ramp_part
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    SOFT,
    Box,
    Dot,
    Label,
    Stroke,
)
from generator.figures.scales import Scale, TokenScale
from generator.figures.statistics.confusion import HEAD, ConfusionView
from tests.figures.export.figures import EVERY, SOURCE, kind_of, view_of
from tests.figures.export.ink import (
    draw_example,
    edges,
    label_edges,
    lettered,
)

BARE = FigureSource(3, "fig-x", "A title", "Its study")


def labels(shapes: Any) -> list[Label]:
    """The lines of text among shapes, or of a part."""
    return [s for s in getattr(shapes, "shapes", shapes) if isinstance(s, Label)]


def text_of(shapes: Any) -> str:
    """Everything that is written, without spaces."""
    return "".join(s.text for s in labels(shapes)).replace(" ", "")


@pytest.mark.parametrize("name", EVERY)
def test_what_is_around_a_drawing_stands_in_its_order(name: str) -> None:
    """Head, key, drawing, the author's notes, the claims, the figure's own remarks.

    Each begins below the one before it; whether a text was generated is said over it.
    """
    view = view_of(name)
    parts = [part for part in layout_parts(view, SOURCE) if part.shapes]
    words = [text_of(part) for part in parts]
    assert words[0].startswith("Figure3Atitle&<more>")
    assert words.count("generatedtext") == view.generated
    notes = "".join(SOURCE.notes).replace(" ", "")
    claims = "".join(SOURCE.verdicts).replace(" ", "")
    own = "".join(view.notes).replace(" ", "")
    after = [notes, claims, *([own] if own else [])]
    assert words[-len(after) :] == after
    tail = parts[-len(after) :]
    drawn = [edges(s) for part in parts[: -len(after)] for s in part.shapes]
    low = max(ink.bottom for ink in drawn)
    gaps = []
    for part in tail:
        inks = [label_edges(label) for label in labels(part)]
        gaps.append(min(ink.top for ink in inks) - low)
        low = max(ink.bottom for ink in inks)
    assert min(gaps) > 3
    assert max(gaps[1:]) < 18
    head = max(label_edges(label).bottom for label in labels(parts[0]))
    key = list(draw_key(view, parts[0].bottom + 12))
    first = [edges(s).top for part in key for s in part.shapes]
    assert not first or 8 < min(first) - head < 30
    assert {s.size for s in labels(tail[0])} == {13}
    assert {(s.size, s.face) for s in labels(tail[1])} == {(14, "bold")}
    assert {s.colour for part in tail[:2] for s in labels(part)} == {INK}
    assert not own or {(s.size, s.colour) for s in labels(tail[2])} == {(12, SOFT)}


def test_a_head_holds_number_title_and_sentence() -> None:
    """The title beside the number, its further lines below its first; three at most."""
    for title, lines in (("Short", 1), ("Words of a title " * 8, 2), ("Long " * 80, 3)):
        source = FigureSource(12, "f", title, "s")
        part = picture_head(source, ("One sentence.",))
        number, *names, sentence = labels(part)
        assert number.text == "Figure 12"
        assert len(names) == lines
        assert {s.x for s in names} == {INSET + fonts.text_width("Figure 12", 18) + 10}
        assert names[0].y == number.y == INSET + 18
        assert {round(b.y - a.y, 3) for a, b in pairwise(names)} <= {23.4}
        for name in names:
            assert label_edges(name).right <= WIDTH - INSET
        assert sentence.text == "One sentence."
        assert label_edges(sentence).top - names[-1].y > 12
        assert part.bottom > sentence.y
    long = picture_head(BARE, ("w" * 399 + " ", "y" * 3))
    whole = picture_head(BARE, ("w" * 400,))
    assert text_of(long).endswith("w…")
    assert text_of(whole).count("w") == 400


@pytest.mark.parametrize("site", ["", "The site"])
@pytest.mark.parametrize("address", ["", "https://x.org/a/"])
def test_an_origin_is_told_below_a_line(site: str, address: str) -> None:
    """Study, name and site on one line, the address below where there is one."""
    source = FigureSource(1, "fig-x", "t", "Study", site, address)
    part = origin_part(source, 100)
    line = part.shapes[0]
    assert isinstance(line, Stroke)
    assert line.points == ((INSET, 100), (WIDTH - INSET, 100))
    texts = labels(part)
    assert texts[0].text == " · ".join(filter(None, ("Study", "fig-x", site)))
    assert [s.text for s in texts[1:]] == [address] * bool(address)
    assert 4 < label_edges(texts[0]).top - 100 < 14
    assert part.bottom - texts[-1].y < 8
    assert {s.size for s in texts} == {FINE}


@pytest.mark.parametrize("count", range(5))
def test_scales_stand_two_to_a_line(count: int) -> None:
    """The key's signs beside a single one, or below all of them."""
    view = SimpleNamespace(
        scale=None,
        scales=[Scale(1.0 + i, False, f"q{i}", "", "data") for i in range(count)],
        key_signs=lambda: [([Dot(14, 8, 4, INK)], "a sign")],
        below_key=lambda: ("below it all",),
    )
    *scales, signs, below = draw_key(view, 100)  # type: ignore[arg-type]
    places = [(labels(p)[0].x, labels(p)[0].y) for p in scales]
    assert len(places) == count
    for i, (x, y) in enumerate(places):
        assert x == INSET + i % 2 * ROOM / 2
        assert y == places[i - i % 2][1]
        assert i < 2 or y > scales[i - 2].bottom
    (dot,) = (s for s in signs.shapes if isinstance(s, Dot))
    low = max((p.bottom for p in scales), default=100)
    if count == 1:
        assert (dot.x, dot.y) == (INSET + ROOM / 2 + 14, 108)
    elif count % 2 and count > 1:
        assert dot.x == INSET + ROOM / 2 + 14
    else:
        assert dot.x == INSET + 14
        assert dot.y == low + 8 + 8 if count else dot.y == 108
    assert labels(below)[0].y > max(low, signs.bottom)


@pytest.mark.parametrize("kind", ["s", "d"])
def test_a_ramp_without_numbers_says_where_nothing_is(kind: str) -> None:
    """In the middle or at the left; its ends are named where they have a name."""
    names = ("for no", "for yes") if kind == "d" else ()
    part = named_ramp_part(kind, names, 50, 80)
    texts = {s.text: s for s in labels(part)}
    steps = [s for s in part.shapes if isinstance(s, Box)]
    assert steps[0].x == 50
    assert texts["0"].x == (50 + RAMP / 2 if kind == "d" else 50)
    assert texts["0"].anchor == ("middle" if kind == "d" else "start")
    assert ("end of the scale" in texts) == (kind == "s")
    if kind == "s":
        assert texts["end of the scale"].anchor == "end"
        assert texts["end of the scale"].x == pytest.approx(50 + RAMP)
        assert texts["end of the scale"].y == texts["0"].y
    else:
        assert texts["← for no"].y > texts["0"].y + 11
    top = label_edges(texts["0"]).top
    assert 2 < top - steps[0].y - steps[0].height < 8
    assert part.bottom >= max(s.y for s in texts.values())


@pytest.mark.parametrize("window", [0, *range(2, 60)])
@pytest.mark.parametrize("kind", [Scale, TokenScale])
def test_numbers_of_a_legend_do_not_touch(kind: Any, window: int) -> None:
    """Three pixels between any two; an even share is named where there is room."""
    for bound in (1.0, 0.5, 0.37):
        scale = kind(bound, False, "attention weight", "", "data", window=window)
        part = legend_part(scale, 50, 80)
        (title, *_), texts = labels(part), labels(part)[1 : 1 + len(scale.marks)]
        assert title.text == "attention weight"
        inks = [label_edges(s) for s in texts]
        for first, second in pairwise(inks):
            assert second.left - first.right > 2, (bound, texts)
        share = 1 / window / bound if window else 0
        strong = [m.at for m in scale.marks if m.strong]
        assert strong in ([], [pytest.approx(share)])
        if 0.15 < share < 0.3:
            assert strong
        if not strong:
            assert [m.at for m in scale.marks] == [0, 0.5, 1]


def test_a_legend_s_lines_stand_below_each_other() -> None:
    """Quantity, ramp, numbers, names of the ends, note: in this order, apart."""
    scale = Scale(3.2, True, "logit", "logits", "data", ends=("no", "yes"))
    part = legend_part(scale, 50, 80)
    title, *numbers, left, right, note = labels(part)
    assert (title.face, title.size) == ("bold", 12)
    assert [s.text for s in numbers] == ["−3.2", "0", "+3.2"]
    assert (left.text, right.text) == ("← no", "yes →")
    assert note.text.startswith("in logits; bound 3.2")
    ramp = next(edges(s) for s in part.shapes if isinstance(s, Box))
    levels = [label_edges(title), ramp, *map(label_edges, (numbers[0], left, note))]
    for upper, lower in pairwise(levels):
        assert 1.5 < lower.top - upper.bottom < 11
    flat = legend_part(Scale(1.0, False, "q", "", "flat"), 50, 80)
    assert [s.text for s in labels(flat)][1] == "all equal: nothing to shade"
    assert labels(flat)[1].y < numbers[0].y + 8
    assert part.bottom > note.y


def test_a_number_too_wide_for_the_line_begins_the_next() -> None:
    """What fits to the pixel stays; one that is wider than all is cut."""
    wide = fonts.text_width("w", FINE)
    letters = int((ROOM - 28) / 2 / wide)
    items = [Stat("w" * letters, "1"), Stat("w" * letters, "2"), Stat("w", "3")]
    first, _, second, _, third, _ = labels(stat_row(items, 0))
    assert first.y == second.y < third.y
    assert second.x == pytest.approx(first.x + letters * wide + 28)
    assert third.x == INSET
    part = stat_row([Stat("w" * 500, "9" * 500)], 0)
    assert [s.text[-1] for s in labels(part)] == ["…", "…"]
    for label in labels(part):
        assert label_edges(label).right <= WIDTH - INSET
    value, name = labels(stat_row([Stat("n", "v")], 40, 20))
    assert (value.size, value.y) == (20, 66)
    assert 0 < label_edges(value).top - 40 < 16
    assert name.colour == SOFT


K = DRAWN / 180
TICKS = (AxisTick(6, "low"), AxisTick(170, "high"))


@pytest.mark.parametrize(
    ("x", "anchor"), [(6, "start"), (60, "start"), (61, "middle"), (88, "middle"),
                      (115, "middle"), (116, "end"), (170, "end")],
)  # fmt: skip
def test_a_reference_s_name_leans_inwards(x: float, anchor: str) -> None:
    """Away from the nearer end, by thirds of the axis; a dashed line marks it."""
    part = axis_part(TICKS, AxisTick(x, "no effect"), 100, K, "a quantity")
    texts = {s.text: s for s in labels(part)}
    assert texts["no effect"].anchor == anchor
    assert texts["no effect"].x == BAR_LEFT + x * K
    assert texts["no effect"].y - texts["low"].y > FINE
    (mark,) = (s for s in part.shapes if isinstance(s, Stroke) and s.dashes)
    assert {place for place, _ in mark.points} == {BAR_LEFT + x * K}
    axis = next(s for s in part.shapes if isinstance(s, Stroke) and s.stroke == EDGE)
    assert mark.points[0][1] < axis.points[0][1] < mark.points[1][1]
    assert axis.points == ((BAR_LEFT + 6 * K, 105), (BAR_LEFT + 170 * K, 105))
    assert (texts["low"].anchor, texts["high"].anchor) == ("start", "end")
    assert texts["low"].x == axis.points[0][0]
    assert texts["high"].x == axis.points[1][0]
    assert texts["a quantity"].x == INSET
    for label in texts.values():
        assert label_edges(label).bottom <= part.bottom + 0.5
        assert label_edges(label).top > 105 or label.x == INSET
    bare = axis_part(TICKS, None, 100, K, "")
    assert bare.bottom < part.bottom
    assert not [s for s in bare.shapes if isinstance(s, Stroke) and s.dashes]


def row(**given: Any) -> EstimateWhisker:
    """An estimate's row."""
    told: dict[str, Any] = {
        "name": "a name", "role": "observed", "shape": "disc", "low": 40.0,
        "point": 60.0, "high": 90.0, "text": "0.06 [0.01, 0.1]", "n": "n = 96", "p": "",
    }  # fmt: skip
    return EstimateWhisker(**told | given)


@pytest.mark.parametrize("p", ["", "p = 0.2"])
@pytest.mark.parametrize("told", ["", "words of its own"])
def test_a_row_holds_name_drawing_and_numbers(p: str, told: str) -> None:
    """Side by side without touching, the drawing on one level, all below its line."""
    part = estimate_row(row(p=p), AxisTick(80, "0"), 100, K, role="a role", told=told)
    known = told or f"n = 96{', ' + p if p else ''}"
    assert [s.text for s in labels(part)] == [
        "a name", "a role", "0.06 [0.01, 0.1]", known
    ]  # fmt: skip
    name, role, numbers, below = labels(part)
    assert (name.x, role.x) == (INSET, INSET)
    assert (numbers.x, below.x) == (NUMBERS_LEFT, NUMBERS_LEFT)
    assert name.y == numbers.y
    assert role.y == below.y
    assert name.face == numbers.face == "bold"
    rule, axis, reference, whisker = (s for s in part.shapes if isinstance(s, Stroke))
    assert rule.points == ((INSET, 100), (INSET + ROOM, 100))
    level = axis.points[0][1]
    assert axis.points == ((BAR_LEFT + 6 * K, level), (BAR_LEFT + 170 * K, level))
    assert whisker.points == ((BAR_LEFT + 40 * K, level), (BAR_LEFT + 90 * K, level))
    (dot,) = (s for s in part.shapes if isinstance(s, Dot))
    assert (dot.x, dot.y) == (BAR_LEFT + 60 * K, level)
    assert name.y < level + 1 < role.y + 8
    assert reference.points[0][0] == reference.points[1][0] == BAR_LEFT + 80 * K
    assert 100 < reference.points[0][1] < level < reference.points[1][1] < part.bottom
    assert part.bottom - label_edges(below).bottom < 12
    assert INSET + NAME < BAR_LEFT < BAR_LEFT + 180 * K <= NUMBERS_LEFT
    assert NUMBERS_LEFT + WORDS == INSET + ROOM


def test_a_row_without_a_value_has_no_point() -> None:
    """Nor an interval; without a reference no dashed line; long names make it high."""
    part = estimate_row(row(point=None), None, 100, K, role="r")
    assert not [s for s in part.shapes if isinstance(s, Dot)]
    assert len([s for s in part.shapes if isinstance(s, Stroke)]) == 2
    tall = estimate_row(row(name="many words " * 9), None, 100, K, role="r")
    assert tall.bottom > part.bottom
    names = [s for s in labels(tall) if s.x == INSET and s.face == "bold"]
    assert len(names) == 3
    assert all(label_edges(s).right <= INSET + NAME for s in names)
    level = estimate_row(row(low=60.0, high=60.0), None, 100, K, role="r")
    assert len([s for s in level.shapes if isinstance(s, Stroke)]) == 2
    assert whisker_shapes(3, 3, 0) == []
    assert len(whisker_shapes(3, 3.1, 0)) == 1


@pytest.mark.parametrize("shape", ["disc", "square", "up", "down"])
def test_points_are_as_large_and_lie_about_their_place(shape: str) -> None:
    """Within five pixels to each side; what points up is filled, nulls are hollow."""
    (one,) = point_shapes(shape, 50, 80)
    ink = edges(one)
    assert (ink.left + ink.right) / 2 == 50
    assert (ink.top + ink.bottom) / 2 == pytest.approx(80, abs=0.6)
    assert 8 <= ink.right - ink.left <= 10
    assert 8 <= ink.bottom - ink.top <= 10
    assert one.fill == (PAPER if shape in {"square", "down"} else INK)
    if isinstance(one, Stroke):
        assert one.points[0] == one.points[-1]
        tip = one.points[0]
        assert tip == (50, ink.top if shape == "up" else ink.bottom)


def test_a_reported_mean_is_a_hollow_diamond() -> None:
    """Its corners lie straight above, below and beside its place."""
    (one,) = diamond_shapes(50, 80)
    assert isinstance(one, Stroke)
    assert set(one.points) == {(50, 74), (55, 80), (50, 86), (45, 80)}
    assert one.points[0] == one.points[-1]
    assert (one.fill, one.stroke) == (PAPER, INK)


def of(kind: str) -> list[str]:
    """The examples of a kind."""
    return [name for name in EVERY if kind_of(name) == kind]


@pytest.mark.parametrize("name", of("confusion"))
def test_names_and_sums_of_a_confusion_stand_at_their_lines(name: str) -> None:
    """Columns' names over their cells, rows' beside theirs, sums beyond both."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, ConfusionView)
    n = len(view.labels)
    cells = [s for s in one.shapes if isinstance(s, Box) and s.height >= 26]
    first, last = cells[0], cells[-1]
    step, high = first.width + 1, first.height
    assert 26 <= high <= 48
    assert step <= 110
    assert high == pytest.approx(min(48, max(26, 0.6 * step)))
    wide = max(fonts.text_width(s, 12) for s in (*view.labels, "precision"))
    left = INSET + min(HEAD, wide) + 12
    assert first.x == pytest.approx(left)
    assert [round(c.x, 3) for c in cells[:n]] == [
        round(left + j * step, 3) for j in range(n)
    ]
    (arrow,) = (s for s in lettered(one) if s.text == "predicted →")
    assert arrow.x == first.x
    right = last.x + last.width
    heads = [s for s in lettered(one) if s.text in {"all", "recall"} and s.y < first.y]
    beyond = sorted({s.x for s in heads})
    assert len(beyond) == 2
    assert {s.y for s in heads} == {first.y - 7}
    ends = [s for s in lettered(one) if s.x in beyond and s.y > first.y]
    assert len(ends) == 2 * n
    for i, total in enumerate(ends):
        ink = label_edges(total)
        assert ink.left > right
        assert total.y - 4 == pytest.approx(cells[i // 2 * n].y + high / 2, abs=0.1)
    below = [s for s in lettered(one) if s.text in {"all", "precision"} and s.x < left]
    assert [s.text for s in below] == ["all", "precision"]
    assert {(s.x, s.anchor) for s in below} == {(left - 12, "end")}
    assert below[1].y - below[0].y == 20
    low = last.y + last.height
    assert 4 < label_edges(below[0]).top - low < 12
    for label, sums in zip(below, (view.totals, view.precisions), strict=True):
        found = [s for s in lettered(one) if s.y == label.y and s is not label]
        assert [s.text for s in found] == list(sums)
        assert [s.x for s in found] == pytest.approx(
            [left + (j + 0.5) * step for j in range(n)]
        )
    over = [
        s for s in lettered(one)
        if s.size == 11 and arrow.y < s.y < first.y and s not in heads
    ]  # fmt: skip
    if any(s.turned for s in over):
        assert len(over) == n
        middles = [left + (j + 0.5) * step + 4 for j in range(n)]
        assert [s.x for s in over] == pytest.approx(middles)
        lows = [label_edges(s).bottom for s in over]
        assert all(2 < first.y - low < 12 for low in lows)
        assert min(label_edges(s).top for s in over) > arrow.y
    else:
        middles = [left + (j + 0.5) * step for j in range(n)]
        for label in over:
            assert min(abs(label.x - x) for x in middles) < 1e-6
        for label in over:
            assert label_edges(label).right - label_edges(label).left <= step - 4
        assert first.y - max(label_edges(s).bottom for s in over) < 14
    numbers = stat_words(one, low)
    assert numbers == [s for stat in view.stats for s in (stat.value, stat.name)]


def stat_words(one: Any, low: float) -> list[str]:
    """What is written below a matrix in the size of a number, and below that."""
    big = [s for s in lettered(one) if s.size == 16 and s.y > low]
    names = [s for s in lettered(one) if s.size == 11 and s.y == big[0].y + 15]
    return [s.text for pair in zip(big, names, strict=True) for s in pair]
