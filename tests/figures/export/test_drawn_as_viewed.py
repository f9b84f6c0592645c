"""What a picture draws equals its view: lengths, places, marks, keys and legends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import pytest

from generator.core.tokens import Token
from generator.figures.export import chips, fonts
from generator.figures.export.frame import INSET, RAMP, ROOM, legend_part
from generator.figures.export.layouts import draw_figure
from generator.figures.export.shapes import (
    EDGE,
    INK,
    PAPER,
    SOFT,
    Box,
    Dot,
    Label,
    Picture,
    Shape,
    Stroke,
    fill_colour,
)
from generator.figures.features.feature_scores import FeaturesView
from generator.figures.features.quiver import SIDE, QuiverView
from generator.figures.formatting import display_token
from generator.figures.scales import Scale, TokenScale
from generator.figures.statistics.estimates import EstimatesView
from generator.figures.statistics.violins import ViolinsView
from generator.figures.text.bars import BarsView
from generator.figures.token_chips import TokenChip
from tests.figures.export.figures import EVERY, SOURCE, kind_of, view_of

T = TypeVar("T")


def of(kind: str) -> list[str]:
    """The examples of a kind of figure."""
    return [name for name in EVERY if kind_of(name) == kind]


@cache
def draw_example(name: str) -> Picture:
    """An example's picture."""
    return draw_figure(view_of(name), SOURCE)


def all_of(one: Picture, kind: type[T]) -> list[T]:
    """The shapes of a kind, in their order."""
    return [shape for shape in one.shapes if isinstance(shape, kind)]


def labels(one: Picture, text: str) -> list[Label]:
    """The lines of text that say this."""
    return [label for label in all_of(one, Label) if label.text == text]


def close(first: object, second: object, away: float = 0.06) -> bool:
    """Whether places are the same."""
    return bool(np.allclose(np.ravel(first), np.ravel(second), atol=away))  # type: ignore[arg-type]


def upright(one: Picture, colour: str = "") -> Iterator[tuple[float, float, float]]:
    """Upright lines: their place, their top and their bottom."""
    for shape in all_of(one, Stroke):
        if len(shape.points) == 2 and shape.points[0][0] == shape.points[1][0]:
            (x, top), (_, bottom) = sorted(shape.points)
            if not colour or shape.stroke == colour:
                yield x, top, bottom


@pytest.mark.parametrize("name", of("bars"))
def test_bars_begin_at_one_line_and_are_as_long_as_their_view(name: str) -> None:
    """In hundredths of the axis between its ends; the 0 stands below that line."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, BarsView)
    if not view.bars:
        return
    first, last = (labels(one, text)[-1] for text in view.ends)
    left, k = first.x, (last.x - first.x) / 100
    assert (first.anchor, last.anchor) == ("start", "end")
    zero = left + view.zero * k
    lines = [(top, bottom) for x, top, bottom in upright(one) if close(x, zero)]
    assert len(lines) == len(view.bars)
    tall = sorted(lines)
    assert all(b > a for (_, a), (_, b) in pairwise(tall))
    if view.scale and view.scale.signed:
        assert any(close(label.x, zero) for label in labels(one, "0"))
    boxes = {(round(b.x, 3), round(b.width, 3), b.fill) for b in all_of(one, Box)}
    numbers = [s for s in all_of(one, Label) if s.x == INSET + ROOM and s.size == 12]
    assert [label.text for label in numbers] == [
        b.word.numeral or "–" for b in view.bars
    ]
    whiskers = [s for s in all_of(one, Stroke) if s.thick == 2 and s.stroke == INK]
    for bar, (top, bottom), number in zip(view.bars, tall, numbers, strict=True):
        assert top < number.y < bottom, "a number stands in its row"
        if bar.css and bar.width:
            box = (
                round(left + bar.left * k, 3),
                round(bar.width * k, 3),
                fill_colour(bar.css),
            )
            assert box in boxes
        if bar.line:
            ends = left + bar.line[0] * k, left + bar.line[1] * k
            own = [w for w in whiskers if top < w.points[0][1] < bottom]
            assert [[x for x, _ in w.points] for w in own] == [pytest.approx(ends)]


@pytest.mark.parametrize("name", of("quiver"))
def test_arrows_lie_in_their_field_as_viewed(name: str) -> None:
    """Shafts, heads, dots, boundaries, ticks and the printed size, from one corner."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, QuiverView)
    (field,) = (b for b in all_of(one, Box) if b.width == b.height == SIDE)
    x, y = field.x, field.y

    def at(place: tuple[float, float]) -> tuple[float, float]:
        return round(x + place[0], 6), round(y + place[1], 6)

    lines = [tuple((round(a, 6), round(b, 6)) for a, b in s.points)
             for s in all_of(one, Stroke)]  # fmt: skip
    dots = {(round(d.x, 6), round(d.y, 6)) for d in all_of(one, Dot)}
    for arrow in view.arrows:
        if arrow.is_dot:
            assert at((arrow.x, arrow.y)) in dots
            continue
        tip = arrow.x + arrow.dx, arrow.y + arrow.dy
        assert (at((arrow.x, arrow.y)), at(tip)) in lines
        for dx, dy in arrow.head:
            assert (at(tip), at((tip[0] + dx, tip[1] + dy))) in lines
    for boundary in (*view.model, *([view.truth] if view.truth else [])):
        assert tuple(map(at, boundary)) in lines
    dashed = [s for s in all_of(one, Stroke) if s.dashes and len(s.points) > 2]
    assert len(dashed) == bool(view.truth)
    for place, text in view.axes[0].ticks:
        assert any(close((s.x, s.anchor == "middle"), (x + place, 1))
                   and s.y > y + SIDE for s in labels(one, text))  # fmt: skip
    for place, text in view.axes[1].ticks:
        assert any(close(s.y - 4, y + SIDE - place) and s.x < x and s.anchor == "end"
                   for s in labels(one, text))  # fmt: skip
    long = [s[1][0] - s[0][0] for s in lines if len(s) == 2 and close(s[0][0], x, 1e-6)
            and s[0][1] == s[1][1] < y]  # fmt: skip
    assert close(long, [view.bar])
    assert labels(one, view.size)


