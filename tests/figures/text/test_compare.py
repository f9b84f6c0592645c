"""Several answers on one text: same words, scales that are told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from generator.artifacts import TokenScores
from generator.core.errors import FigureError
from generator.figures.formatting import phrase_text
from generator.figures.scales import have_one_quantity, row_scales
from generator.figures.text.compare import CompareView, TextComparison
from tests.figures import scored
from tests.figures.scored import PLAIN, REVIEW


def view(*made: TokenScores, **given: object) -> CompareView:
    """What a comparison of artifacts a, b, c … shows."""
    names = tuple("abcdefgh"[: len(made)])
    figure = TextComparison(figure="compare", artifacts=names, **given)  # type: ignore[arg-type]
    assert figure.artifact_names() == names
    return figure.view(*made)


def weighed(seed: int, pads: int = 0) -> TokenScores:
    """Attention over `REVIEW`."""
    return scored.attention(texts=(scored.weighed(REVIEW, seed, 0.7, pads=pads),))


LIME = scored.review(scored.lime())


def test_answers_of_one_quantity_share_a_scale() -> None:
    """One legend, its bound the largest of all rows; no row tells one of its own."""
    made = view(weighed(1), weighed(2))
    assert made.scale
    largest = max(float(weighed(n).texts[0].scores.max()) for n in (1, 2))
    assert made.scale.bound == pytest.approx(largest)
    assert [row.bound for row in made.rows] == ["", ""]
    assert made.ramps == ()
    for row, seed in zip(made.rows, (1, 2), strict=True):
        values = weighed(seed).texts[0].scores
        shades = [made.scale.shade(float(v)) for v in values]
        assert [c.css.split()[0] for c in row.words.read] == shades


def test_answers_of_several_quantities_tell_their_own_scales() -> None:
    """Each row prints its bound, and its largest score is at the end of the ramp."""
    made = view(weighed(1), scored.signed(), LIME)
    assert made.scale is None
    assert made.ramps == ("d", "s")
    assert made.ends == ("for negative", "for positive")
    assert made.rows[1].bound == "scale −0.95 to +0.95 logits"
    assert made.rows[2].bound == "scale −0.285 to +0.285 probability"
    for row, end in zip(made.rows, ("s32", "d32", "d32"), strict=True):
        assert end in {c.css.split()[0] for c in row.words.read}


def test_a_label_keeps_its_colour_between_methods() -> None:
    """Answers about either label are coloured alike: one word, one arm of the ramp."""
    made = view(scored.signed(), LIME)
    for first, second in zip(
        made.rows[0].words.read, made.rows[1].words.read, strict=True
    ):
        arms = [int(c.css.split()[0][1:]) - 16 for c in (first, second)]
        assert arms[0] * arms[1] >= 0
    assert made.tables[0].head[1:] == (
        "Shapley value (logits; + speaks for positive)",
        "LIME coefficient (probability; + speaks for negative)",
    )


def test_words_stand_in_one_order_whatever_padding_a_model_reads() -> None:
    """A model that pads is compared with one that does not; padding is one chip."""
    made = view(weighed(1), weighed(2, pads=40))
    texts = [[c.token.text for c in row.words.read] for row in made.rows]
    assert texts == [list(REVIEW)] * 2
    assert made.rows[0].words.pad is None
    assert made.rows[1].words.pad
    assert made.rows[1].words.pads == ()


def test_rows_are_named_by_their_quantity_or_by_the_author() -> None:
    """Rows that share a quantity are told apart by the artifact's name."""
    made = view(weighed(1), weighed(2), LIME, names={"c": "LIME, 5,000 samples"})
    assert [row.name for row in made.rows] == [
        "Attention weight (a)", "Attention weight (b)", "LIME, 5,000 samples",
    ]  # fmt: skip


def test_an_undefined_answer_says_so_and_has_no_colour() -> None:
    """Its row is there, its words are plain, and the summary counts it."""
    made = view(weighed(1), scored.undefined())
    row = made.rows[1]
    assert {name for c in row.words.read for name in c.css.split()} <= {
        "unknown",
        "key",
    }
    assert row.bound == ""
    assert row.warnings == ("No scores: no word changes the prediction.",)
    assert phrase_text(made.summary).endswith("no scores from gradient × input.")
    nothing = view(scored.undefined(), scored.undefined())
    assert nothing.scale is None
    assert phrase_text(nothing.summary) == (
        "No scores from gradient × input (a), gradient × input (b)."
    )


