"""Bars: as long as scores, on the side that their colour speaks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generator.artifacts import TokenScores
from generator.core.errors import FigureError
from generator.figures.text.bars import BarsView, WordBars
from generator.figures.text.heatmap import Heatmap
from tests.figures import scored, trusted


def view(made: TokenScores, **settings: Any) -> BarsView:
    """What a figure of bars shows."""
    return WordBars(figure="bars", artifact="a", **settings).view(made)


def words(drawn: BarsView) -> list[str]:
    """The words that have bars, in order."""
    return [bar.word.token.text for bar in drawn.bars]


def test_bars_are_as_long_as_scores() -> None:
    """From 0, by one factor for all, to the right above 0 and to the left below."""
    made = scored.signed()
    drawn = view(made)
    scores = made.texts[0].scores
    unit = max(b.width / abs(s) for b, s in zip(drawn.bars, scores, strict=True) if s)
    for bar, score in zip(drawn.bars, scores, strict=True):
        assert bar.width == pytest.approx(abs(score) * unit, abs=0.02)
        side = bar.left if score >= 0 else bar.left + bar.width
        assert side == pytest.approx(drawn.zero, abs=0.02)
    assert drawn.zero == 50


def test_colours_and_sides_are_those_of_shaded_words() -> None:
    """Each bar has its word's class in a heatmap; what + speaks for is right."""
    for label in scored.LABELS:
        made = scored.signed(label)
        heat = Heatmap(figure="heatmap", artifact="a").view(made)
        drawn = view(made)
        for bar, chip in zip(drawn.bars, heat.blocks[0].words.read, strict=True):
            assert bar.css == chip.css.split()[0]
            assert bar.word.numeral == chip.numeral
            assert bar.css not in bar.word.css.split()
    both = [view(scored.signed(label)) for label in scored.LABELS]
    assert [b.css for b in both[0].bars] == [b.css for b in both[1].bars]
    assert both[0].sides == ("for positive", "for negative")
    assert both[1].sides == ("for negative", "for positive")


def test_sizes_alone_begin_at_the_left() -> None:
    """Scores without a sign have no other side."""
    drawn = view(scored.attention())
    assert drawn.zero == 0
    assert drawn.sides == ()
    assert all(bar.left == 0 for bar in drawn.bars)


def test_lines_are_two_standard_errors_to_either_side() -> None:
    """They are within the axis, around the bar's end; without errors there are none."""
    made = scored.signed()
    drawn = view(made)
    low, high = (float(end.replace("−", "-")) for end in drawn.ends)
    for bar, score in zip(drawn.bars, made.texts[0].scores, strict=True):
        assert bar.line
        ends = [100 * (score + d - low) / (high - low) for d in (-0.09, 0.09)]
        assert bar.line == pytest.approx(ends, abs=0.3)
    assert drawn.has_lines
    assert not view(scored.attention()).has_lines


def test_the_largest_are_drawn_in_the_order_asked_for() -> None:
    """In the order of the text, or largest first, and the rest is counted."""
    made = scored.signed()
    sizes = np.abs(made.texts[0].scores)
    largest = np.argsort(-sizes, kind="stable")[:5]
    tokens = [token.text for token in made.texts[0].tokens]
    by_size = view(made, order="size", most=5)
    assert words(by_size) == [tokens[i] for i in largest]
    in_text = view(made, most=5)
    assert words(in_text) == [tokens[i] for i in sorted(largest)]
    assert in_text.rest == "The 5 largest of 17 words."
    assert view(made).rest == ""
    assert len(in_text.tables[0].rows) == 17


def test_padding_has_no_bar_but_is_told() -> None:
    """Its slots and their sum stand below."""
    drawn = view(scored.unmasked())
    assert "<pad>" not in words(drawn)
    assert drawn.rest.startswith("28 slots of padding: 0.")


def test_marks_stay_on_the_words() -> None:
    """Words that decide, unknown ones and unclear ones are marked and explained."""
    drawn = view(trusted.explained("half"))
    marked = [bar.word.token.text for bar in drawn.bars if "key" in bar.word.css]
    assert marked == ["less", "than", "delightful"]
    assert {key.css for key in drawn.keys} == {"key", "unknown", "uncertain"}
    own = view(trusted.explained("half"), outline=("plot",))
    assert [b.word.token.text for b in own.bars if "key" in b.word.css] == ["plot"]


def test_what_is_not_defined_has_no_bar() -> None:
    """A text without scores says why; a word without one has a dash."""
    drawn = view(scored.undefined())
    assert drawn.bars == ()
    assert any("no word changes the prediction" in w for w in drawn.warnings)
    gap = view(scored.odd(), text=2)
    bar = gap.bars[3]
    assert (bar.css, bar.width, bar.line) == ("", 0.0, None)
    assert bar.word.numeral == "–"


def test_equal_scores_have_bars_and_no_colour() -> None:
    """There is a size to draw and nothing to compare."""
    drawn = view(scored.even())
    assert {bar.css for bar in drawn.bars} == {"s0"}
    assert {bar.width for bar in drawn.bars} == {100.0}


def test_texts_that_are_not_there() -> None:
    """A number beyond the texts, and an empty text, are refused."""
    made = scored.signed()
    with pytest.raises(FigureError, match="text: 2 of 1 text"):
        view(made, text=2)
    empty = replace(made.texts[0], tokens=(), scores=np.zeros(0, np.float32),
                    spread=np.zeros(0, np.float32))  # fmt: skip
    with pytest.raises(FigureError, match="holds no token"):
        view(replace(made, texts=(empty,)))
    with pytest.raises(FigureError, match="outline"):
        view(made, outline=("nowhere",))


def test_a_line_of_errors_is_explained_where_there_is_any() -> None:
    """One word with a spread is enough; keys of words are their places from 1."""
    made = scored.signed()
    (text,) = made.texts
    spread = np.full(len(text.tokens), 0.1, np.float32)
    for some in (np.nan, 0.1):
        spread[1:] = some
        drawn = view(replace(made, texts=(replace(text, spread=spread),)))
        assert drawn.has_lines
    bare = replace(text, spread=np.zeros(0, np.float32))
    assert not view(replace(made, texts=(bare,))).has_lines
    assert [b.word.key for b in view(made).bars] == [
        str(n) for n in range(1, len(text.tokens) + 1)
    ]
