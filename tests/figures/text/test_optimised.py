"""A text while it is searched for: stages, one scale, and what has to be beaten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.artifacts import OptimisationRun, OptimisedInputs
from generator.core.errors import FigureError
from generator.figures.formatting import phrase_text
from generator.figures.tables import csv_of
from generator.figures.text.optimised import EXCHANGES, OptimisedText, OptimisedView
from tests.figures.sought import LENGTH, STEPS, search


def view(found: OptimisedInputs | None = None, **settings: Any) -> OptimisedView:
    """What the template draws."""
    figure = OptimisedText(figure="optimised", artifact="a", **settings)
    return figure.view(found or search())


def test_the_scale_is_fixed() -> None:
    """From 0 to 1 for every stage; a whole word is drawn darkest."""
    drawn = view()
    assert drawn.scale is not None
    assert (drawn.scale.bound, drawn.scale.signed) == (1.0, False)
    assert "fixed, 0 to 1" in drawn.scale.source
    last = drawn.blocks[drawn.stages - 1].words.read
    assert {chip.css.split()[0] for chip in last} == {"s32"}
    first = drawn.blocks[0].words.read
    assert all(int(chip.css.split()[0][1:]) <= 4 for chip in first)


def test_stages_stand_in_their_order_with_both_scores() -> None:
    """Names, log odds of the text, of the mixtures, and the temperature."""
    drawn = view()
    assert drawn.names[0] == "step 0"
    assert drawn.blocks[0].head.lead == "log odds of positive −1.3, p 0.21"
    assert drawn.blocks[0].head.rest == ("mixtures −0.2", "temperature 1")
    assert [int(one) for one in drawn.steps] == sorted(map(int, drawn.steps))


def test_exchanges_are_thinned_out() -> None:
    """Some of them are drawn, the last always, and none has a mixture."""
    drawn = view(search(exchanges=20))
    flips = [name for name in drawn.names if name.startswith("exchange")]
    assert len(flips) == EXCHANGES
    assert drawn.steps[-1] == str(STEPS + 20)
    assert drawn.blocks[drawn.stages - 1].head.rest == ()


def test_what_changed_is_outlined() -> None:
    """A word is outlined where another one stood at the stage before it."""
    drawn = view()
    texts = [[chip.token.text for chip in one.words.read] for one in drawn.blocks]
    for place in range(1, drawn.stages):
        for at, chip in enumerate(drawn.blocks[place].words.read):
            changed = texts[place][at] != texts[place - 1][at]
            assert ("key" in chip.css.split()) == changed
    assert not any("key" in chip.css for chip in drawn.blocks[0].words.read)


def test_the_start_that_ends_highest_is_drawn_unless_another_is_asked_for() -> None:
    """The third start is best; each can be chosen, and no fourth."""
    assert phrase_text(view().summary).startswith("From start 3 of 3")
    assert phrase_text(view(start=1).summary).startswith("From start 1 of 3")
    with pytest.raises(FigureError, match="4 of 3 starts; expected 1 to 3"):
        view(start=4)


def test_what_has_to_be_beaten_stands_below() -> None:
    """The best random text and the best stretch, or the one of them that there is."""
    drawn = view()
    names = [one.head.name for one in drawn.blocks[drawn.stages :]]
    assert names == ["best of 3,000 random texts", "best of 812 training stretches"]
    assert len(view(search(trained=False)).blocks) == 9 + 8 - 3 + 1


def test_it_says_so_where_nothing_was_gained() -> None:
    """A search that random texts match is not called better."""
    assert "more than the 6.6" in phrase_text(view().summary)
    found = search()
    lost = replace(found, best_random=replace(found.best_random, score=99.0))
    assert "no more than the 99" in phrase_text(view(lost).summary)


def test_the_table_holds_every_text() -> None:
    """A row for each stage and each text to beat, words and numbers apart."""
    drawn = view()
    rows = csv_of(drawn.tables).decode().splitlines()
    assert len(rows) == 1 + len(drawn.blocks)
    assert rows[0] == "stage,log odds of positive,of the mixtures,least share,text"


def test_items_and_the_control() -> None:
    """Every word can be pointed at; a stage can be chosen, or all of them."""
    drawn = view()
    tracks = drawn.items().tracks
    assert len(tracks) == len(drawn.blocks)
    assert all(len(track.items) == LENGTH for track in tracks)
    (control,) = drawn.controls()
    assert control.values == ("all", *drawn.steps)


def test_nothing_to_draw() -> None:
    """A search without a stage is an error in words."""
    with pytest.raises(FigureError, match="no stage"):
        view(replace(search(), searches=()))


def test_a_search_holds_what_it_says() -> None:
    """Examples are like what the method gives: lines as long as there were steps."""
    one: OptimisationRun = search().searches[0]
    assert len(one.mixtures) == len(one.texts) == STEPS + 1
