"""Figures as pictures: every kind, whole, and the same bytes each time."""

from __future__ import annotations

import io
import re
import warnings
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from generator.figures import FIGURES
from generator.figures.base import View
from generator.figures.export import fonts
from generator.figures.export.layouts import draw_figure
from generator.figures.export.png import FULL, png
from generator.figures.export.shapes import Box, Dot, Label, Picture, Stroke
from generator.figures.export.svg import svg
from generator.figures.formatting import phrase_text
from generator.figures.language_model.matrix import SlotMatrix
from generator.figures.text.heatmap import HeatmapView
from generator.site.html_safety import ADDRESSES, REFUSED
from tests.figures import examples
from tests.figures.export.figures import EVERY, SOURCE, kind_of, view_of

SVG = "{http://www.w3.org/2000/svg}"


def parsed(content: bytes) -> ET.Element:
    """A file as XML."""
    return ET.fromstring(content)  # noqa: S314 - our own file


def draw_example(name: str) -> Picture:
    """An example's picture."""
    return draw_figure(view_of(name), SOURCE)


def texts(one: Picture) -> list[str]:
    """Everything that is written in a picture."""
    return [shape.text for shape in one.shapes if isinstance(shape, Label)]


def test_no_kind_of_figure_is_forgotten() -> None:
    """Every figure that a study can name is drawn here."""
    assert {kind_of(name) for name in EVERY} == set(FIGURES)


@pytest.mark.parametrize("name", EVERY)
def test_a_picture_of_every_figure(name: str) -> None:
    """It says what it is, is legible, lies on its paper, and repeats to the byte."""
    one = draw_example(name)
    says_what_it_is_and_where_it_comes_from(one, view_of(name))
    lies_on_its_paper(one)
    has_no_lines_of_text_on_each_other(one)
    content = svg(one)
    is_xml_that_runs_and_fetches_nothing(content, one)
    assert content == svg(draw_example(name))
    if "large" not in name:
        is_a_png_of_twice_the_size(one)


def says_what_it_is_and_where_it_comes_from(one: Picture, view: View) -> None:
    """Number, title, sentence, scale, study, figure, site and address are in it."""
    words = " ".join(texts(one))
    close = words.replace(" ", "")
    for part in (
        "Figure 3",
        SOURCE.title,
        SOURCE.study,
        "fig-x",
        SOURCE.address,
        *SOURCE.verdicts,
        *SOURCE.notes,
        phrase_text(view.summary)[:300],
    ):
        assert part.replace(" ", "") in close, part
    if view.scale:
        for part in (view.scale.quantity, view.scale.note):
            assert part.replace(" ", "") in close, part
        assert all(mark.text in words for mark in view.scale.marks)


def lies_on_its_paper(one: Picture) -> None:
    """Every shape and the whole of every line of text lie inside the picture."""
    for shape in one.shapes:
        left, top, right, bottom = reach(shape)
        assert left >= -0.5, shape
        assert top >= -0.5, shape
        assert right <= one.width + 0.5, shape
        assert bottom <= one.height + 0.5, shape


