"""Thumbnails of texts that are read from the right."""

from __future__ import annotations

import numpy as np

from generator.artifacts import ScoredText, TokenScores
from generator.core.tokens import Token
from generator.figures.squares import Thumbnail
from generator.figures.thumbnails import picture_texts


def picture(*texts: str) -> Thumbnail:
    """Texts whose first word has the largest score, as a lead picture."""
    scored = tuple(
        ScoredText(
            tokens=tuple(map(Token, text.split())),
            scores=np.array([1.0] + [0.0] * (len(text.split()) - 1), np.float32),
            probabilities=np.ones(1, np.float32),
        )
        for text in texts
    )
    scores = TokenScores(
        epoch=1, checks=(), texts=scored, labels=("a",), quantity="score"
    )
    found = picture_texts([scores], range(len(texts)))
    assert found is not None
    return found.lead


def test_the_first_word_stands_where_reading_begins() -> None:
    """At the left edge, or at the right one, which the words below say."""
    left = picture("the film was good", "a film")
    assert [(one.x, one.y) for one in left.squares] == [(0, 0), (0, 1)]
    assert "the first left" in left.description
    right = picture("كان الفيلم جيدا جدا", "فيلم جيد")
    assert [(one.x, one.y) for one in right.squares] == [(3, 0), (3, 1)]
    assert "the first right" in right.description