@pytest.mark.parametrize("name", of("features"))
def test_pixels_and_bars_of_features_are_those_of_the_view(name: str) -> None:
    """A pixel lies at its row and column, in its colour; a bar has its length."""
    view, one = view_of(name), draw_example(name)
    assert isinstance(view, FeaturesView)
    boxes = [b for b in all_of(one, Box) if b.fill]
    if view.columns:
        for panel in view.panels:
            places = [(p.x, p.y, fill_colour(p.css), p.marked) for p in panel.pixels]
            size = next(b.width for b in boxes if b.width == b.height and b.x > INSET)
            run = [b for b in boxes if b.width == size]
            first = boxes.index(run[0])
            own = boxes[first : first + len(places)]
            boxes = boxes[first + len(places) :]
            found = [
                (round((b.x - own[0].x) / (size + 1)) + places[0][0],
                 round((b.y - own[0].y) / (size + 1)) + places[0][1],
                 b.fill, b.stroke == INK)
                for b in own
            ]  # fmt: skip
            assert found == places
        return
    bars = [b for b in boxes if b.height == 12 and b.stroke == EDGE]
    viewed = [bar for panel in view.panels for bar in panel.bars]
    assert len(bars) == len(viewed)
    unit = max(b.width / v.width for b, v in zip(bars, viewed, strict=True) if v.width)
    for panel_bars in np.split(np.arange(len(bars)), len(view.panels)):
        zero = {
            round(bars[i].x + (view.zero - viewed[i].left) * unit, 3)
            for i in panel_bars
        }
        assert len(zero) == 1
        assert any(close(x, zero.copy().pop()) for x, *_ in upright(one, EDGE))
    for bar, own in zip(bars, viewed, strict=True):
        assert bar.width == pytest.approx(own.width * unit)
        assert bar.fill == fill_colour(own.css)
        assert any(s.y == pytest.approx(bar.y + 10) for s in labels(one, own.text))


