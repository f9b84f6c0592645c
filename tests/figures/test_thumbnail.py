"""Small pictures of classifiers' heatmaps."""

from __future__ import annotations

from generator.figures.thumbnail import lead, scores_of, strip
from tests.figures import scored


def test_texts_are_pictured_word_by_word() -> None:
    """A line for each text that has scores, coloured as its figure would."""
    scores = scored.attention()
    assert scores_of([scores]) is scores
    picture = lead(scores, None)
    assert (picture.lines, picture.columns) == (5, 16)
    assert [head.text for head in picture.heads][-1] == "document 1,204"
    assert "the largest size in this figure" in picture.said
    assert max(square.x for square in picture.squares) < picture.columns
    assert strip(scores, None).lines == 3


def test_epochs_are_pictured_line_by_line() -> None:
    """A line for each epoch of the first text, padding left out."""
    picture = lead(scored.frames(pads=30), None)
    assert [head.text for head in picture.heads] == [f"epoch {e}" for e in range(9)]
    assert max(square.y for square in picture.squares) < 9


def test_what_is_undefined_is_not_pictured() -> None:
    """Texts without scores give no line, and artifacts of such alone no picture."""
    assert scores_of([scored.undefined()]) is None
    assert lead(scored.odd(), None).lines == 2