def reach(shape: object) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a shape."""
    if isinstance(shape, Box):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    if isinstance(shape, Dot):
        x, y, r = shape.x, shape.y, shape.radius
        return x - r, y - r, x + r, y + r
    if isinstance(shape, Stroke):
        xs, ys = zip(*shape.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    assert isinstance(shape, Label)
    wide = fonts.text_width(shape.text, shape.size, shape.face)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
    if shape.turned:
        low = shape.y + wide * share
        return shape.x - shape.size, low - wide, shape.x, low
    left = shape.x - wide * share
    return left, shape.y - shape.size, left + wide, shape.y


def has_no_lines_of_text_on_each_other(one: Picture) -> None:
    """No two lines of text share a place."""
    labels = [s for s in one.shapes if isinstance(s, Label) and s.text.strip()]
    boxes = sorted((inner(one), one.text) for one in labels)
    for i, (here, text) in enumerate(boxes):
        for there, other in boxes[i + 1 :]:
            if there[0] >= here[2]:
                break
            assert there[1] >= here[3] or there[3] <= here[1], (text, other)


def inner(label: Label) -> tuple[float, float, float, float]:
    """The part of a line that its small letters fill."""
    left, top, right, bottom = reach(label)
    if label.turned:
        return left + label.size * 0.4, top + 1, right, bottom - 1
    return left + 1, top + label.size * 0.4, right - 1, bottom


def is_xml_that_runs_and_fetches_nothing(content: bytes, one: Picture) -> None:
    """It parses, its texts are the picture's, and it holds shapes alone."""
    root = parsed(content)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "text", "path", "circle"}
    assert not tags & REFUSED
    for element in root.iter():
        named = {key.lower() for key in element.attrib}
        assert not named & (ADDRESSES | {"style", "class", "id"})
        assert not any(key.startswith("on") for key in named)
    assert b"url(" not in content
    found = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert found == texts(one)


def is_a_png_of_twice_the_size(one: Picture) -> None:
    """It opens, is not blank, holds no date and no name of a program, and repeats."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = png(one)
    assert content == png(one)
    assert set(re.findall(rb"(?:IHDR|PLTE|tEXt|zTXt|iTXt|tIME|IEND)", content)) == {
        b"IHDR", b"PLTE", b"IEND",
    }  # fmt: skip
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (2 * one.width, 2 * one.height)
        assert len(image.getcolors(FULL) or ()) > 4


def test_hostile_tokens_are_letters_and_nothing_else() -> None:
    """Markup in tokens is text; what XML forbids is the sign of no character."""
    view = SlotMatrix(figure="matrix", artifact="a").view(examples.hostile())
    one = draw_figure(view, SOURCE)
    root = parsed(svg(one))
    written = {element.text for element in root.iter(f"{SVG}text")}
    assert "<script>alert(1)</script>"[:14] in " ".join(filter(None, written))
    assert not [e for e in root.iter() if "script" in e.tag]
    forbidden = Picture(9, 9, (Label(0, 5, "a\x00b\ud800\ufffe\x0b"),), "\x01", "\x02")
    assert parsed(svg(forbidden))[3].text == "a�b���"


def test_colours_are_those_of_the_page() -> None:
    """Each word of a heatmap lies on the light theme's colour of its class."""
    from generator.figures.colour_ramps import sequential

    name = next(n for n in EVERY if n.startswith("heatmap-one"))
    view = view_of(name)
    assert isinstance(view, HeatmapView)
    wanted = {
        sequential("light")[int(chip.css.split()[0][1:])]
        for chip in view.blocks[0].words.read
        if chip.css.startswith("s")
    }
    used = {shape.fill for shape in draw_example(name).shapes if isinstance(shape, Box)}
    assert wanted <= used


def test_large_pictures_have_a_pixel_for_a_pixel() -> None:
    """What would be too large at twice the size is drawn at the page's own."""
    tall = Picture(900, 6000, (Box(0, 0, 900, 6000, "#112233"),), "", "")
    with Image.open(io.BytesIO(png(tall))) as image:
        assert image.size == (900, 6000)


def test_bars_beside_a_matrix_are_as_long_as_their_numbers_say() -> None:
    """A bar's share of its track is the sum printed above it, to a step."""
    name = next(n for n in EVERY if n.startswith("matrix-matrix"))
    shapes = draw_example(name).shapes
    found = []
    for number, track, bar in zip(shapes, shapes[1:], shapes[2:], strict=False):
        if not (isinstance(number, Label) and isinstance(track, Box)):
            continue
        if track.height == 2.5 and isinstance(bar, Box) and bar.height == 2.5:
            found.append((float(number.text), bar.width / track.width))
    assert len(found) > 20
    for value, share in found:
        assert abs(value - share) < 1 / 32 + 0.01
