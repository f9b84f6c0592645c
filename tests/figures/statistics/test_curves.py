"""Curves as drawn: axes, grid, dots, names at ends, and the picture read from them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.artifacts import Curves
from generator.core.errors import FigureError
from generator.figures.export.curves import ZOOM, curve_part
from generator.figures.export.frame import INSET, ROOM
from generator.figures.export.shapes import (
    EDGE,
    INK,
    LINES,
    RULE,
    SOFT,
    Dot,
    Label,
    Stroke,
)
from generator.figures.formatting import phrase_text
from generator.figures.statistics import curve_drawing
from generator.figures.statistics.curve import Curve, describe_change
from generator.figures.statistics.curve_drawing import (
    DASHES,
    NEAR,
    SIZE,
    SVG,
    spread_labels,
    wrap_name,
)
from tests.figures import examples

HIGH = SIZE[1] * 72


def curves_of(points: int = 9, lines: int = 2, **given: Any) -> Curves:
    """Curves of so many lines over so many points."""
    x = np.arange(points, dtype=np.float32)
    y = np.stack([np.exp(-x / (3 + i)) * 3 + 0.1 * i for i in range(lines)])
    names = tuple(f"line {i}" for i in range(lines))
    return Curves(
        x=x, y=y.astype(np.float32), names=names,
        **{"x_label": "step", "y_label": "loss", "marked_x": None, "unit": ""} | given,
    )  # fmt: skip


def draw_curves(curves: Curves, **given: Any) -> tuple[ET.Element, list[Any]]:
    """The page's drawing, and the shapes of the picture."""
    view = Curve(figure="curve", artifact="a", **given).view(curves)
    return ET.fromstring(view.svg), curve_part(view.svg, 100).shapes  # noqa: S314 - ours


def of(shapes: list[Any], kind: Any, colour: str = "") -> list[Any]:
    """Shapes of a kind, in a colour."""
    return [
        s
        for s in shapes
        if isinstance(s, kind)
        and colour in {"", getattr(s, "stroke", ""), getattr(s, "colour", "")}
    ]


def flat(stroke: Stroke) -> bool:
    """Whether a line of two points lies along the horizontal axis."""
    return len(stroke.points) == 2 and stroke.points[0][1] == stroke.points[1][1]


@pytest.mark.parametrize("points", [2, 25, 26, 60])
def test_few_points_have_dots(points: int) -> None:
    """Up to 25 of a line, of the line's colour; beyond, they would touch."""
    _, shapes = draw_curves(curves_of(points))
    dots = of(shapes, Dot)
    assert len(dots) == (2 * points if points <= 25 else 0)
    assert {d.fill for d in dots} <= set(LINES[:2])
    assert {round(d.radius / ZOOM, 2) for d in dots} <= {2.2}
    for i in range(2):
        (line,) = (s for s in of(shapes, Stroke, LINES[i]) if len(s.points) == points)
        mine = [(d.x, d.y) for d in dots if d.fill == LINES[i]]
        assert mine == [] or np.allclose(mine, line.points, atol=0.02)


def test_lines_differ_in_colour_and_dashes() -> None:
    """Six of them; each keeps both in the picture, and twice as thick as a grid."""
    _, shapes = draw_curves(curves_of(12, 6))
    lines = [s for s in of(shapes, Stroke) if len(s.points) == 12]
    assert [s.stroke for s in lines] == list(LINES[:6])
    known = [tuple(2 * part for part in own) for own in DASHES]
    assert [s.dashes for s in lines] == known
    assert len({s.dashes for s in lines}) == 6
    assert {round(s.thick / ZOOM, 2) for s in lines} == {2}


def test_axis_grid_and_ticks_have_their_places() -> None:
    """One axis at the foot, the grid along it, ticks out of it at their numbers."""
    _, shapes = draw_curves(curves_of())
    (axis,) = (s for s in of(shapes, Stroke, EDGE) if flat(s))
    (left, low), (right, _) = sorted(axis.points)
    assert low == pytest.approx(100 + HIGH * ZOOM * (1 - 0.135), abs=0.1)
    assert (left - INSET) / ROOM == pytest.approx(0.095, abs=0.001)
    assert (right - INSET) / ROOM == pytest.approx(0.095 + 0.66, abs=0.001)
    grid = of(shapes, Stroke, RULE)
    assert len(grid) > 2
    for line in grid:
        assert flat(line)
        assert [x for x, _ in sorted(line.points)] == pytest.approx([left, right])
        assert line.points[0][1] <= low + 0.1
    ticks = [s for s in of(shapes, Stroke, EDGE) if not flat(s)]
    texts = [s for s in of(shapes, Label, SOFT) if s.text.isdigit() and s.y > low]
    assert [s.text for s in texts] == ["0", "2", "4", "6", "8"]
    assert len(ticks) == len(texts)
    for tick, text in zip(ticks, texts, strict=True):
        (x, top), (_, bottom) = sorted(tick.points)
        assert (top, bottom) == (pytest.approx(low), pytest.approx(low + 3 * ZOOM))
        assert (text.x, text.anchor) == (pytest.approx(x, abs=0.1), "middle")
        assert bottom < text.y - text.size * 0.7
    levels = [s for s in of(shapes, Label, SOFT) if s.anchor == "end"]
    assert len(levels) == len(grid)
    for line, text in zip(grid, levels, strict=True):
        assert text.x < left
        assert text.y - text.size * 0.36 == pytest.approx(line.points[0][1], abs=3)