@pytest.mark.parametrize("name", [*of("estimates"), *of("violins")])
def test_intervals_and_points_stand_where_the_axis_says(name: str) -> None:
    """By the axis below them, whose ends are printed at its ends."""
    view, one = view_of(name), draw_example(name)
    rows: Any
    if isinstance(view, EstimatesView):
        ticks, rows = view.ticks, view.whiskers
    else:
        assert isinstance(view, ViolinsView)
        ticks, rows = view.axis, view.violins
    axis = [s for s in all_of(one, Stroke) if s.stroke == EDGE and len(s.points) == 2
            and s.points[0][1] == s.points[1][1]][-1]  # fmt: skip
    (left, low), (right, _) = axis.points
    k = (right - left) / (ticks[-1].x - ticks[0].x)

    def place(x: float) -> float:
        return left + (x - ticks[0].x) * k

    for tick, anchor in ((ticks[0], "start"), (ticks[-1], "end")):
        below = [s for s in labels(one, tick.text) if s.y > low and s.anchor == anchor]
        assert any(close(s.x, place(tick.x)) for s in below)
    thick = [s for s in all_of(one, Stroke) if s.thick == 2.5]
    wide = [row for row in rows if row.point is not None and row.high > row.low]
    assert len(thick) >= len(wide)
    found = [tuple(x for x, _ in s.points) for s in thick[-len(wide) :]] if wide else []
    assert close(found, [(place(row.low), place(row.high)) for row in wide])
    centres = [centre(s) for s in one.shapes]
    for row in rows:
        if row.point is not None:
            assert any(c and close(c[0], place(row.point), 0.3) for c in centres)
    if view.reference:
        at = place(view.reference.x)
        lines = [t for x, t, b in upright(one, INK) if close(x, at) and t < low]
        assert len(lines) >= len(rows)
        said = labels(one, view.reference.text)
        assert not said or close(said[0].x, at)


def centre(shape: Shape) -> tuple[float, float] | None:
    """The middle of a point, whatever its shape; None for what is none."""
    if isinstance(shape, Dot):
        return shape.x, shape.y
    if isinstance(shape, Box) and shape.width == shape.height == 8:
        return shape.x + 4, shape.y + 4
    if isinstance(shape, Stroke) and len(shape.points) in {4, 5} and shape.fill:
        xs, ys = zip(*shape.points, strict=True)
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return None


SCALES = [
    Scale(1.0, False, "attention weight", "", "fixed", window=40),
    Scale(3.2, True, "logit", "logits", "data"),
    TokenScale(0.8, False, "attention weight", "", "data", window=5),
    TokenScale(0.8, False, "attention weight", "", "data", window=2),
    TokenScale(0.8, False, "attention weight", "", "data", window=200),
    TokenScale(0.3, True, "score", "nats", "data", ends=("for no", "for yes")),
]


@pytest.mark.parametrize("scale", SCALES)
def test_a_legend_s_marks_lie_on_the_colours_that_they_name(scale: Scale) -> None:
    """A tick stands within the step of the ramp that its value is drawn in."""
    part = legend_part(scale, 50, 80)
    steps = [s for s in part.shapes if isinstance(s, Box)]
    assert len(steps) == 33
    assert steps[-1].x + steps[-1].width == pytest.approx(50 + RAMP)
    kind = "d" if scale.signed else "s"
    assert [s.fill for s in steps] == [fill_colour(f"{kind}{i}") for i in range(33)]
    ticks = [s for s in part.shapes if isinstance(s, Stroke)][1:]
    texts = [s for s in part.shapes if isinstance(s, Label)][1:]
    assert len(ticks) == len(scale.marks)
    for mark, tick, label in zip(scale.marks, ticks, texts, strict=False):
        assert label.text == mark.text
        low, high = (-scale.bound if scale.signed else 0.0), scale.bound
        step = steps[int(scale.shade(low + mark.at * (high - low))[1:])]
        x = tick.points[0][0]
        assert step.x - 0.2 <= x <= step.x + step.width + 0.2
        if label.anchor == "middle":
            assert label.x == x
        else:
            assert label.x in {50, 50 + RAMP}
        assert tick.points[1][1] > step.y + step.height
        assert (tick.points[0][1] < step.y + step.height) == mark.strong
        assert (tick.stroke == INK) == mark.strong


@pytest.mark.parametrize("window", [0, 2, 3, 5, 9, 200])
@pytest.mark.parametrize("bound", [0.5, 0.52, 0.9, 1.0])
def test_a_scale_of_sizes_names_its_middle_and_an_even_share(
    window: int, bound: float
) -> None:
    """Each number stands at its share of the bound, and none too near to another."""
    scale = TokenScale(bound, False, "attention weight", "", "data", window=window)
    marks = scale.marks
    assert [m.at for m in marks] == sorted(m.at for m in marks)
    assert (marks[0].text, marks[0].at, marks[-1].at) == ("0", 0, 1)
    for mark in marks:
        assert float(mark.text) == pytest.approx(mark.at * bound, rel=0.05)
    share = 1 / window / bound if window else 0
    assert any(m.strong for m in marks) == (0.14 < share < 0.86)
    middle = any(m.at == 0.5 and not m.strong for m in marks)
    assert middle == (not 0.14 < share < 0.86 or abs(share - 0.5) > 0.16)
    gaps = np.diff([m.at for m in marks])
    assert gaps.min() >= 0.14


