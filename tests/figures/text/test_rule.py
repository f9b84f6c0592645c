"""Rules: the words are the anchor's, the numbers the artifact's, the rest is said."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generator.artifacts import Anchors
from generator.core.errors import FigureError
from generator.figures.formatting import DisplayToken, phrase_text
from generator.figures.text.anchors import (
    AnchorRule,
    RuleView,
    describe_states,
    format_share,
)
from tests.figures import ruled
from tests.figures.ruled import NOT_GOOD


def view(anchors: Anchors, **given: Any) -> RuleView:
    """What a figure of `anchors` shows."""
    return AnchorRule(figure="rule", artifact="a", **given).view(anchors)


def one(text: Any, **given: Any) -> tuple[RuleView, Any]:
    """The view of a text alone, and its block."""
    made = view(ruled.anchors(text, **given))
    return made, made.blocks[0]


def stats(block: Any) -> dict[str, str]:
    """The numbers beside a text."""
    return {stat.name: stat.value for stat in block.stats}


def value(made: RuleView, x: float) -> float:
    """What a place on the axis stands for, from its two ends."""
    low, high = (float(tick.text) for tick in made.ticks)
    left, right = (tick.x for tick in made.ticks)
    return low + (x - left) / (right - left) * (high - low)


def test_the_words_of_the_anchor_are_filled() -> None:
    """They and no others, wherever they stand; the true words keep their outline."""
    _, block = one(ruled.rule())
    chips = block.words.read
    assert [chip.token.text for chip in chips] == list(NOT_GOOD)
    assert [i for i, c in enumerate(chips) if "condition" in c.css.split()] == [3, 5]
    assert [i for i, c in enumerate(chips) if "key" in c.css.split()] == [3, 4, 5]
    assert not any(chip.numeral or chip.description for chip in chips)


def test_a_rule_is_read_in_the_order_of_the_text() -> None:
    """IF not AND good THEN negative; a word that stands there twice has its place."""
    made, block = one(ruled.rule())
    assert [c.token.text for c in block.conditions] == ["not", "good"]
    assert [c.place for c in block.conditions] == ["token 4", ""]
    assert block.label == "negative"
    assert block.lead == ""
    assert phrase_text(made.summary) == (
        "IF ‘not’ AND ‘good’ THEN negative, in 0.974 [0.959, 0.985] of perturbed "
        "texts; without any anchor in 0.412; coverage, exact: 0.25."
    )


def test_precisions_lie_on_the_axis() -> None:
    """Points, interval, base and threshold are where the axis puts their numbers."""
    made, block = one(ruled.rule())
    assert [tick.text for tick in made.ticks] == ["0.4", "1"]
    line = block.line
    found = [value(made, x) for x in (line.low, line.point, line.high, line.base)]
    assert found == pytest.approx([0.959, 0.974, 0.985, 0.412], abs=2e-4)
    assert value(made, made.required_precision.x) == pytest.approx(0.95, abs=2e-4)
    assert made.required_precision.text == "asked for 0.95"
    assert line.shape == "disc"
    assert len(made.shapes) == 2


def test_numbers_say_what_they_rest_on() -> None:
    """Precision its texts, coverage its sample, or that they are exact."""
    _, drawn = one(ruled.rule())
    told = stats(drawn)
    assert told["precision, of 1,000 perturbed texts"] == "0.974 [0.959, 0.985]"
    assert told["precision without any anchor"] == "0.412"
    assert told["coverage, exact"] == "0.25"
    assert told["perturbed texts asked about"] == "5,021"
    made, exact = one(ruled.exact())
    told = stats(exact)
    assert told["precision, all 128 perturbed texts with it"] == "0.969, exact"
    assert "in exactly 0.969 of perturbed texts" in phrase_text(made.summary)
    always = replace(ruled.exact(), precision=1.0, low=1.0, high=1.0)
    assert "in all perturbed texts with it" in phrase_text(one(always)[0].summary)
    _, counted = one(ruled.long())
    assert stats(counted)["coverage, of 2,000 perturbed texts"] == "0.118"


def test_an_empty_anchor_is_said_to_be_one() -> None:
    """In words and with one point; there is no second precision without an anchor."""
    made, block = one(ruled.empty())
    said = (
        "The empty anchor: 97% of perturbed texts are called positive whatever is kept."
    )
    assert block.lead == said
    assert phrase_text(made.summary) == said
    assert block.conditions == ()
    assert (block.line.shape, block.line.base) == ("square", None)
    assert "precision without any anchor" not in stats(block)
    assert not any("condition" in chip.css.split() for chip in block.words.read)
    assert [line.css for line in made.keys] == ["unknown"]


def test_what_does_not_reach_the_threshold_is_no_rule() -> None:
    """It is called the best set found, above and in the summary, with its reason."""
    made, block = one(ruled.weak())
    assert block.lead == "No rule at 0.95, the best set found:"
    assert phrase_text(made.summary).startswith(
        "No rule at 0.95, the best set found: IF "
    )
    assert any("no set of so few reaches 0.95" in said for said in block.warnings)


def test_a_precision_at_the_threshold_is_a_rule() -> None:
    """One whose interval reaches it is called a rule; what is doubtful is told."""
    _, block = one(ruled.long())
    assert block.lead == ""
    assert block.warnings == (
        "Short of the threshold, 0.003: on the texts of the search it reached 0.95.",
    )
    at = replace(ruled.exact(), precision=0.95, low=0.95, high=0.95)
    assert one(at)[1].lead == ""
    assert one(replace(at, high=0.949, low=0.949, precision=0.949))[1].lead


def test_what_is_not_defined_is_not_drawn() -> None:
    """No line, no number, no mark; the reason as a sentence."""
    made, block = one(ruled.undefined())
    assert block.line is None
    assert block.stats == ()
    assert block.conditions == ()
    assert block.warnings == ("No anchor: all 2 words are outside the vocabulary.",)
    assert phrase_text(made.summary) == (
        "No anchor for the text: all 2 words are outside the vocabulary."
    )
    assert made.shapes == ()
    (row,) = made.tables[0].rows
    assert set(row.cells[2:]) == {""}


def test_several_texts_share_an_axis() -> None:
    """It begins below the least of them, and the summary counts what was found."""
    made = view(ruled.anchors(), texts=(1, 2, 3, 4, 5, 6))
    assert made.ticks[0].text == "0.4"
    assert phrase_text(made.summary) == (
        "Of 6 texts, 3 have a rule of 1 to 3 words, 1 has the empty anchor, 1 has no "
        "set that reaches 0.95, 1 has no anchor."
    )
    assert [block.head.name for block in made.blocks] == [
        "document 41", "text 2", "text 3", "text 4", "text 5", "text 6",
    ]  # fmt: skip
    assert made.scored
    assert len(view(ruled.anchors()).blocks) == 5  # given texts, no document


@pytest.mark.parametrize(
    ("threshold", "base", "drawn"),
    [(0.95, 0.94, ["0.9", "1"]), (1.0, 0.5, ["0.5"]), (0.4, 0.6, ["1"])],
)
def test_labels_of_the_axis_do_not_cover_each_other(
    threshold: float, base: float, drawn: list[str]
) -> None:
    """An end is not named where the threshold's own name stands."""
    text = replace(ruled.exact(), base=base)
    made = view(ruled.anchors(text, threshold=threshold))
    assert [tick.text for tick in made.ticks] == drawn