def test_names_of_axes_stand_at_them() -> None:
    """The quantity with its unit over the axis, at its left; the other below."""
    _, shapes = draw_curves(curves_of(unit="nats"))
    (quantity,) = (s for s in of(shapes, Label) if s.text == "loss (nats)")
    (across,) = (s for s in of(shapes, Label) if s.text == "step")
    (axis,) = (s for s in of(shapes, Stroke, EDGE) if flat(s))
    left, right = sorted(x for x, _ in axis.points)
    assert quantity.x == pytest.approx(left, abs=0.1)
    assert quantity.y < min(y for s in of(shapes, Dot) for y in [s.y])
    assert across.x == pytest.approx((left + right) / 2, abs=0.5)
    assert across.anchor == "middle"
    assert across.y > max(s.y for s in of(shapes, Label) if s.text.isdigit())
    assert {quantity.size, across.size} == {9 * 1.4}
    _, bare = draw_curves(curves_of())
    assert "loss" in [s.text for s in of(bare, Label)]


def test_the_marked_place_is_an_upright_dashed_line() -> None:
    """At its value, from the foot to the head; none without a mark or with NaN."""
    _, shapes = draw_curves(curves_of(marked_x=6.0))
    (line,) = (s for s in of(shapes, Stroke, EDGE) if s.dashes)
    assert line.points[0][0] == pytest.approx(line.points[1][0])
    dots = [d for d in of(shapes, Dot) if d.fill == LINES[0]]
    assert line.points[0][0] == pytest.approx(dots[6].x, abs=0.1)
    for marked in (None, float("nan")):
        _, bare = draw_curves(curves_of(marked_x=marked))
        assert not [s for s in of(bare, Stroke, EDGE) if s.dashes]


def test_names_stand_at_the_ends_of_their_lines() -> None:
    """Right of the axis, level with the last value that is there, bold."""
    curves = curves_of()
    curves.y[1, 5:] = np.nan
    _, shapes = draw_curves(curves)
    for i, last in ((0, 8), (1, 4)):
        (name,) = (s for s in of(shapes, Label) if s.text == f"line {i}")
        dots = [d for d in of(shapes, Dot) if d.fill == LINES[i]]
        assert len(dots) == last + 1
        assert name.colour == LINES[i]
        assert name.face == "bold"
        (axis,) = (s for s in of(shapes, Stroke, EDGE) if flat(s))
        right = max(x for x, _ in axis.points)
        assert right < name.x < right + 25
        assert name.y - name.size * 0.36 == pytest.approx(dots[-1].y, abs=3)


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    """Its two parts are drawn, and nothing between them; all gone is not named."""
    curves = curves_of(12, 2)
    curves.y[0, 5] = np.nan
    curves.y[1] = np.nan
    _, shapes = draw_curves(curves)
    parts = [s for s in of(shapes, Stroke, LINES[0]) if not flat(s)]
    assert [len(s.points) for s in parts] == [5, 6]
    assert "line 1" not in [s.text for s in of(shapes, Label)]


@pytest.mark.parametrize("log", [False, True])
def test_a_logarithmic_axis_spreads_ratios_evenly(log: bool) -> None:
    """Ten times as much is one step up wherever it is; else the difference is."""
    curves = replace(curves_of(4, 1), y=np.array([[1, 10, 100, 1000]], np.float32))
    _, shapes = draw_curves(curves, log=log, low=1.0, high=1000.0)
    levels = [d.y for d in of(shapes, Dot)]
    steps = np.diff(levels)
    assert (np.ptp(steps) < 0.1) == log
    (axis,) = (s for s in of(shapes, Stroke, EDGE) if flat(s))
    assert levels[0] == pytest.approx(axis.points[0][1], abs=0.1)
    assert levels[-1] == pytest.approx(100 + HIGH * ZOOM * 0.075, abs=0.1)


