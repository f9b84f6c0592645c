"""Shaded texts: colours and numbers are the artifact's, and nothing else is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from generator.artifacts import ScoredText, TokenScores
from generator.core.errors import FigureError
from generator.figures.formatting import format_numeral, phrase_text
from generator.figures.text.heatmap import Heatmap, HeatmapView
from generator.figures.token_chips import MOST, READABLE
from tests.figures import scored
from tests.figures.scored import LONG, PLAIN, PUSH, REVIEW

EMPTY = ScoredText(
    tokens=(), scores=np.zeros(0, np.float32), probabilities=scored.shares(0.5)
)


def view(scores: TokenScores, **given: object) -> HeatmapView:
    """What a heatmap of `scores` shows."""
    figure = Heatmap(figure="heatmap", artifact="a", **given)  # type: ignore[arg-type]
    return figure.view(scores)


def only(text: ScoredText, **given: object) -> TokenScores:
    """Scores of one text."""
    return replace(scored.attention(), texts=(text,), **given)  # type: ignore[arg-type]


def test_every_word_has_its_colour_and_number() -> None:
    """A word's class and numeral are those of its own score on the printed scale."""
    scores = scored.attention()
    made = view(scores, text=1)
    (block,) = made.blocks
    assert made.scale
    assert [c.token.text for c in block.words.read] == list(REVIEW)
    for chip, value in zip(block.words.read, scores.texts[0].scores, strict=True):
        assert chip.css.split()[0] == made.scale.shade(float(value))
        assert chip.numeral == format_numeral(float(value))


def test_the_bound_is_the_largest_of_the_texts_drawn() -> None:
    """Several texts share a scale, which follows the texts chosen or the author."""
    scores = scored.attention()
    for places in ((1,), (1, 2), (3, 5)):
        largest = max(float(scores.texts[p - 1].scores.max()) for p in places)
        made = view(scores, texts=places)
        assert made.scale
        assert made.scale.bound == pytest.approx(largest)
        assert "the largest size in this figure" in made.scale.note
    chosen = view(scores, text=1, bound=0.2).scale
    assert chosen
    assert (chosen.bound, chosen.origin) == (0.2, "written")
    assert chosen.beyond == int((scores.texts[0].scores > 0.2).sum()) > 0


def test_an_even_share_is_marked_for_a_single_text() -> None:
    """1/n is on the legend of one text, and on none of several."""
    one, several = view(scored.attention(), text=1), view(scored.attention())
    assert one.scale
    assert several.scale
    assert f"0.059 is an even share of {len(REVIEW)} tokens" in one.scale.note
    assert [m.text for m in one.scale.marks if m.strong] == ["0.059"]
    assert "even share" not in several.scale.note


def test_the_bound_of_a_squashed_score_is_told() -> None:
    """Where two weights cannot differ much, the legend says by how much at most."""
    made = view(scored.unmasked())
    assert made.scale
    assert "no weight can be more than 7.39 times another" in made.scale.note


def test_without_a_choice_the_given_texts_are_drawn() -> None:
    """Documents are drawn when asked for; without given texts, the first one is."""
    scores = scored.attention()
    assert [b.head.name for b in view(scores).blocks] == ["text 1", "text 2", "text 3"]
    documents = replace(scores, texts=scores.texts[3:])
    assert len(view(documents).blocks) == 1
    many = replace(scores, texts=scores.texts[:1] * 9)
    assert len(view(many).blocks) == 6
    named = [b.head.name for b in view(scores, texts=(5, 4)).blocks]
    assert named == ["document 1,204", "document 12"]


def test_a_wrong_prediction_is_called_wrong() -> None:
    """What was predicted, how surely, and the label are words above the text."""
    right, wrong = (view(scored.attention(), text=n).blocks[0].head for n in (3, 2))
    assert wrong.lead == "predicted positive 0.71"
    assert wrong.rest == ("labelled negative, so the prediction is wrong",)
    assert right.rest == ("labelled positive",)


