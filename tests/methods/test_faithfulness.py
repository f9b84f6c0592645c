"""Explanations whose faithfulness is known, and predictions that depend on nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.artifacts import Scores, TokenScores, TrustScore
from generator.core.errors import ConfigError, UnsupportedError
from generator.methods.evaluation.deletion import (
    first_words_masks,
    label_probabilities,
    rank_tokens,
    word_counts,
)
from generator.methods.evaluation.faithfulness import Faithfulness
from tests.fakes.classifiers import softmax
from tests.fakes.language_models import FakeTrained
from tests.methods.attending import attentive, stored
from tests.methods.explanations import (
    anchors,
    cases,
    explanation,
    linear,
    make_context,
    noise,
    true,
    word_logits,
    written,
)

TAU = "tau against leave-one-out"
ALL = ("comprehensiveness", "sufficiency", TAU)


def faithfulness(model: Any, *read: Any, **settings: Any) -> Scores:
    """The scores of artifacts `a`, `b`, …."""
    names = tuple("abcdef"[: len(read)])
    method = Faithfulness(method="faithfulness", model="m", of=names, **settings)
    assert method.artifact_names() == names
    found = method.collect(make_context(model, *read))
    assert stored(found) == found
    return found


def by_name(found: Scores, of: str = "a") -> dict[str, TrustScore]:
    """The rows of one artifact."""
    return {row.name: row for row in found.rows if row.of == of}


def test_what_is_known_is_better_than_what_is_not() -> None:
    """True contributions pass in everything; noise on the same texts in nothing."""
    model, texts = linear(), written()
    found = faithfulness(
        model, explanation(model, texts), explanation(model, texts, noise)
    )
    right, wrong = by_name(found), by_name(found, "b")
    assert [row.said for row in right.values()] == ["better than random"] * 3
    assert [row.said for row in wrong.values()] == ["not better than random"] * 3
    assert right[TAU].value > 0.9
    assert found.aspect == "faithfulness"
    assert found.epoch == 1
    for name in ALL:
        assert right[name].n == wrong[name].n == 30
        assert right[name].baseline_low < right[name].baseline
        assert right[name].higher_is_better == (name != "sufficiency")
    for name in ALL[:2]:
        assert right[name].baseline == wrong[name].baseline
    assert wrong[TAU].baseline == pytest.approx(0, abs=0.05)


def test_the_reverse_of_what_is_known_is_not_better() -> None:
    """Words against the label first: the label gains, and nothing is claimed."""
    model = linear()
    found = by_name(
        faithfulness(model, explanation(model, written(), lambda c: -true(c)))
    )
    assert found["comprehensiveness"].value < 0 < found["comprehensiveness"].baseline
    assert found[TAU].value < -0.9
    assert {row.said for row in found.values()} == {"not better than random"}


def test_a_prediction_that_depends_on_nothing_is_explained_by_nothing() -> None:
    """Contributions a thousand times smaller are as true, and not worth a claim."""
    model = linear(scale=0.001)
    found = by_name(faithfulness(model, explanation(model, written())))
    assert found[TAU].value > 0.9
    assert {row.said for row in found.values()} == {"not better than random"}
    loose = by_name(faithfulness(model, explanation(model, written()), least=0))
    assert {row.said for row in loose.values()} == {"better than random"}


def test_few_texts_decide_for_nothing() -> None:
    """Nine good ones say nothing, nine bad ones are not better, one has a value."""
    model = linear(2.0)
    good = by_name(faithfulness(model, explanation(model, written(9))))
    assert {row.said for row in good.values()} == {"none"}
    bad = by_name(
        faithfulness(model, explanation(model, written(9), lambda c: -true(c)))
    )
    assert {row.said for row in bad.values()} == {"not better than random"}
    (one, *_) = faithfulness(model, explanation(model, written(1))).rows
    assert one.value > 0
    assert math.isnan(one.low)
    assert one.baseline_low is None


def test_the_numbers_by_hand() -> None:
    """One text, one share: the drop without its two best words, and with them alone."""
    model = linear()
    (text,) = written(1)
    read = explanation(model, [text])
    found = by_name(faithfulness(model, read, fractions=(0.2,)))
    (case,) = cases(model, [text])
    order = np.argsort(-true(case), kind="stable")
    ids = np.array(case.question.ids)

    def chance(places: Any) -> float:
        logits = model.biases + word_logits()[ids[sorted(places)]].sum(0)
        return float(softmax(logits)[case.label])

    whole = chance(range(10))
    assert found["comprehensiveness"].value == pytest.approx(
        whole - chance(order[2:]), abs=1e-6
    )
    assert found["sufficiency"].value == pytest.approx(
        whole - chance(order[:2]), abs=1e-6
    )


def test_shares_are_averaged() -> None:
    """A number over several shares is the mean of those over each."""
    model, texts = linear(), written(12)
    read = explanation(model, texts)
    each = [by_name(faithfulness(model, read, fractions=(f,))) for f in (0.2, 0.5)]
    both = by_name(faithfulness(model, read, fractions=(0.2, 0.5)))
    for name in ALL[:2]:
        mean = np.mean([found[name].value for found in each])
        assert both[name].value == pytest.approx(mean)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_no_words_are_more_comprehensive_than_the_true_ones(seed: int, k: int) -> None:
    """In a sum over words no other k take more from the label than the k best."""
    model = linear()
    (case,) = cases(model, written(1, words=7, seed=seed))
    best = first_words_masks(rank_tokens(true(case))[None], np.array([k]))
    others = np.zeros((math.comb(7, k), 7), np.bool_)
    for row, places in zip(others, combinations(range(7), k), strict=True):
        row[list(places)] = True
    ((lowest, *rest),) = label_probabilities(
        [(case, ~np.vstack([best, others]))], "remove"
    )
    assert lowest <= min(rest) + 1e-6


@pytest.mark.parametrize("operator", ["remove", "unknown", "pad"])
def test_the_operator_is_that_of_perturbing(operator: Any) -> None:
    """What hides a word is stated, and changes the numbers."""
    model = linear()
    found = faithfulness(model, explanation(model, written()), operator=operator)
    words = {"remove": "taken out", "unknown": "unknown word", "pad": "padding"}
    assert words[operator] in found.notes[0]
    left = by_name(faithfulness(model, explanation(model, written())))
    same = by_name(found)["comprehensiveness"].value == left["comprehensiveness"].value
    assert same == (operator == "remove")


def test_scores_without_sign_are_graded_by_size() -> None:
    """Attention speaks for no label: the predicted one, and the size of the drops."""
    model = attentive(bright=4, dull=4)
    texts = ["the bright film was a plot", "the film was dull and a plot"] * 8
    said_by = {"bright": 9.0, "dull": 8.0}
    read = explanation(
        model,
        texts,
        lambda c: np.array([said_by.get(t.text, 0.1) for t in c.question.tokens]),
        signed=False,
    )
    found = by_name(faithfulness(FakeTrained({2: model}), read))
    assert {row.said for row in found.values()} == {"better than random"}
    assert found["comprehensiveness"].n == 16


def test_an_anchor_is_graded_by_its_own_size() -> None:
    """As many words as it has, against random sets of as many."""
    model, texts = linear(), written()
    good, bad = anchors(model, texts, true, 3), anchors(model, texts, noise, 3)
    found = faithfulness(model, good, bad)
    scores = faithfulness(model, explanation(model, texts), fractions=(0.3,))
    for name in ALL[:2]:
        assert by_name(found)[name].value == by_name(scores)[name].value
        assert by_name(found)[name].said == "better than random"
        assert by_name(found, "b")[name].said == "not better than random"
    assert by_name(found)[TAU].value > 0.5
    empty = faithfulness(model, anchors(model, texts, true, 0))
    assert [row.said for row in empty.rows] == ["not better than random"] * 3
    assert "a: 30 texts left out: the anchor is empty" in empty.notes
    whole = faithfulness(model, anchors(model, texts, true, 10))
    assert "a: 30 texts left out: the anchor is the whole text" in whole.notes


def test_what_cannot_be_graded_is_left_out_and_counted() -> None:
    """Undefined, equal, single and unknown words; nothing left is no number."""
    model = linear()
    read = explanation(model, [*written(12), "a", "zig zag", "a b", "b c", "c d"])
    texts = list(read.texts)
    texts[14] = replace(texts[14], scores=np.zeros(2, np.float32))
    texts[15] = replace(texts[15], undefined="for a reason")
    texts[16] = replace(texts[16], scores=np.array([np.nan, 1], np.float32))
    found = faithfulness(model, replace(read, texts=tuple(texts)))
    assert by_name(found)["comprehensiveness"].n == 12
    given = "over 17 texts that the author gave, so that the estimates speak for no"
    assert found.notes[3:] == (
        f"{given} others",
        "a: 1 text left out: 1 token; at least 2 are needed",
        "a: 1 text left out: all 2 words are outside the vocabulary",
        "a: 1 text left out: all scores are equal",
        "a: 1 text left out: for a reason",
        "a: 1 text left out: only 1 of 2 tokens scored",
    )
    none = faithfulness(model, replace(read, texts=(texts[12], texts[13], texts[15])))
    assert [row.said for row in none.rows] == ["none"] * 3
    assert all(math.isnan(row.value) and row.baseline is None for row in none.rows)


def test_equal_scores_are_no_better_than_a_random_order() -> None:
    """Attention before training has no number, and a verdict; so has a dead model."""
    model, texts = linear(), written()
    even = faithfulness(model, explanation(model, texts, lambda c: np.ones(c.size)))
    assert all(math.isnan(row.value) for row in even.rows)
    assert {row.said for row in even.rows} == {"not better than random"}
    dead = linear(0.0)
    found = faithfulness(dead, explanation(dead, texts, noise))
    assert {row.said for row in found.rows} == {"not better than random"}
    assert by_name(found)["comprehensiveness"].value == 0
    assert by_name(found)[TAU].n == 0


def test_a_word_without_a_score_comes_last() -> None:
    """And ties keep the order of the text."""
    found = rank_tokens(np.array([1.0, np.nan, 2.0, 1.0, -5.0]))
    assert found.tolist() == [2, 0, 3, 4, 1]
    assert word_counts(10, (0.1, 0.3, 0.5)).tolist() == [1, 3, 5]
    assert word_counts(3, (0.0, 0.1, 1.0)).tolist() == [0, 1, 3]


def test_padding_is_no_word() -> None:
    """Slots behind a text, which unmasked attention weighs, are not taken away."""
    model, texts = linear(), written(12)
    read = explanation(model, texts, lambda c: np.append(true(c), [50.0, 60.0]))
    assert read.texts[0].tokens[-1].kind == "pad"
    plain = faithfulness(model, explanation(model, texts))
    assert faithfulness(model, read).rows == plain.rows


def test_one_text_changes_nothing_of_another() -> None:
    """Random orders are a text's own, and the same for every artifact."""
    model, texts = linear(), written(12)
    one = faithfulness(model, explanation(model, texts))
    two = faithfulness(
        model, explanation(model, texts, noise), explanation(model, texts)
    )
    assert by_name(two, "b")["sufficiency"] == replace(
        by_name(one)["sufficiency"], of="b"
    )