@pytest.mark.parametrize(
    ("values", "known"),
    [((1, 3), ["1", "2", "3"]), ((0.001, 1), ["0.001", "0.01", "0.1", "1"])],
)
def test_numbers_of_a_logarithmic_axis_are_numbers(
    values: tuple[float, float], known: list[str]
) -> None:
    """Those between powers of ten where there are few powers; no formula's markup."""
    curves = replace(curves_of(2, 1), y=np.array([values], np.float32))
    _, shapes = draw_curves(curves, log=True)
    levels = [s.text for s in of(shapes, Label, SOFT) if s.anchor == "end"]
    assert levels == known


def test_the_drawing_is_plain_markup() -> None:
    """No size of its own, no unused name, two decimals, and the page's classes."""
    root, _ = draw_curves(curves_of(marked_x=6.0))
    assert root.attrib.keys() >= {"viewBox", "class"}
    assert not root.attrib.keys() & {"width", "height", "version"}
    assert root.get("aria-hidden") == "true"
    assert root.get("focusable") == "false"
    text = ET.tostring(root, encoding="unicode")
    ids = set(re.findall(r' id="([^"]+)"', text))
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    assert ids == used
    assert all(re.match(r"c[0-9a-f]{12}-", name) for name in ids)
    for element in root.iter():
        tag = element.tag.removeprefix(f"{{{SVG}}}")
        assert tag not in {"metadata", "style"}
        assert "style" not in element.attrib
        assert not re.search(r"\d\.\d\d\d", " ".join(element.attrib.values()))
        assert not re.search(r"\.\d?0(?!\d)|-0(?![.\d])", element.get("d", ""))
        assert not element.get("transform", "").startswith(("rotate(-0", "rotate(0"))
        if tag == "text":
            assert float(element.get("font-size", "9").removesuffix("px")) == 9
            assert element.get("font-family") is None
    papers = [e for e in root.iter() if e.get("fill") and not e.get("class")]
    assert {e.get("fill") for e in papers} <= {"none"}


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 2)), min_size=1, max_size=6))
def test_names_are_moved_apart_and_no_farther(ends: list[tuple[float, int]]) -> None:
    """They keep their order and distance below the head; one with room stays."""
    ends.sort()
    heights = [high for _, high in ends]
    placed = spread_labels([(at, i) for i, (at, _) in enumerate(ends)], heights)
    assert [i for _, i in placed] == list(range(len(ends)))
    assert max(at for at, _ in placed) <= 1
    needed = [NEAR * (a + b) / 2 for a, b in pairwise(heights)]
    for need, ((low, _), (high, _)) in zip(needed, pairwise(placed), strict=True):
        assert high - low >= need - 1e-9
    crowded = any(
        b[0] - a[0] < need for need, (a, b) in zip(needed, pairwise(ends), strict=True)
    )
    if not crowded:
        assert [at for at, _ in placed] == [at for at, _ in ends]


def test_crowded_names_push_up_until_the_head_and_then_down() -> None:
    """The lowest stays where all find room above it, else all end at the head."""
    assert spread_labels([(0.2, 0), (0.2, 1)], [1, 1]) == [(0.2, 0), (0.2 + NEAR, 1)]
    found = spread_labels([(1.0, 0), (1.0, 1), (1.0, 2)], [1, 2, 1])
    known = [1 - 3 * NEAR, 1 - 1.5 * NEAR, 1.0]
    assert [at for at, _ in found] == pytest.approx(known)


@pytest.mark.parametrize(
    ("name", "lines"),
    [("short", 1), ("nineteen letters xx", 1), ("twenty letters xx yz", 2),
     ("many words " * 9, 2), ("", 1), ("x" * 60, 2)],
)  # fmt: skip
def test_a_name_has_two_lines_at_most(name: str, lines: int) -> None:
    """Of 19 letters; what does not fit is cut with an ellipsis."""
    found = wrap_name(name).split("\n")
    assert len(found) == lines
    assert all(len(line) <= 19 for line in found)
    assert found[-1].endswith("…") == (len(name) > 38)