def test_a_cut_text_says_what_was_read() -> None:
    """The tokens read and those of the whole text stand above it."""
    head = view(scored.attention(), text=5).blocks[0].head
    assert "first 20 of 512 tokens" in head.rest


def test_padding_is_folded_into_its_sum() -> None:
    """One chip prints the sum, in the colour of a mean slot; few can be opened."""
    scores = scored.unmasked()
    made = view(scores)
    assert made.scale
    for block, text, pads in zip(made.blocks, scores.texts, (28, 188), strict=True):
        mass = float(text.scores[-pads:].sum(dtype=np.float64))
        assert [c.token.text for c in block.words.read] == list(PLAIN)
        assert block.words.pad
        assert block.words.pad.token.text == f"<pad> ×{pads}"
        assert block.words.pad.numeral == format_numeral(mass)
        assert block.words.pad.css == made.scale.shade(mass / pads)
        assert len(block.words.pads) == (pads if pads == 28 else 0)


def test_words_that_decide_are_outlined_or_those_the_author_chose() -> None:
    """A rationale is outlined and explained; an author's outline replaces it."""
    made = view(scored.attention(), text=1)
    marked = [i for i, c in enumerate(made.blocks[0].words.read) if "key" in c.css]
    assert marked == [11, 12, 13]
    assert "known from how the text was made" in made.keys[0].text
    chosen = view(scored.attention(), text=1, outline=("plot",))
    marked = [i for i, c in enumerate(chosen.blocks[0].words.read) if "key" in c.css]
    assert marked == [1]
    assert "known from" not in chosen.keys[0].text
    with pytest.raises(FigureError, match='did you mean "plot"'):
        view(scored.attention(), text=1, outline=("plott",))


def test_unknown_words_are_marked() -> None:
    """A word outside the vocabulary carries its mark, and the key explains it."""
    made = view(scored.attention(), text=1)
    marked = [
        c.token.text for c in made.blocks[0].words.read if "unknown" in c.css.split()
    ]
    assert marked == ["delightful"]
    assert "unknown" in [key.css for key in made.keys]


def test_scores_that_are_not_told_from_nothing_are_marked() -> None:
    """A score below two standard errors has a dotted line, others have none."""
    made = view(scored.signed())
    for chip, value in zip(made.blocks[0].words.read, PUSH, strict=True):
        assert ("uncertain" in chip.css.split()) == (abs(value) < 2 * 0.045)
        assert "± 0.045 logits" in chip.description


def test_a_label_has_one_colour_whoever_was_asked() -> None:
    """Scores for either of two labels have the same colours, and their own signs.

    The label that + speaks for is at the right end of the ramp, in the line above the
    text, in the note of the scale and in the heading of the table's column.
    """
    about_positive, about_negative = (
        view(scored.signed()),
        view(scored.signed("negative")),
    )
    first, second = about_positive.blocks[0].words, about_negative.blocks[0].words
    assert [c.css for c in first.read] == [c.css for c in second.read]
    turned = str.maketrans("+−", "−+")
    assert [c.numeral for c in first.read] == [
        c.numeral.translate(turned) for c in second.read
    ]
    ends = ("for negative", "for positive")
    for made, label in ((about_positive, "positive"), (about_negative, "negative")):
        assert made.scale
        assert made.scale.mirrored == (label == "negative")
        assert made.scale.ends == (ends[::-1] if made.scale.mirrored else ends)
        assert f"+ speaks for {label}" in made.scale.note
        assert f"+ speaks for {label}" in made.blocks[0].head.rest
        assert made.tables[0].head[1] == f"Shapley value (logits; + speaks for {label})"
    assert first.read[13].css.split()[0] == "d32"  # the push of +0.95
    assert first.read[3].css.split()[0] == "d6"  # -0.61 of 0.95, ten steps below 16