def test_artifacts_of_several_epochs() -> None:
    """Each is asked of the state that it explains."""
    early, late = linear(0.001, epoch=1), linear(epoch=2)
    states, texts = FakeTrained({1: early, 2: late}), written()
    read = explanation(early, texts), explanation(late, texts)
    found = faithfulness(states, *read)
    assert by_name(found)["comprehensiveness"].said == "not better than random"
    assert by_name(found, "b")["comprehensiveness"].said == "better than random"
    assert found.epoch is None


def test_another_model_is_refused() -> None:
    """Its answers, labels or length differ, and no row could be trusted."""
    model, texts = linear(), written(3)
    read = explanation(model, texts)
    with pytest.raises(ConfigError, match='"a" explains other answers'):
        faithfulness(linear(2.0), read)
    other = replace(read, labels=("dull", "bright"))
    with pytest.raises(
        ConfigError, match="explains a model of the labels dull, bright"
    ):
        faithfulness(model, other)
    short = linear()
    short.max_tokens = 5
    with pytest.raises(ConfigError, match="explains texts of more than 5 tokens"):
        faithfulness(short, read)


def test_what_is_no_explanation_is_refused() -> None:
    """An artifact without words to order has nothing to grade."""
    with pytest.raises(UnsupportedError, match='"a" holds no scores'):
        faithfulness(linear(), Scores(aspect="sanity", rows=()))


