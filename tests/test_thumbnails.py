"""Small pictures of classifiers' heatmaps."""

from __future__ import annotations

from dataclasses import replace

from generator.figures.heatmap import Heatmap
from generator.figures.history import History
from generator.figures.optimised import OptimisedText
from generator.thumbnails.kinds import lead, scores_of, strip
from tests.figures import scored, sought


def test_texts_are_pictured_word_by_word() -> None:
    """A line for each text that has scores, coloured as its figure would."""
    scores = scored.attention()
    assert scores_of([scores]) is scores
    picture = lead(scores)
    assert (picture.lines, picture.columns) == (5, 16)
    assert [head.text for head in picture.heads][-1] == "document 1,204"
    assert "the largest size in this figure" in picture.said
    assert max(square.x for square in picture.squares) < picture.columns
    assert strip(scores).lines == 3


def test_a_picture_shows_what_its_figure_draws_on_its_scale() -> None:
    """The texts chosen, by their own names, with the bound of the figure's legend."""
    scores = scored.attention()
    figure = Heatmap(figure="heatmap", artifact="a", texts=(2, 5))
    scale = figure.view(scores).scale
    picture = lead(scores, figure)
    assert [head.text for head in picture.heads] == ["text 2", "document 1,204"]
    assert scale
    assert scale.source in picture.said
    one = History(figure="history", artifact="a", text=1)
    assert lead(scored.frames(), one).lines == 9


def test_epochs_are_pictured_line_by_line() -> None:
    """A line for each epoch of the first text, padding left out."""
    picture = lead(scored.frames(pads=30))
    assert [head.text for head in picture.heads] == [f"epoch {e}" for e in range(9)]
    assert max(square.y for square in picture.squares) < 9


def test_what_is_undefined_is_not_pictured() -> None:
    """Texts without scores give no line, and artifacts of such alone no picture."""
    assert scores_of([scored.undefined()]) is None
    assert lead(scored.odd()).lines == 2


def test_a_search_is_pictured_stage_by_stage() -> None:
    """A line for each stage of the start that its figure draws, on the scale 0 to 1."""
    found = sought.search()
    figure = OptimisedText(figure="optimised", artifact="a")
    assert scores_of([found], figure) is found
    picture = lead(found, figure)
    assert (picture.lines, picture.columns) == (14, sought.LENGTH)
    assert picture.heads[0].text == "step 0"
    assert picture.said.startswith("Stages, top to bottom")
    assert "fixed, 0 to 1" in picture.said
    assert strip(found, figure).lines == 3
    assert scores_of([replace(found, searches=())]) is None
