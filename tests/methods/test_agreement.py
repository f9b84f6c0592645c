"""Agreement of explanations whose relation is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.artifacts import Agreement, Artifact, TokenScores
from generator.core.errors import UnsupportedError
from generator.methods.evaluation.agreement import (
    ExplanationAgreement,
    ExplanationPair,
    score_rho,
    sign_agreement,
    top_word_overlap,
)
from tests.methods.attending import stored
from tests.methods.explained import (
    anchored,
    anchors,
    explained,
    make_context,
    shuffled,
    text,
)

ROWS = shuffled(40, 14)
NAMES = ("a", "b", "c")


def agree(*read: Artifact, **settings: Any) -> Agreement:
    """How artifacts agree."""
    method = ExplanationAgreement(
        method="agreement", model="m", of=NAMES[: len(read)], **settings
    )
    return method.collect(make_context(*read))


def of(rows: Sequence[Sequence[float]], **more: Any) -> TokenScores:
    """An artifact with these scores."""
    signed = more.pop("signed", True)
    return explained(*(text(row, **more) for row in rows), signed=signed)


def test_an_explanation_agrees_with_itself() -> None:
    """Every measure is 1, the diagonal is blank, both triangles are one."""
    found = agree(of(ROWS), of(ROWS))
    assert found.measures == ("Spearman's rho", "top-5 overlap", "sign agreement")
    assert found.values[:, 0, 1] == pytest.approx(1)
    assert np.isnan(found.values[:, 0, 0]).all()
    np.testing.assert_array_equal(found.values, found.values.transpose(0, 2, 1))
    np.testing.assert_array_equal(found.texts, found.texts.transpose(0, 2, 1))
    assert found.texts[:, 0, 1].tolist() == [40, 40, 40]
    assert found.texts[:, 0, 0].tolist() == [0, 0, 0]
    assert found.names == ("a", "b")
    assert np.isnan(found.seconds).all()


def test_opposite_signs() -> None:
    """Rho is −1 and no sign agrees, but the largest words are the same."""
    found = agree(of(ROWS), of((-np.array(ROWS)).tolist()))
    assert found.values[:, 0, 1] == pytest.approx([-1, 1, 0])


def test_explanations_that_know_nothing_of_each_other() -> None:
    """Intervals hold 0, what random orders share, and one half."""
    found = agree(of(shuffled(150, 14, 5)), of(shuffled(150, 14, 6)))
    for at, chance in enumerate((0, 5 / 14, 0.5)):
        assert found.low[at, 0, 1] < chance < found.high[at, 0, 1]
    assert "random orders would share 0.36 of the top words" in found.notes


def test_rho_is_that_of_the_ranks() -> None:
    """Against a definition: 1 − 6 Σ d² / (n (n² − 1)), without ties."""
    left, right = np.array(ROWS[0]), np.array(ROWS[1])
    d = np.argsort(np.argsort(left)) - np.argsort(np.argsort(right))
    known = 1 - 6 * (d**2).sum() / (14 * (14**2 - 1))
    assert score_rho(ExplanationPair(left, right, signed=True), 5) == pytest.approx(
        known
    )


def test_sizes_are_compared_where_one_has_no_sign() -> None:
    """Attention against signed scores: rho of sizes, and no sign agreement."""
    sizes = np.abs(np.array(ROWS)).tolist()
    found = agree(of(ROWS), of(sizes, signed=False, label=""))
    assert found.values[0, 0, 1] == pytest.approx(1)
    assert found.values[1, 0, 1] == pytest.approx(1)
    assert np.isnan(found.values[2, 0, 1])
    assert found.texts[2, 0, 1] == 0
    assert "compared by size, having no sign: b" in found.notes


def test_two_labels_are_turned() -> None:
    """What speaks for negative speaks against positive."""
    turned = of((-np.array(ROWS)).tolist(), label="negative")
    assert agree(of(ROWS), turned).values[:, 0, 1] == pytest.approx(1)


def test_more_labels_are_refused() -> None:
    """Scores for good cannot be turned into scores for neutral."""
    labels = ("bad", "neutral", "good")
    left = replace(of(ROWS, label="good"), labels=labels)
    right = replace(of(ROWS, label="neutral"), labels=labels)
    with pytest.raises(
        UnsupportedError,
        match='text 1 of "a" is explained for "good", of "b" for "neutral"',
    ):
        agree(left, right)
    assert agree(left, left).values[0, 0, 1] == pytest.approx(1)


def test_other_texts_are_refused() -> None:
    """A text more, or another text, names both artifacts."""
    with pytest.raises(UnsupportedError, match='"b" holds 3 texts and "a" 4'):
        agree(of(ROWS[:4]), of(ROWS[:3]))
    other = of([*ROWS[:1], ROWS[1][:9]])
    with pytest.raises(
        UnsupportedError,
        match=r'text 2 of "b" \(9 words\) is another than that of "a" \(14 words\)',
    ):
        agree(of(ROWS[:2]), other)
    with pytest.raises(ValidationError, match="named twice"):
        ExplanationAgreement(method="agreement", model="m", of=("a", "a"))


def test_texts_without_scores_are_left_out_for_their_pairs() -> None:
    """Only pairs with the one that has none rest on fewer texts."""
    made = of(ROWS)
    gone = [
        replace(t, undefined="no") if n < 10 else t for n, t in enumerate(made.texts)
    ]
    found = agree(made, made, replace(made, texts=tuple(gone)))
    assert found.texts[0, 0, 1] == 40
    assert found.texts[0, 0, 2] == 30
    assert "texts without scores of c: 10" in found.notes


def test_padding_is_not_compared() -> None:
    """One model pads and the other does not: they are the same words."""
    padded = explained(*(text([*row, 7.0, 7.0], pads=2) for row in ROWS))
    assert agree(of(ROWS), padded).values[0, 0, 1] == pytest.approx(1)


def test_anchors_agree_by_their_words() -> None:
    """As many of the largest words are compared as the anchor has."""
    made = [anchored(14, np.argsort(-np.abs(row))[:2].tolist()) for row in ROWS]
    found = agree(of(ROWS), anchors(*made))
    assert found.values[1, 0, 1] == pytest.approx(1)
    assert found.quantities == ("score", "anchor")
    none = agree(of(ROWS), anchors(*(anchored(14, []) for _ in ROWS)))
    assert np.isnan(none.values[:, 0, 1]).all()
    assert none.texts[:, 0, 1].tolist() == [0, 0, 0]


def test_short_texts_and_sparse_scores_compare_fewer_words() -> None:
    """At most half of the words, and no more than have a score other than 0."""
    short = ExplanationPair(
        np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 4, 3]), signed=True
    )
    assert short.count(5) == 2
    assert top_word_overlap(short, 5) == 1
    sparse = ExplanationPair(
        np.array([0.0, 0, 9, 0, 0, 0]), np.arange(6.0), signed=True
    )
    assert sparse.count(5) == 1
    assert top_word_overlap(sparse, 5) == 0


def test_what_is_not_defined() -> None:
    """Two words have no order to speak of, equal scores no correlation."""
    assert np.isnan(
        score_rho(ExplanationPair(np.arange(2.0), np.arange(2.0), signed=True), 5)
    )
    flat = ExplanationPair(np.ones(6), np.arange(6.0), signed=True)
    assert np.isnan(score_rho(flat, 5))
    assert top_word_overlap(flat, 3) == pytest.approx(0.5)
    nothing = ExplanationPair(np.zeros(6), np.arange(6.0), signed=True)
    assert np.isnan(top_word_overlap(nothing, 3))
    assert np.isnan(sign_agreement(nothing, 3))


def test_words_that_one_gives_no_score() -> None:
    """They are left out for this pair."""
    gap = [row[:] for row in ROWS]
    for row in gap:
        row[3] = np.nan
    assert agree(of(ROWS), of(gap)).values[:, 0, 1] == pytest.approx(1)


@given(
    st.lists(st.floats(-3, 3, width=16), min_size=3, max_size=12),
    st.integers(0, 99),
    st.booleans(),
)
def test_measures_are_symmetric_and_bounded(
    values: list[float], seed: int, signed: bool
) -> None:
    """It does not matter who is asked first."""
    left = np.array(values)
    right = np.random.default_rng(seed).permutation(left)
    for measure, least in ((score_rho, -1), (top_word_overlap, 0), (sign_agreement, 0)):
        there = measure(ExplanationPair(left, right, signed), 5)
        back = measure(ExplanationPair(right, left, signed), 5)
        assert there == pytest.approx(back, nan_ok=True)
        assert np.isnan(there) or least - 1e-9 <= there <= 1 + 1e-9


def test_it_is_the_same_twice_and_stored_as_it_is() -> None:
    """The same bytes when asked again, and when read back."""
    made = (of(ROWS), of(shuffled(40, 14, 8)))
    found, again = agree(*made), agree(*made)
    back = stored(found)
    assert isinstance(back, Agreement)
    for name in ("values", "low", "high", "texts"):
        np.testing.assert_array_equal(getattr(found, name), getattr(again, name))
        np.testing.assert_array_equal(getattr(found, name), getattr(back, name))
    assert (found.low <= found.values)[:, 0, 1].all()
    assert (found.values <= found.high)[:, 0, 1].all()