def test_a_curve_says_where_lines_begin_and_end() -> None:
    """Of the values there are; a line without any is left out, one point is a place."""
    view = Curve(figure="curve", artifact="a").view(examples.curves())
    told = phrase_text(view.summary)
    assert told.startswith("From epoch 0 to 8, training loss falls from 2.48 to ")
    assert "; held-out loss falls from 3.35 to " in told
    assert told.endswith(" (9 points).")
    alone = Curve(figure="curve", artifact="a").view(curves_of(1, 1))
    assert phrase_text(alone.summary).startswith("At step 0, line 0 is 3 (1 ")
    curves = curves_of(3, 2)
    curves.y[0] = np.nan
    half = Curve(figure="curve", artifact="a").view(curves)
    assert "line 0 " not in phrase_text(half.summary)


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ([1, 2, 2, 3], "rises from 1 to 3"),
        ([3, 2, 2, 1], "falls from 3 to 1"),
        ([1, 3, 2], "goes from 1 to 2"),
        ([3, 1, 2], "goes from 3 to 2"),
        ([2, 2, 2], "is 2"),
        ([2, 5, 2], "starts and ends at 2"),
    ],
)
def test_a_line_rises_or_falls_only_where_no_step_goes_back(
    line: list[float], change: str
) -> None:
    """A line that turns round on its way goes; one that does not move is."""
    assert describe_change(np.array(line, float)) == change


def test_lines_with_the_same_ends_are_told_apart_by_their_means() -> None:
    """All of deletion begin and end alike; the summary names the lowest and highest."""
    curves = curves_of(3, 3)
    curves.y[:] = [[4, 1, 0], [4, 2, 0], [4, 3, 0]]
    told = phrase_text(Curve(figure="curve", artifact="a").view(curves).summary)
    assert "all lines go from 4 to 0; on average, line 0 is lowest, 1.67, and " in told
    assert "line 2 highest, 2.33" in told


def test_lines_are_chosen_by_name_up_to_six() -> None:
    """In the author's order; more than can be told apart are refused, and no line."""
    curves = curves_of(4, 7)
    view = Curve(figure="curve", artifact="a", curves=("line 5", "line 1")).view(curves)
    assert [line.name for line in view.lines] == ["line 5", "line 1"]
    assert [line.css for line in view.lines] == ["line-0", "line-1"]
    assert view.tables[0].head == ("step", "line 5", "line 1")
    assert view.beside
    signs = view.key_signs()
    assert [name for _, name in signs] == ["line 5", "line 1"]
    for i, (shapes, _) in enumerate(signs):
        (stroke,) = shapes
        assert isinstance(stroke, Stroke)
        assert (stroke.stroke, stroke.thick) == (LINES[i], 2)
        assert stroke.points == ((0, 8), (30, 8))
        assert stroke.dashes == DASHES[i]
    six = replace(curves, y=curves.y[:6], names=curves.names[:6])
    assert len(Curve(figure="curve", artifact="a").view(six).lines) == 6
    with pytest.raises(FigureError, match="7 lines cannot be told apart; at most 6"):
        Curve(figure="curve", artifact="a").view(curves)
    nothing = replace(curves, x=curves.x[:0], y=curves.y[:, :0])
    with pytest.raises(FigureError):
        Curve(figure="curve", artifact="a").view(nothing)


def test_colourless_text_is_ink() -> None:
    """What matplotlib writes without a class of ours is still read."""
    svg = (
        f'<svg xmlns="{SVG}" viewBox="0 0 10 50"><g transform="translate(2 3)">'
        '<g transform="translate(-1 -1)"><text x="4" y="5">a</text></g>'
        '<text text-anchor="end" font-size="10px" class="tick-text">b</text>'
        '<path d="M 0 0 L 1 1" /><path class="tick" d="M 0 0 L 4 0 M 5 0 L 6 0" />'
        "</g></svg>"
    )
    part = curve_part(svg, 7)
    first, second = of(part.shapes, Label)
    assert (first.text, first.colour, first.anchor) == ("a", INK, "start")
    assert (first.x, first.y) == pytest.approx((INSET + 5 * ZOOM, 7 + 7 * ZOOM))
    assert (second.colour, second.anchor, second.size) == (SOFT, "end", 14)
    assert first.size == 9 * 1.4
    lines = of(part.shapes, Stroke)
    assert [len(s.points) for s in lines] == [2, 2]
    assert {s.thick for s in lines} == {1}
    assert part.bottom == pytest.approx(7 + 50 * ZOOM)


def test_drawings_are_remembered_up_to_so_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that was drawn is not drawn again, and memory holds no more than the most."""
    monkeypatch.setattr(curve_drawing, "_DRAWINGS", {})
    monkeypatch.setattr(curve_drawing, "MOST_DRAWINGS", 2)
    drawn_: list[object] = []
    monkeypatch.setattr(
        curve_drawing, "draw_curves", lambda **given: drawn_.append(given) or "<svg/>"
    )
    for number in (1, 1, 2, 2, 1, 3, 3):
        curve_drawing.draw_once(x=np.arange(number), salt="s")
        assert len(curve_drawing._DRAWINGS) <= 2
    assert len(drawn_) == 3
