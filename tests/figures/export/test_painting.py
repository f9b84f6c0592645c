"""Shapes as pixels and as XML: where they were put, as large, in their colours."""

from __future__ import annotations

import io
import math
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from generator.figures.export import fonts
from generator.figures.export.png import (
    FULL,
    SEEN,
    SOFT,
    Canvas,
    mix_colours,
    nearest_colour,
    parse_colour,
    png,
    shade_table,
    split_dashes,
    visual_order,
)
from generator.figures.export.shapes import (
    PAPER,
    Box,
    Dot,
    Label,
    Picture,
    Shape,
    Stroke,
)
from generator.figures.export.svg import format_coordinate, svg
from tests.figures.export.figures import EVERY, SOURCE, view_of

INK, RED = "#102030", "#c02040"
SIZE = 40
Pixels = NDArray[Any]


def painted(*shapes: Shape) -> Pixels:
    """Pixels of shapes, two to each of the page's, (rows, columns, 3)."""
    content = png(Picture(SIZE, SIZE, shapes, "", ""))
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def covered(pixels: Pixels, colour: str = INK) -> Pixels:
    """How much of each pixel a colour covers, from 0 to 1, on bare paper."""
    paper, ink = np.array(parse_colour(PAPER)), np.array(parse_colour(colour))
    return (pixels - paper) @ (ink - paper) / ((ink - paper) @ (ink - paper))


def middle(cover: Pixels) -> tuple[float, float]:
    """The centre of what is covered, in the page's pixels."""
    rows, columns = np.indices(cover.shape) + 0.5
    total = cover.sum()
    return (columns * cover).sum() / total / 2, (rows * cover).sum() / total / 2


@pytest.mark.parametrize(
    ("x", "y", "wide", "high"),
    [
        (3, 5, 10, 7),
        (0, 0, 40, 40),
        (3.5, 5.5, 1, 1),
        (7, 7, 0.5, 20),
        (2, 2, 1.5, 0.5),
    ],
)
def test_a_box_fills_its_pixels_and_no_other(
    x: float, y: float, wide: float, high: float
) -> None:
    """From its left and top up to its right and bottom, a half pixel too."""
    known = np.zeros((2 * SIZE, 2 * SIZE))
    known[int(2 * y) : int(2 * (y + high)), int(2 * x) : int(2 * (x + wide))] = 1
    np.testing.assert_array_equal(covered(painted(Box(x, y, wide, high, INK))), known)


def test_a_box_of_no_size_is_not_there() -> None:
    """Neither without a width nor without a height."""
    assert not covered(painted(Box(5, 5, 0, 9, INK), Box(5, 5, 9, 0, INK))).any()


@pytest.mark.parametrize("thick", [0.5, 1.0, 1.5, 2.0])
def test_an_edge_lies_inside_its_box(thick: float) -> None:
    """It is as thick as it says, and what it encloses keeps its fill."""
    pixels = painted(Box(4, 6, 20, 10, RED, INK, thick))
    wide = int(2 * thick)
    outer, inner = np.zeros((80, 80)), np.zeros((80, 80))
    outer[12:32, 8:48] = 1
    inner[12 + wide : 32 - wide, 8 + wide : 48 - wide] = 1
    np.testing.assert_array_equal(
        (pixels == parse_colour(INK)).all(2), outer - inner == 1
    )
    np.testing.assert_array_equal((pixels == parse_colour(RED)).all(2), inner == 1)


def test_a_dashed_edge_has_gaps_and_stays_inside() -> None:
    """Three on and two off all around, over the fill."""
    pixels = painted(Box(5, 5, 25, 20, RED, INK, 1.0, dashed=True))
    ink = (pixels == parse_colour(INK)).all(2)
    assert ink[10:12, 10:60].all(0).mean() == pytest.approx(0.6, abs=0.06)
    assert not ink[12:48, 12:58].any()
    assert not ink[:10].any()
    assert not ink[:, 60:].any()
    for side in (ink[10:12, 10:60], ink[48:50, 10:60], ink[10:50, 10:12].T,
                 ink[10:50, 58:60].T):  # fmt: skip
        assert 0.4 < side.all(0).mean() < 0.8