def test_an_artifact_without_texts_gives_nothing() -> None:
    """No text, no number."""
    model = linear()
    read = TokenScores(
        epoch=1, texts=(), labels=model.labels, quantity="x", signed=True
    )
    assert [row.n for row in faithfulness(model, read).rows] == [0, 0, 0]


def test_a_written_token_can_be_graded() -> None:
    """The prediction of a language model at one step has a value, and no verdict."""
    from generator.methods.attribution.leave_one_out import LeaveOneOut
    from tests.methods.explaining import writer

    _, given_ = writer()
    method = LeaveOneOut(method="leave_one_out", model="m", of="t", step=3)
    read = method.collect(given_)
    grade = Faithfulness(method="faithfulness", model="m", of=("a",))
    found = by_name(grade.collect(replace(given_, artifacts=(read,))))
    assert found["comprehensiveness"].n == 1
    assert np.isfinite(found["comprehensiveness"].value)
    assert found[TAU].value > 0.5


def test_random_orders_are_of_their_text() -> None:
    """A text that is there twelve times is taken apart in twelve different ways.

    With the same orders for all, what random ones get would have no interval.
    """
    model, texts = linear(), written(1) * 12
    rows = by_name(faithfulness(model, explanation(model, texts), orders=2))
    for name in ALL:
        row = rows[name]
        assert row.baseline_low is not None
        assert row.baseline_high is not None
        assert row.baseline_low < row.baseline_high
    assert rows["comprehensiveness"].low == pytest.approx(
        rows["comprehensiveness"].high
    )