def test_the_summary_says_where_answers_agree() -> None:
    """Rows that put the most on one word are named together; level ones apart."""
    both = view(scored.signed(), LIME)
    assert phrase_text(both.summary) == (
        "The largest score is on ‘delightful’ for Shapley value, LIME coefficient."
    )
    level = scored.even()
    plain_text = scored.attention(texts=(scored.weighed(PLAIN, 1, 0.5),))
    said = phrase_text(view(level, plain_text).summary)
    assert "; every word has the same for attention weight (a)." in said


def test_the_table_has_a_column_for_each_answer() -> None:
    """Words down, answers across, with padding's sum below."""
    (table,) = view(weighed(1), weighed(2, pads=40), LIME).tables
    assert table.head == (
        "token", "attention weight (a)", "attention weight (b)",
        "LIME coefficient (probability; + speaks for negative)",
    )  # fmt: skip
    assert len(table.rows) == len(REVIEW) + 1
    assert table.rows[-1].cells[0] == ""


def test_notes_are_told_once_with_the_rows_they_are_about() -> None:
    """A note of all rows needs no name; one of some names them."""
    assert len(view(weighed(1), weighed(2)).notes) == 1
    said = view(weighed(1), LIME).notes
    assert said[1] == "LIME coefficient: words are taken out."


OTHER = r'text 1 of "b" \(13 tokens\) is another than that of "a" \(17 tokens\)'


@pytest.mark.parametrize(
    ("made", "given", "message"),
    [
        ((weighed(1), scored.even()), {}, OTHER),
        ((weighed(1), weighed(2)), {"text": 2}, "text: 2 of 1 text"),
        ((weighed(1), weighed(2)), {"names": {"z": "Z"}}, 'names: "z" is not compared'),
        ((weighed(1), weighed(2)), {"outline": ("plott",)}, 'did you mean "plot"'),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told(
    made: tuple[TokenScores, ...], given: dict[str, object], message: str
) -> None:
    """Different texts are named with their sizes; nothing else is drawn instead."""
    with pytest.raises(FigureError, match=message):
        view(*made, **given)


@pytest.mark.parametrize("count", [1, 9])
def test_two_to_eight_answers_are_compared(count: int) -> None:
    """One answer is a heatmap, and nine cannot be told apart."""
    with pytest.raises(ValidationError):
        TextComparison(figure="compare", artifacts=("a",) * count)


def test_labels_in_another_order_share_a_scale_and_other_labels_do_not() -> None:
    """A class has one colour whatever its place; another class has another scale."""
    swapped = replace(scored.signed(), labels=("positive", "negative"))
    made = view(scored.signed(), swapped)
    assert made.scale
    assert made.rows[0].words == made.rows[1].words
    other = replace(scored.signed(), labels=("neutral", "positive"))
    apart = view(scored.signed(), other)
    assert apart.scale is None
    assert apart.ends == ()


@pytest.mark.parametrize(
    ("changed", "one"),
    [
        ({}, True),
        ({"unit": "logits"}, False),
        ({"quantity": "another"}, False),
        ({"signed": True}, False),
    ],
)
def test_only_what_is_measured_alike_shares_a_scale(
    changed: dict[str, object], one: bool
) -> None:
    """Another unit is another scale, though the quantity has the same name."""
    made = replace(weighed(2), **changed)  # type: ignore[arg-type]
    rows = [(m, m.texts[0]) for m in (weighed(1), made)]
    first, second = row_scales(rows)
    assert first is not None
    assert second is not None
    assert (first is second) == one == have_one_quantity([weighed(1), made])
    sizes = [float(abs(text.scores).max()) for _, text in rows]
    bounds = [max(sizes)] * 2 if one else sizes
    assert [first.bound, second.bound] == pytest.approx(bounds)


def test_a_sentence_has_no_empty_part() -> None:
    """Where every row is told of there is no rest, and no sign before one."""
    level = replace(weighed(1), texts=(replace(
        weighed(1).texts[0], scores=np.full_like(weighed(1).texts[0].scores, 0.1)
    ),))  # fmt: skip
    for made in ((weighed(1), weighed(2)), (weighed(1), level), (level, level)):
        said = phrase_text(view(*made).summary)
        assert said.endswith(".")
        assert "; ." not in said
        assert not said.startswith(";")
        assert said[0].isupper()
        several = "every word has the same" in said.lower()
        assert several == any(one is level for one in made)