@pytest.mark.parametrize("thick", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("upright", [False, True])
def test_a_line_along_an_axis_is_sharp(thick: float, upright: bool) -> None:
    """Its middle is its place, whichever end it begins at, and its width its own."""
    ends = ((5.0, 12.0), (30.0, 12.0))
    if upright:
        ends = ((12.0, 5.0), (12.0, 30.0))
    first = covered(painted(Stroke(ends, INK, thick)))
    np.testing.assert_array_equal(
        first, covered(painted(Stroke(ends[::-1], INK, thick)))
    )
    cover = first.T if upright else first
    assert set(np.unique(cover)) == {0, 1}
    assert cover.any(0).nonzero()[0].tolist() == list(range(10, 60))
    assert cover.any(1).sum() == 2 * thick
    across, along = middle(cover.T)
    assert along == pytest.approx(17.5)
    assert across == pytest.approx(12, abs=0.26)


@pytest.mark.parametrize("thick", [1.0, 2.0, 3.0])
def test_a_slanting_line_covers_its_length_times_its_width(thick: float) -> None:
    """Softly, around its middle, near its ends and nowhere else."""
    ends = ((6.0, 8.0), (30.0, 20.0))
    cover = covered(painted(Stroke(ends, INK, thick)))
    long = math.dist(*ends)
    assert cover.sum() / 4 == pytest.approx(thick * long, rel=0.25, abs=4)
    assert middle(cover) == pytest.approx((18, 14), abs=0.4)
    assert ((cover > 0.1) & (cover < 0.9)).any()
    rows, columns = (np.indices(cover.shape) + 0.5) / 2
    across = abs((columns - 6) * 12 - (rows - 8) * 24) / long
    assert not cover[across > thick / 2 + 1].any()
    assert not cover[:, : 2 * 4].any()
    assert not cover[:, 2 * 32 :].any()


def test_a_closed_line_is_filled() -> None:
    """Its inside has the fill, its edge the stroke; without a stroke it has no edge."""
    corners = ((10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0), (10.0, 10.0))
    pixels = painted(Stroke(corners, INK, 1.0, (), RED))
    assert (pixels[22:58, 22:58] == parse_colour(RED)).all()
    assert (pixels[20, 24:56] == parse_colour(INK)).all()
    bare = painted(Stroke(corners, "", 1.0, (), RED))
    assert not (bare == parse_colour(INK)).all(2).any()
    assert (bare[22:58, 22:58] == parse_colour(RED)).all()


@pytest.mark.parametrize("radius", [1.5, 4.0, 7.5])
def test_a_dot_is_a_circle_about_its_place(radius: float) -> None:
    """As large as its radius; with an edge, the edge lies on it."""
    cover = covered(painted(Dot(17, 21.5, radius, INK)))
    assert cover.sum() / 4 == pytest.approx(math.pi * radius**2, rel=0.2)
    assert middle(cover) == pytest.approx((17, 21.5), abs=0.2)
    edged = painted(Dot(17, 21.5, radius + 3, RED, INK, 2.0))
    ink = (edged == parse_colour(INK)).all(2)
    red = (edged == parse_colour(RED)).all(2)
    rows, columns = (np.indices(ink.shape) + 0.5) / 2
    away = np.hypot(columns - 17, rows - 21.5)
    assert abs(away[ink] - radius - 3).max() < 1.5
    assert away[red].max() < radius + 3
    assert red.sum() / 4 == pytest.approx(math.pi * (radius + 2) ** 2, rel=0.3)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("anchor", "share"), [("start", 0), ("middle", 0.5), ("end", 1)]
)
def test_letters_stand_on_their_line(anchor: Any, share: float, turned: bool) -> None:
    """Beginning, in the middle of, or ending at their place, upwards where turned."""
    text, size = "HHH", 10.0
    label = Label(20, 20, text, size, INK, "mono", anchor, PAPER, turned)
    cover = covered(painted(label))
    rows, columns = (cover > 0.3).nonzero()
    left, right = columns.min() / 2, (columns.max() + 1) / 2
    top, bottom = rows.min() / 2, (rows.max() + 1) / 2
    wide = fonts.text_width(text, size, "mono")
    assert (bottom - top, right - left) == pytest.approx(
        (wide, size * 0.73) if turned else (size * 0.73, wide), abs=2.2
    )
    if turned:
        assert right == pytest.approx(20, abs=1)
        assert (top + bottom) / 2 == pytest.approx(20 + wide * (share - 0.5), abs=1)
    else:
        assert bottom == pytest.approx(20, abs=1)
        assert (left + right) / 2 == pytest.approx(20 + wide * (0.5 - share), abs=1)


def test_letters_have_soft_edges_of_what_they_lie_on() -> None:
    """Between their colour and the one they say is behind them, in four steps."""
    pixels = painted(Box(0, 0, 40, 40, RED), Label(4, 20, "So", 18, INK, on=RED))
    found = {tuple(map(int, one)) for one in pixels.reshape(-1, 3)}
    known = {parse_colour(mix_colours(RED, INK, k / 4)) for k in range(5)}
    assert found == known