def test_artifacts_may_hold_different_numbers_of_texts() -> None:
    """Each is graded over its own, as it would be alone."""
    model, texts = linear(), written(3)
    both = faithfulness(model, explanation(model, texts), explanation(model, texts[:2]))
    assert {row.n for row in by_name(both).values()} == {3}
    assert {row.n for row in by_name(both, "b").values()} == {2}
    alone = faithfulness(model, explanation(model, texts[:2]))
    values = [row.value for row in by_name(both, "b").values()]
    assert values == pytest.approx([row.value for row in alone.rows])


def test_typed_texts_stay_out_of_estimates_over_documents() -> None:
    """A text that the author gave changes no number, is counted apart, and pairs."""
    model = linear()
    read = explanation(model, ["a b c", *written(12)])
    numbered = (
        replace(text, document=place or None) for place, text in enumerate(read.texts)
    )
    mixed = replace(read, texts=tuple(numbered))
    found = faithfulness(model, mixed)
    alone = faithfulness(model, replace(mixed, texts=mixed.texts[1:]))
    assert by_name(found)["comprehensiveness"].n == 12
    note = "1 text that the author gave left out of estimates over documents"
    assert note in found.notes
    assert note not in alone.notes
    sample = by_name(found)["comprehensiveness"].sample
    assert sample is not None
    assert not sample.local
    assert sample.ids.tolist() == list(range(1, 13))
