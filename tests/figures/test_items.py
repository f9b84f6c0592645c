"""Keys and links: what an item is called, and which drawings show one text."""

from __future__ import annotations

import re

from generator.core.tokens import Token
from generator.figures import FIGURES
from generator.figures.base import Items, link_of
from tests.figures import examples
from tests.figures.examples import SENTENCE
from tests.figures.export.figures import EVERY, view_of

KEY = re.compile(r"[\w.-]{1,24}")


def items_of(name: str) -> Items:
    """What can be pointed at in a figure of the gallery."""
    found = view_of(name).items()
    assert isinstance(found, Items)
    return found


def test_a_key_is_one_items_alone() -> None:
    """No two items of a figure share a key, and each fits into an address."""
    for name in EVERY:
        items = items_of(name)
        keys = [item.key for track in items.tracks for item in track.items]
        keys += [item.key for item in items.columns if item.key]
        keys += [track.key for track in items.tracks if track.key]
        assert len(set(keys)) == len(keys), name
        assert all(KEY.fullmatch(key) for key in keys), name


def test_a_cell_is_called_by_its_step_and_distance() -> None:
    """In a matrix, the newest slot of row t is `t-1`, under the text's own token."""
    items = items_of("matrix-matrix-0")
    names = [column.name for column in items.columns]
    assert names == ["<s>", *SENTENCE[:-1]]
    for step, track in enumerate(items.tracks, 1):
        assert track.name == SENTENCE[step - 1]
        newest = track.items[-1]
        assert (newest.key, newest.name) == (f"{step}-1", names[step - 1])
        assert [i.name for i in track.items] == [
            names[i.place - 1] for i in track.items
        ]


def test_figures_of_one_text_have_one_link() -> None:
    """Same tokens, same link, whatever padding; another token, another link."""
    words = [Token("a"), Token("b")]
    padded = [*words, Token("<pad>", "pad")]
    assert link_of(words) == link_of(padded)
    assert link_of(words) != link_of([Token("ab")])
    assert link_of([Token("a b")]) != link_of(words)
    assert link_of([Token("\ud800")]) != link_of([Token("\ufffd")])


def test_text_and_matrix_of_an_artifact_are_linked() -> None:
    """The strip and the matrix of one writing name the same text."""
    scores = examples.attention()
    matrix = FIGURES["matrix"](figure="matrix", artifact="a").view(scores)
    strip = FIGURES["text"](figure="text", artifact="a").view(scores)
    assert matrix.link  # type: ignore[attr-defined] # a matrix
    assert strip.strips[0].link == matrix.link  # type: ignore[attr-defined] # a text
