"""Links and error rates by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from generator.artifacts import AlignedText
from generator.core.tokens import Token
from generator.methods.translation.link_extraction import (
    LinkCounts,
    count_links,
    count_text_links,
    error_rate,
    extract_links,
    is_word,
    link_kinds,
    source_coverage,
)

END = Token("</s>", "mark")


def test_links_are_largest_scores() -> None:
    """The first of a tie; a row without scores has no link; NaN is passed over."""
    scores = np.array([[0.1, 0.7, 0.7], [np.nan] * 3, [np.nan, -2, -1]])
    assert extract_links(scores) == ((0, 1), (2, 2))


@pytest.mark.parametrize(
    ("links", "gold", "possible", "expected"),
    [
        (((0, 0), (1, 1)), ((0, 0), (1, 1)), (), 0.0),
        (((0, 1), (1, 0)), ((0, 0), (1, 1)), (), 1.0),
        (((0, 0), (1, 0)), ((0, 0), (1, 1)), (), 0.5),
        # A possible link is right, and not asked for: 1 - (1 + 2) / (2 + 1).
        (((0, 0), (1, 2)), ((0, 0),), ((1, 1), (1, 2)), 0.0),
        # Of the possible ones none is hit: 1 - (1 + 1) / (2 + 1).
        (((0, 0), (1, 0)), ((0, 0),), ((1, 1), (1, 2)), 1 / 3),
        # A row of which nothing is known is not counted.
        (((0, 0), (1, 5)), ((0, 0),), (), 0.0),
    ],
)
def test_error_rates(
    links: tuple[tuple[int, int], ...],
    gold: tuple[tuple[int, int], ...],
    possible: tuple[tuple[int, int], ...],
    expected: float,
) -> None:
    """The formula of Och and Ney on cases counted by hand."""
    assert error_rate(count_links(links, gold, possible)) == pytest.approx(expected)


def test_nothing_to_measure() -> None:
    """Without links and gold the rate is not defined."""
    assert math.isnan(error_rate(LinkCounts(0, 0, 0, 0)))


def text(scores: list[list[float]]) -> AlignedText:
    """Two words and a mark on either side."""
    return AlignedText(
        sources=(Token("a"), Token("b"), END),
        targets=(Token("x"), Token("y"), END),
        scores=np.array(scores, np.float32),
        probabilities=np.ones(3, np.float32),
        gold=((0, 0), (1, 1)),
    )


def test_coverage_is_of_words() -> None:
    """Marks neither count as words nor link any."""
    assert source_coverage(text([[1, 0, 0], [0, 1, 0], [1, 0, 0]])) == 1.0
    assert source_coverage(text([[1, 0, 0], [0, 0, 1], [0, 1, 0]])) == 0.5
    assert count_text_links(text([[1, 0, 0], [0, 0, 1], [0, 1, 0]])) == LinkCounts(
        2, 2, 1, 1
    )


def test_what_a_word_is() -> None:
    """It holds a letter or digit, of any alphabet; a closing mark is none."""
    for one in ("a", "7", "é", "'s", "est-il", "<unknown>"):
        assert is_word(Token(one))
    for token in (Token("."), Token("’"), END):
        assert not is_word(token)


def test_kinds() -> None:
    """In order, moved, and the second of two."""
    gold = ((0, 0), (1, 2), (2, 1), (3, 3), (4, 3))
    assert link_kinds(gold) == {
        0: "in order",
        1: "moved",
        2: "moved",
        3: "in order",
        4: "second of two",
    }