def test_the_table_holds_every_number() -> None:
    """A row for each text, to four decimals, the anchor isolated as one word."""
    made = view(ruled.anchors(), texts=(1, 2, 3))
    (table,) = made.tables
    rule, exact, empty = (row.cells for row in table.rows)
    assert rule[0] == DisplayToken("not AND good", "not AND good")
    assert rule[1:] == (
        "negative", "0.9740", "0.9590", "0.9850", "1,000", "0.25", "exact", "0.4120",
    )  # fmt: skip
    assert exact[2:6] == ("0.9688", "0.9688", "0.9688", "128")
    assert empty[0] == "empty"
    assert all(len(row.cells) == len(table.head) - 1 for row in table.rows)


def test_a_share_that_is_not_all_is_never_said_to_be() -> None:
    """0.9999 is more than 99%, 1 is 100%."""
    assert (format_share(0.9999), format_share(1.0), format_share(0.972)) == (
        "more than 99%", "100%", "97%",
    )  # fmt: skip


def test_a_wrong_prediction_is_called_wrong() -> None:
    """The label of the document stands beside the prediction that is kept."""
    _, block = one(ruled.weak())
    assert block.head.rest == ("labelled positive, so the prediction is wrong",)


def test_a_long_text_runs_on() -> None:
    """More than sixty words are set as running text."""
    assert one(ruled.long())[1].words.long
    assert not one(ruled.rule())[1].words.long


def test_a_base_that_is_not_known_is_left_out() -> None:
    """Neither drawn nor told."""
    made, block = one(replace(ruled.rule(), base=math.nan))
    assert block.line.base is None
    assert "without" not in phrase_text(made.summary)
    assert len(made.shapes) == 1
    assert made.tables[0].rows[0].cells[-1] == ""


def test_what_cannot_be_drawn_is_refused() -> None:
    """No text, no such text, an anchor outside its text, a missing probability."""
    with pytest.raises(FigureError, match="holds no text"):
        view(replace(ruled.anchors(), texts=()))
    with pytest.raises(FigureError, match="text: 9 of 6 texts"):
        view(ruled.anchors(), text=9)
    with pytest.raises(FigureError, match="holds token 100 of 14 tokens"):
        one(replace(ruled.rule(), anchor=(3, 99)))
    with pytest.raises(FigureError, match="expected one for each"):
        one(replace(ruled.rule(), probabilities=np.array([1.0], np.float32)))
    with pytest.raises(ValidationError, match="not both"):
        AnchorRule(figure="rule", artifact="a", text=1, texts=(1, 2))


def test_sizes_of_rules_are_a_number_or_a_range() -> None:
    """A range only where they differ; texts without a rule count for neither."""
    one, two = ruled.exact(), ruled.rule()
    three = replace(two, anchor=(1, 2, 3))
    for texts, words in (
        ((two, two), "a rule of 2 words"),
        ((two, three, one), "a rule of 1 to 3 words"),
        ((one, one, ruled.weak()), "a rule of 1 word"),
    ):
        made = ruled.anchors(*texts)
        assert words in describe_states(made, list(texts)).replace("\xa0", " ")
    weak = [ruled.weak(), ruled.empty()]
    assert "a rule of" not in describe_states(ruled.anchors(*weak), weak)