def test_a_full_palette_takes_the_nearest_colour() -> None:
    """A picture holds at most so many colours, and no other is far from its own."""
    canvas = Canvas(4, 4, 1)
    for k in range(FULL + 40):
        place = canvas.index(f"#{k % 256:02x}{k // 256:02x}00")
        assert place < FULL
    known = {f"#{k:02x}0000": k for k in range(0, 256, 10)}
    assert nearest_colour("#1f0000", known) == "#1e0000"
    assert canvas.index("#0a0102") == canvas.index("#0a0000")


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=5,
             unique=True),
    st.lists(st.integers(1, 9), min_size=2, max_size=4),
)  # fmt: skip
def test_dashes_are_as_long_as_they_say(
    points: list[tuple[float, float]], dashes: list[float]
) -> None:
    """Around corners too: what is drawn is every second part of the whole length."""
    whole = sum(math.dist(a, b) for a, b in pairwise(points))
    pattern = dashes if len(dashes) % 2 == 0 else dashes * 2
    cuts = np.cumsum([0, *pattern * int(whole // sum(pattern) + 1)])
    on = [
        (min(a, whole), min(b, whole))
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    runs = [list(run) for run in split_dashes(tuple(points), tuple(pattern))]
    long = [sum(math.dist(a, b) for a, b in pairwise(run)) for run in runs]
    assert sum(long) == pytest.approx(sum(b - a for a, b in on), abs=1e-6)
    assert runs[0][0] == points[0]
    assert list(split_dashes(tuple(points), ())) == [points]


def test_what_is_read_from_the_right_is_turned_round() -> None:
    """Runs of such letters alone, their marks with them."""
    assert visual_order("abc") == "abc"
    assert visual_order("a שלום b") == "a םולש b"
    assert visual_order("שָל") == "ל" + "ָ" + "ש"
    assert visual_order("é ü") == "é ü"


@given(st.floats(-1e4, 1e4))
def test_numbers_of_xml_are_hundredths(value: float) -> None:
    """No zeros after them, no minus before a zero, and within half a hundredth."""
    text = format_coordinate(value)
    assert float(text) == pytest.approx(value, abs=0.005001)
    assert re.fullmatch(r"-?\d+(\.\d?[1-9])?", text)
    assert text != "-0"


@pytest.mark.parametrize("name", EVERY[::6])
def test_xml_says_of_every_shape_what_it_is(name: str) -> None:
    """Places, sizes, colours and lines of each element are those of its shape."""
    from generator.figures.export.layouts import draw_figure

    one = draw_figure(view_of(name), SOURCE)
    paper, *found = list(ET.fromstring(svg(one)))[2:]  # noqa: S314 - our own
    assert (paper.get("width"), paper.get("fill")) == (str(one.width), PAPER)
    assert len(found) == len(one.shapes)
    for element, shape in zip(found, one.shapes, strict=True):
        for key, value in attributes(shape).items():
            given = element.get(key, "")
            if isinstance(value, str):
                assert given == value, (key, shape)
            else:
                assert float(given) == pytest.approx(value, abs=0.0051), (key, shape)
        if isinstance(shape, Stroke):
            places = re.findall(r"[ML](\S+) ([^LMz]+)", element.get("d", ""))
            flat = [float(part) for place in places for part in place]
            assert flat == pytest.approx(np.ravel(shape.points), abs=0.0051)
            assert element.get("d", "").endswith("z") == bool(shape.fill)


def attributes(shape: Shape) -> dict[str, str | float]:
    """What an element must say; "" is nothing."""
    if isinstance(shape, Label):
        slant = {"slanted": "italic"}.get(shape.face, "")
        return {
            "x": shape.x, "y": shape.y, "font-size": shape.size, "fill": shape.colour,
            "text-anchor": "" if shape.anchor == "start" else shape.anchor,
            "font-weight": "700" if shape.face in {"bold", "strong"} else "",
            "font-style": slant,
        }  # fmt: skip
    edge = shape.stroke
    found: dict[str, str | float] = {"fill": shape.fill or "none", "stroke": edge}
    if edge:
        found["stroke-width"] = shape.thick
    if isinstance(shape, Dot):
        return found | {"cx": shape.x, "cy": shape.y, "r": shape.radius}
    if isinstance(shape, Box):
        inset = shape.thick / 2 if edge else 0
        dash = "3 2" if shape.dashed else ""
        return found | {
            "x": shape.x + inset, "y": shape.y + inset, "stroke-dasharray": dash,
            "width": shape.width - 2 * inset, "height": shape.height - 2 * inset,
        }  # fmt: skip
    return found


def test_coverage_takes_the_nearest_step_of_a_soft_edge() -> None:
    """Of five, for each of the 256 values that it can have."""
    steps = [round(value * SOFT / 255) for value in range(256)]
    assert shade_table(list(range(SOFT + 1))) == steps
    assert [255 if step else 0 for step in steps] == SEEN
