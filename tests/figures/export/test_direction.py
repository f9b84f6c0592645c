"""Pictures of texts from right to left: chips, titles, paragraphs."""

from __future__ import annotations

import re

import pytest

from generator.core.tokens import Token
from generator.figures.export import chips
from generator.figures.export.frame import INSET, ROOM, paragraph_part
from generator.figures.export.shapes import Label, Picture
from generator.figures.export.svg import label_element, svg
from generator.figures.formatting import display_token
from generator.figures.token_chips import TokenChip

WORDS = ("الطعام", "هنا", "جيد", "جدا")


def labels(words: tuple[str, ...], direction: str, copies: int = 1) -> list[Label]:
    """The letters of chips that were laid out."""
    many = [TokenChip(display_token(Token(word)), "s3") for word in words] * copies
    part = chips.flow_chips(many, 10, direction=direction)  # type: ignore[arg-type]
    return [shape for shape in part.shapes if isinstance(shape, Label)]


@pytest.mark.parametrize("copies", [1, 40])
def test_chips_run_as_their_text_does(copies: int) -> None:
    """From right to left, a row is the mirror image of one from left to right."""
    straight, turned = (labels(WORDS, way, copies) for way in ("ltr", "rtl"))
    for one, other in zip(straight, turned, strict=True):
        assert other.x == pytest.approx(2 * INSET + ROOM - one.x)
        assert (other.y, other.text) == (one.y, one.text)
    line = [label.x for label in turned if label.y == turned[0].y]
    assert line == sorted(line, reverse=True)


def test_paragraphs_begin_where_their_readers_look() -> None:
    """Lines of Arabic stand at the right edge, lines of English at the left one."""
    (turned,) = paragraph_part("جملة عن LIME.", INSET, 0, ROOM).shapes
    (straight,) = paragraph_part("A sentence.", INSET, 0, ROOM).shapes
    assert isinstance(turned, Label)
    assert isinstance(straight, Label)
    assert (turned.x, turned.anchor) == (INSET + ROOM, "end")
    assert (straight.x, straight.anchor) == (INSET, "start")


@pytest.mark.parametrize(
    ("anchor", "said"), [("start", "end"), ("middle", "middle"), ("end", None)]
)
def test_svg_says_a_direction_and_keeps_the_place(anchor: str, said: str) -> None:
    """Anchors of SVG turn with the direction: what is held at the left stays there."""
    made = label_element(Label(5, 5, "جملة.", anchor=anchor))  # type: ignore[arg-type]
    found = re.search('text-anchor="([a-z]+)"', made)
    assert (found[1] if found else None) == said
    assert 'direction="rtl"' in made
    assert "direction" not in label_element(Label(5, 5, "A sentence."))


def test_english_pictures_say_no_direction() -> None:
    """A picture of Latin letters is what it was."""
    made = svg(Picture(9, 9, tuple(labels(("good", "film"), "ltr")), "t", "d"))
    assert b"direction" not in made