def test_with_many_labels_plus_is_the_label_named() -> None:
    """Nothing is turned; the line above a text names what its scores speak for."""
    scores = scored.five()
    made = view(scores)
    assert made.scale
    assert made.scale.ends == ("against the label named", "for it")
    assert "+ speaks for neutral" in made.blocks[0].head.rest
    for chip, value in zip(
        made.blocks[1].words.read, scores.texts[1].scores, strict=True
    ):
        assert chip.css.split()[0] == made.scale.shade(float(value))
    alone = view(scores, text=1).scale
    assert alone
    assert alone.ends == ("against neutral", "for neutral")


def test_what_is_undefined_is_never_coloured() -> None:
    """Without scores there is no class and no number, and words say why."""
    made = view(scored.odd())
    bare = made.blocks[0]
    classes = {name for c in bare.words.read for name in c.css.split()}
    assert classes <= {"unknown"}
    assert {c.numeral for c in bare.words.read} == {""}
    assert bare.warnings == (
        "No scores: every word is unknown, so taking one out changes nothing.",
    )
    assert {row.cells[0] for row in made.tables[0].rows} == {"–"}
    alone = view(scored.odd(), text=1)
    assert alone.scale is None
    assert phrase_text(alone.summary).startswith(
        "No drop in log probability for the text: every word is unknown"
    )


def test_a_gap_has_no_colour() -> None:
    """NaN between numbers is a dash without a class."""
    made = view(scored.odd(), text=2)
    gaps = [c for i, c in enumerate(made.blocks[0].words.read) if i in {3, 7}]
    assert [(c.css, c.numeral, c.description) for c in gaps] == [
        ("", "–", "no score")
    ] * 2


@pytest.mark.parametrize("made", [scored.even(), scored.odd()])
def test_what_cannot_be_compared_has_no_colour(made: TokenScores) -> None:
    """Equal scores, and a single one, stay on the paper's step; the legend says so."""
    drawn = view(made, text=len(made.texts))
    assert drawn.scale
    assert drawn.scale.origin == "flat"
    zero = "d16" if made.signed else "s0"
    shades = {c.css.split()[0] for c in drawn.blocks[0].words.read}
    assert shades == {zero}
    assert "nothing to shade" in drawn.scale.note
    assert "every token has the same" in phrase_text(drawn.summary)


def test_long_texts_run_on_without_numbers_below() -> None:
    """Beyond sixty tokens a text is running text, each word still telling its score."""
    assert len(LONG) > READABLE
    words = view(scored.attention(), text=3).blocks[0].words
    assert words.long
    assert words.bare
    assert all(c.description for c in words.read)
    assert not view(scored.attention(), text=1).blocks[0].words.bare


def test_very_long_texts_are_cut_and_say_so() -> None:
    """A thousand words are drawn, and the table holds the largest scores."""
    made = view(only(scored.weighed(LONG * 10, 1, 0.9)))
    (block,) = made.blocks
    assert (len(block.words.read), block.words.cut) == (MOST, True)
    assert len(made.tables[0].rows) == 400
    assert "the 400 of the largest size" in made.tables[0].caption


def test_small_scores_keep_their_digits() -> None:
    """Numerals of tiny scores are thousandths, and the legend says so."""
    made = view(scored.tiny())
    assert made.scale
    assert "small numbers in thousandths" in made.scale.note
    assert made.blocks[0].words.read[13].numeral == ".38"
    assert made.blocks[0].words.read[13].description.startswith("0.000380 logits")


def test_doubts_are_sentences_and_facts_are_numbers() -> None:
    """What speaks against an explanation is told in words under it."""
    first = view(scored.lime()).blocks[0]
    assert first.warnings[0] == "R², 0.31: words explain less than half of the change."
    assert ("samples", "5,000") in [(s.name, s.value) for s in first.stats]


def test_tables_hold_every_number() -> None:
    """The table behind the colours equals the artifact, with its standard errors."""
    (table,) = view(scored.signed()).tables
    shown = [row.cells[0].replace("−", "-") for row in table.rows]  # type: ignore[union-attr]
    assert np.allclose(list(map(float, shown)), PUSH, atol=5e-5)
    assert {row.cells[1] for row in table.rows} == {"0.0450"}


