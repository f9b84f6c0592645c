"""The card that other sites show where a study is linked."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from generator.figures.export.png import png
from generator.figures.export.shapes import Label
from generator.figures.export.social_card import HEIGHT, WIDTH, CardText, draw_card
from generator.figures.squares import Thumbnail, Thumbnails
from generator.figures.text.heatmap import Heatmap
from generator.figures.text.history import EpochHistory
from generator.figures.thumbnails import picture_slots
from tests.figures import examples, scored
from tests.figures.export.test_pictures import inner, reach


def lead(found: Thumbnails | None) -> Thumbnail:
    """The lead picture of a figure that has one."""
    assert found
    return found.lead


LEADS = {
    "none": None,
    "steps": lead(picture_slots(examples.attention(), None)),
    "one text": lead(
        Heatmap(figure="heatmap", artifact="a").thumbnails(scored.attention())
    ),
    "hostile": lead(picture_slots(examples.hostile(), None)),
    "epochs": lead(
        EpochHistory(figure="history", artifact="a").thumbnails(scored.frames())
    ),
}
TITLES = ("Short", "Does attention find the words that decide? " * 12, "x" * 400)


@pytest.mark.parametrize("name", LEADS)
@pytest.mark.parametrize("title", TITLES, ids=("short", "long", "one word"))
def test_a_card_holds_its_words(name: str, title: str) -> None:
    """Nothing leaves the card, no text lies on another, and a long title is cut."""
    words = CardText("A site", title, "13 November 2026", "What it found. " * 30)
    one = draw_card(words, LEADS[name])
    assert (one.width, one.height) == (WIDTH, HEIGHT) == (1200, 630)
    for shape in one.shapes:
        left, top, right, bottom = reach(shape)
        assert 0 <= left <= right <= WIDTH, shape
        assert 0 <= top <= bottom <= HEIGHT, shape
    labels = [shape for shape in one.shapes if isinstance(shape, Label)]
    assert {"A site", "13 November 2026"} <= {label.text for label in labels}
    assert ("…" in "".join(x.text for x in labels if x.size > 30)) == (len(title) > 9)
    boxes = sorted((inner(label), label.text) for label in labels)
    for i, (here, text) in enumerate(boxes):
        for there, other in boxes[i + 1 :]:
            apart = there[0] >= here[2] or there[1] >= here[3] or there[3] <= here[1]
            assert apart, (text, other)


def test_a_card_shows_the_heatmap_and_its_scale() -> None:
    """The picture's squares and the words that say what its colours mean."""
    found = LEADS["steps"]
    assert isinstance(found, Thumbnail)
    one = draw_card(CardText("A site", "A title"), found)
    said = " ".join(s.text for s in one.shapes if isinstance(s, Label))
    assert found.description.replace(" ", "") in said.replace(" ", "")
    content = png(one, 1)
    assert content == png(draw_card(CardText("A site", "A title"), found), 1)
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (1200, 630)