def chip(css: str, text: str = "word", numeral: str = "0.5") -> TokenChip:
    """A token with these classes."""
    return TokenChip(
        token=display_token(Token(text)), css=css, numeral=numeral, key="1"
    )


@pytest.mark.parametrize(
    "css",
    ["condition", "unknown", "uncertain", "key", "possible", "hypothesis", "pad", ""],
)
def test_a_key_s_sign_looks_as_what_it_explains(css: str) -> None:
    """The same letters, typeface and colours as a chip of its class."""
    shapes = chips.sample_shapes(css, "word")
    (label,) = (s for s in shapes if isinstance(s, Label))
    one = chip(css)
    known = next(s for s in chips.chip_shapes(one, 0, 0, 60) if isinstance(s, Label))
    assert (label.text, label.face) == (known.text, known.face)
    assert (label.colour, label.on) == (known.colour, known.on)
    wide = fonts.text_width(label.text, label.size, label.face)
    box = shapes[0]
    assert isinstance(box, Box)
    assert label.x == pytest.approx(box.x + box.width / 2)
    assert 0 < box.width - wide < 12
    lines = [s for s in shapes if isinstance(s, Stroke)]
    assert len(lines) == (css in {"uncertain", "hypothesis"})
    edges = [s for s in shapes[1:] if isinstance(s, Box)]
    assert [s.dashed for s in edges] == (
        [css != "key"] if css in {"key", "pad", "possible"} else []
    )


@pytest.mark.parametrize("bare", [False, True])
def test_chips_flow_in_lines_without_touching(bare: bool) -> None:
    """Each is as wide as its letters need, and none leaves the paper."""
    many = [chip("s4", "w" * (1 + i % 9), f"{i}") for i in range(60)]
    part = chips.flow_chips(many, 100, bare=bare)
    boxes = [s for s in part.shapes if isinstance(s, Box)]
    assert len(boxes) == len(many)
    rows = sorted({b.y for b in boxes})
    assert len(rows) > 1
    high = chips.LOW if bare else chips.HIGH
    assert np.diff(rows).min() > high
    assert part.bottom == rows[-1] + high
    letters = [s for s in part.shapes if isinstance(s, Label) and s.size == 14]
    for box, label, one in zip(boxes, letters, many, strict=True):
        wide = fonts.text_width(label.text, 14, label.face)
        assert label.text == one.token.short
        assert label.x == box.x + box.width / 2
        assert box.width >= wide + 8
        assert box.y < label.y < box.y + box.height
        assert INSET <= box.x <= box.x + box.width <= INSET + ROOM
    for row in rows:
        line = [b for b in boxes if b.y == row]
        assert line[0].x == INSET
        assert all(a.x + a.width < b.x for a, b in pairwise(line))
    assert chips.flow_chips([], 7).bottom == 7


def test_marks_of_a_chip_are_drawn() -> None:
    """Outlines, dots below, folded padding and the ink of tokens out of the window."""

    def edges(css: str, kind: Any = "word") -> list[Box]:
        token = display_token(Token("word", kind))
        one = TokenChip(token=token, css=css, numeral="", key="1")
        shapes = chips.chip_shapes(one, 10, 20, 60)
        return [s for s in shapes if isinstance(s, Box) and s.stroke]

    assert [(b.thick, b.dashed) for b in edges("target")] == [(2, False)]
    assert [(b.thick, b.dashed) for b in edges("key")] == [(1.5, False)]
    assert [(b.stroke, b.dashed) for b in edges("", "pad")] == [(EDGE, True)]
    assert edges("s3") == []
    assert chips.text_colour({"condition"}, INK) == PAPER
    assert chips.text_colour({"out"}, "") == chips.text_colour({"later"}, "") == SOFT
    assert chips.text_colour(set(), "") == INK
    (dots,) = (s for s in chips.chip_shapes(chip("uncertain"), 10, 20, 60)
               if isinstance(s, Stroke))  # fmt: skip
    assert dots.dashes
    assert sum(x for x, _ in dots.points) / 2 == 10 + 60 / 2