def test_the_summary_names_the_largest_and_its_label() -> None:
    """One sentence holds the prediction, the number, its direction and its word."""
    said = phrase_text(view(scored.signed("negative")).summary)
    assert said == (
        "Predicted positive with 0.93; the largest Shapley value, −0.950 logits "
        "(against negative), is on ‘delightful’, token 14 of 17."
    )


@pytest.mark.parametrize(
    ("scores", "given", "message"),
    [
        (scored.attention(), {"text": 9}, "text: 9 of 5 texts; expected 1 to 5"),
        (scored.attention(texts=()), {}, "holds no text"),
        (only(EMPTY), {}, "holds no token"),
        (
            only(
                replace(scored.weighed(PLAIN, 1, 0.5), scores=np.zeros(3, np.float32))
            ),
            {},
            "3 scores for 13 tokens",
        ),
        (
            only(
                replace(scored.weighed(PLAIN, 1, 0.5), spread=np.zeros(1, np.float32))
            ),
            {},
            "1 spread for 13 tokens",
        ),
        (
            only(scored.weighed(PLAIN, 1, 0.5), labels=("a", "b", "c")),
            {},
            "2 probabilities for 3 labels",
        ),
        (
            replace(scored.signed(), labels=("bad", "positiv")),
            {},
            'speak for "positive", which is no label; did you mean "positiv"',
        ),
        (replace(scored.signed(), signed=False), {}, "below 0 and the scores are not"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    scores: TokenScores, given: dict[str, object], message: str
) -> None:
    """A choice that is not there, or numbers that do not fit, are errors."""
    with pytest.raises(FigureError, match=message):
        view(scores, **given)


def test_one_choice_of_texts_is_enough() -> None:
    """A figure that names one text and several is refused with the study file."""
    with pytest.raises(ValidationError, match="not both"):
        Heatmap(figure="heatmap", artifact="a", text=1, texts=(1, 2))


def test_hostile_tokens_and_labels_stay_in_their_places() -> None:
    """Whatever tokens hold, each has its chip, and labels are made visible."""
    made = view(scored.harmful())
    assert len(made.blocks[0].words.read) == len(scored.HOSTILE)
    assert "\u202e" not in made.blocks[0].head.lead
    assert made.blocks[0].head.rest[0].startswith("labelled <b>bad</b>")


def test_sentences_keep_their_spaces_and_stand_alone() -> None:
    """A sentence is read as it is written, a line each, the question above them."""
    made = view(scored.story())
    (block,) = made.blocks
    chips = block.words.read
    assert [chip.token.text for chip in chips[:3]] == list(scored.STORY[:3])
    assert all("sentence" in chip.css.split() for chip in chips[:3])
    assert "key" in chips[2].css.split()
    assert "unknown" in chips[3].css.split()
    assert "asked: where is the milk?" in block.head.rest
    assert "sentence 3 of 4" in phrase_text(made.summary)
    assert [line.text.partition(",")[0] for line in made.keys] == [
        "outlined: the sentence that answers",
        "not in the vocabulary",
    ]
    assert made.scale is not None
    assert "an even share of 4 sentences" in made.scale.note


def test_a_cut_story_says_how_many_sentences_were_read() -> None:
    """What was not read is counted in sentences."""
    made = view(scored.story(), text=2)
    assert "first 4 of 9 sentences" in made.blocks[0].head.rest


def test_a_word_shows_its_blanks_still() -> None:
    """A token that is no sentence has its spaces made visible."""
    text = replace(scored.attention().texts[0], tokens=scored.tokens(("a b", "c")))
    text = replace(text, scores=text.scores[:2], rationale=())
    (block,) = view(only(text)).blocks
    assert block.words.read[0].token.text == "a␣b"
