"""Small pictures of classifiers' heatmaps."""

from __future__ import annotations

from dataclasses import replace

from generator.figures.text.heatmap import Heatmap
from generator.figures.text.history import EpochHistory
from generator.figures.text.optimised import OptimisedText
from tests.figures import scored, sought

EVERY = Heatmap(figure="heatmap", artifact="a", texts=(1, 2, 3, 4, 5))


def test_texts_are_pictured_word_by_word() -> None:
    """A line for each text that has scores, coloured as its figure would."""
    found = EVERY.thumbnails(scored.attention())
    assert found
    picture = found.lead
    assert (picture.lines, picture.columns) == (5, 16)
    assert [head.text for head in picture.heads][-1] == "document 1,204"
    assert "the largest size in this figure" in picture.description
    assert max(square.x for square in picture.squares) < picture.columns
    assert found.strip.lines == 3


def test_a_picture_shows_what_its_figure_draws_on_its_scale() -> None:
    """The texts chosen, by their own names, with the bound of the figure's legend."""
    scores = scored.attention()
    figure = Heatmap(figure="heatmap", artifact="a", texts=(2, 5))
    scale, found = figure.view(scores).scale, figure.thumbnails(scores)
    assert found
    names = [head.text for head in found.lead.heads]
    assert names == ["text 2", "document 1,204"]
    assert scale
    assert scale.source in found.lead.description


def test_epochs_are_pictured_line_by_line() -> None:
    """A line for each epoch of the text drawn, padding left out."""
    figure = EpochHistory(figure="history", artifact="a", text=1)
    found = figure.thumbnails(scored.frames(pads=30))
    assert found
    assert [head.text for head in found.lead.heads] == [f"epoch {e}" for e in range(9)]
    assert max(square.y for square in found.lead.squares) < 9


def test_what_is_undefined_is_not_pictured() -> None:
    """Texts without scores give no line, and artifacts of such alone no picture."""
    figure = Heatmap(figure="heatmap", artifact="a")
    assert figure.thumbnails(scored.undefined()) is None
    odd = figure.thumbnails(scored.odd())
    assert odd
    assert odd.lead.lines == 2


def test_a_search_is_pictured_stage_by_stage() -> None:
    """A line for each stage of the start that its figure draws, on the scale 0 to 1."""
    searched = sought.search()
    figure = OptimisedText(figure="optimised", artifact="a")
    found = figure.thumbnails(searched)
    assert found
    picture = found.lead
    assert (picture.lines, picture.columns) == (14, sought.LENGTH)
    assert picture.heads[0].text == "step 0"
    assert picture.description.startswith("Stages, top to bottom")
    assert "fixed, 0 to 1" in picture.description
    assert found.strip.lines == 3
    assert figure.thumbnails(replace(searched, searches=())) is None
