"""Three rankings of a text's words, where they are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.methods.attention.hypothesis_tests import rank_agreement
from generator.methods.attention.hypothesis_tests.rank_agreement import (
    Rankings,
    gradient_sizes,
    kendall_matrix,
    rank_words,
    tau_lead,
)
from generator.methods.attention.measures import collect_attention
from generator.methods.common.classifier_texts import build_input_text
from generator.methods.common.statistics import kendall_tau
from tests.fakes.classifiers import SlopingClassifier, known, softmax

Array = NDArray[Any]
WORDS = known("a", "b", "c", "d", "e")
SCORES = np.array([0, 0, 0.5, -1, 2, 1, -0.3])
RISING = np.array([0.1, 0.2, 0.3, 0.4])


def classifier(values: Any, **more: Any) -> SlopingClassifier:
    """Two labels; `values` (words,) is what each word says for the second."""
    said = np.zeros((len(WORDS), 2))
    said[2:, 1] = values
    return SlopingClassifier(WORDS, SCORES, said, **more)


def ranked(model: SlopingClassifier, *texts: str) -> tuple[Rankings, ...]:
    """The rankings of texts."""
    found = collect_attention(
        model, [build_input_text(model, text.split()) for text in texts]
    )
    return tuple(rank_words(model, found, "input"))


def test_the_same_order_is_one_and_the_reverse_minus_one() -> None:
    """Attention and gradients alike, leaving out the other way round."""
    found = Rankings(RISING, RISING**2, -RISING).taus()
    assert found == pytest.approx((1, -1, -1))


@given(st.integers(0, 10_000), st.integers(3, 40))
def test_all_taus_at_once_are_those_of_each_pair(seed: int, words: int) -> None:
    """With many ties or few, each is Kendall's tau-b of its two rows."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, rng.integers(2, 30), (3, words)).astype(float)
    rows[:, 0], rows[:, 1] = -1, 99  # none is constant
    found = kendall_matrix(rows)
    for one in range(3):
        expected = [kendall_tau(rows[one], other) for other in rows]
        assert found[one] == pytest.approx(expected)


def test_long_texts_have_the_same_taus(monkeypatch: pytest.MonkeyPatch) -> None:
    """How they are counted changes no tau."""
    rows = np.random.default_rng(4).normal(size=(3, 20))
    short = kendall_matrix(rows)
    monkeypatch.setattr(rank_agreement, "SHORT", 19)
    assert kendall_matrix(rows) == pytest.approx(short)


@pytest.mark.parametrize("still", ["attention", "gradient", "leaving_out"])
def test_what_does_not_vary_has_no_order(still: str) -> None:
    """One of three that is constant but for rounding leaves no tau at all."""
    three = {"attention": RISING, "gradient": RISING, "leaving_out": RISING}
    three[still] = np.full(4, 0.25)
    if still != "gradient":
        three[still] = three[still] + np.array([0, 1e-8, 0, 2e-8])
    assert all(math.isnan(tau) for tau in Rankings(**three).taus())


def test_an_average_of_equally_loud_words_is_ranked_by_attention() -> None:
    """With attention held, a word's slope is its weight times what it says."""
    (found,) = ranked(classifier([3, -3, 3, -3, 3]), "a b c d e")
    assert found.taus()[0] == pytest.approx(1)


def test_leaving_out_is_the_answer_to_the_rest() -> None:
    """Each token is taken out, and the others share its weight."""
    model = classifier([1.0, -2.0, 0.5, 0.0, 0.0])
    (found,) = ranked(model, "a b c")
    whole, *rest = model.predict([(2, 3, 4), (3, 4), (2, 4), (2, 3)])
    expected = [np.abs(one - whole).sum() / 2 for one in rest]
    assert found.leaving_out == pytest.approx(expected, abs=1e-6)


def test_the_gradient_is_that_of_the_predicted_label() -> None:
    """It is the slope of the probability by the word's place in a one-hot input."""
    model = classifier([1.0, -2.0, 0.5, 0.0, 0.0])
    text = (2, 3, 4)
    weights = softmax(SCORES[list(text)])
    share = float(model.predict([text])[0].max())
    expected = weights * np.abs([1.0, -2.0, 0.5]) * share * (1 - share)
    label = model.predict([text]).argmax(1)
    assert gradient_sizes(model, [text], label, "input")[0] == pytest.approx(
        expected, abs=1e-6
    )


def test_the_length_of_the_gradient_is_another_size() -> None:
    """It takes no word's vector into account: attention alone ranks it here."""
    model = classifier([1.0, -2.0, 0.5, 0.0, 0.0])
    (found,) = gradient_sizes(model, [(2, 3, 4)], np.array([1]), "norm")
    assert found / found[0] == pytest.approx(np.exp(SCORES[2:5] - SCORES[2]))


def test_padding_is_weighed_and_not_ranked() -> None:
    """The rankings are of the text's own words."""
    (found,) = ranked(classifier([1, -2, 3, 0, 0], masked=False), "a b c")
    shapes = {len(found.attention), len(found.gradient), len(found.leaving_out)}
    assert shapes == {3}


def test_texts_are_asked_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked about at once, no value changes."""
    texts = ["a b c", "d e", "a b c d e", "b d", "c a"]
    model = classifier([1.0, -2.0, 0.5, 0.7, 0.1])
    whole = [one.taus() for one in ranked(model, *texts)]
    monkeypatch.setattr(rank_agreement, "IDS", 14)
    assert [one.taus() for one in ranked(model, *texts)] == whole


def test_the_lead_keeps_the_three_of_a_text_together() -> None:
    """If each text's third is ahead by the same, the interval has no width."""
    drawn = np.random.default_rng(0).normal(size=(40, 1))
    three = drawn + np.array([0.0, -0.2, 0.3])
    found = tau_lead(three, np.random.default_rng(1))
    assert found == pytest.approx((0.3, 0.3, 0.3))


def test_no_text_has_no_lead() -> None:
    """Nothing is defined without texts."""
    assert math.isnan(tau_lead(np.zeros((0, 3)), np.random.default_rng(1)).value)
