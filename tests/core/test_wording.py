"""Words that follow from numbers."""

from __future__ import annotations

import pytest

from generator.core.wording import format_count, format_units


@pytest.mark.parametrize(
    ("number", "thing", "text"),
    [
        (0, "slot", "0 slots"),
        (1, "slot", "1 slot"),
        (2, "slot", "2 slots"),
        (1200, "slot", "1,200 slots"),
        (2, "class", "2 classes"),
        (2, "box", "2 boxes"),
        (2, "quiz", "2 quizes"),
        (2, "search", "2 searches"),
        (2, "mesh", "2 meshes"),
        (2, "epoch", "2 epochs"),
        (1, "epoch", "1 epoch"),
    ],
)
def test_a_count_has_its_noun(number: int, thing: str, text: str) -> None:
    """With es after a hiss, which an epoch does not end in."""
    assert format_count(number, thing) == text


def test_a_plural_that_is_given_is_used() -> None:
    """Of more than one, and of none."""
    assert [format_count(n, "story", "stories") for n in (0, 1, 2)] == [
        "0 stories", "1 story", "2 stories",
    ]  # fmt: skip
    assert format_units(2, "story") == "n = 2 stories"
    assert format_units(1, "story") == "n = 1 story"
    assert format_units(1200, "text") == "n = 1,200 texts"
    assert format_units(1200, "") == "n = 1,200"
