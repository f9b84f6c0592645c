"""LIME: the limit it estimates, how it says what not to believe, what it refuses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from generator.artifacts import TokenScores
from generator.core.errors import ConfigError, IntegrityError, UnsupportedError
from generator.corpora.base import Corpus
from generator.methods.attribution.lime import Lime
from generator.methods.attribution.lime_surrogate import (
    fit_surrogate,
    proximity_weights,
)
from generator.methods.attribution.shapley_values import all_coalitions
from generator.methods.common.perturbation import apply_masks
from tests.fakes.classifiers import LinearClassifier, ids, softmax
from tests.fakes.language_models import ask
from tests.methods.attending import corpus, learnt, stored
from tests.methods.explaining import LETTERS, Telling, facts, filled, spoken, writer

TEXT = "a b c d e f"
Array = NDArray[Any]


def collect(
    model: Any,
    *texts: str,
    corpus_: Corpus | None = None,
    count: int = 0,
    seed: Sequence[int] = (7, 1),
    **settings: Any,
) -> TokenScores:
    """Explain texts, drawing few unless a test asks for more."""
    told = {"samples": 300, "repeats": 5, **settings}
    method = Lime(method="lime", model="m", texts=texts, **told)
    return method.collect(
        ask(learnt(model, documents=count), corpus=corpus_, seed=seed)
    )


def limit(model: Any, text: str, label: int, operator: Any = "remove") -> Array:
    """What infinitely many texts would give, from all masks by hand."""
    whole = ids(model, text)
    size = len(whole)
    masks = all_coalitions(size)[:-1]
    hidden = size - masks.sum(axis=1)
    chances = np.array([1 / (size * comb(size, int(count))) for count in hidden])
    weights = chances * proximity_weights(masks, 25)
    values = softmax(model.logits(apply_masks(whole, masks, operator)))[:, label]
    rows = np.column_stack([masks, np.ones(len(masks))]) * np.sqrt(weights)[:, None]
    return np.linalg.lstsq(rows, values * np.sqrt(weights))[0][:-1]


@pytest.mark.parametrize("text", ["a b c", "a b a c", TEXT, "a b c d e f g h i j"])
@pytest.mark.parametrize("operator", ["remove", "unknown", "pad"])
def test_many_samples_come_to_the_limit(text: str, operator: str) -> None:
    """With 50,000 texts every coefficient is within 0.005 of the enumerated one.

    From three words on: with two the intercept rests on the empty text, whose weight is
    so small that the penalty still counts.
    """
    model = spoken()
    found = collect(model, text, samples=50_000, repeats=1, operator=operator)
    (one,) = found.texts
    known = limit(model, text, model.labels.index(one.label), operator)
    assert one.scores == pytest.approx(known, abs=0.005)
    assert not one.spread.size


def test_spread_is_that_of_other_seeds() -> None:
    """The standard deviation that is told is the one found by asking many seeds."""
    model = spoken()
    many = [
        collect(model, TEXT, repeats=2, seed=(7, seed)).texts[0].scores
        for seed in range(60)
    ]
    told = [
        collect(model, TEXT, repeats=20, seed=(8, seed)).texts[0].spread
        for seed in range(10)
    ]
    assert np.mean(told, axis=0) == pytest.approx(np.std(many, axis=0, ddof=1), rel=0.3)


def test_what_is_told_beside_the_scores() -> None:
    """R², intercept, local prediction, the model's, samples and the deviation."""
    model = spoken(scale=0.3)
    found = collect(model, TEXT)
    (text,) = found.texts
    told = facts(text)
    assert told["probability with every token"].value == pytest.approx(
        text.probabilities.max()
    )
    local = told["intercept"].value + text.scores.sum()
    assert told["local prediction"].value == pytest.approx(local, abs=1e-5)
    assert 0.9 < told["R²"].value <= 1
    assert told["perturbed texts"].value == 300
    deviation = told["largest standard deviation over 5 draws"]
    assert deviation.value == pytest.approx(text.spread.max())
    assert deviation.unit == "probability"
    assert not any(fact.doubt for fact in text.facts)
    assert found.quantity == "LIME coefficient"
    assert found.unit == "probability"
    assert found.signed
    assert "taken out" in found.notes[0]
    assert "300 perturbed texts" in found.notes[1]
    assert "width 25" in found.notes[1]
    assert "5 such draws" in found.notes[3]


def test_a_linear_model_is_ordered_by_its_weights() -> None:
    """Where probability is linear in words, coefficients are those weights."""
    told = dict(zip("abcdef", [0.2, -0.1, 0.05, 0.01, -0.02, 0.1], strict=True))
    model = Telling(lambda words: 0.4 + sum(told[word] for word in words))
    (text,) = collect(model, TEXT, samples=5000, label="positive").texts
    assert text.scores == pytest.approx(list(told.values()), abs=1e-3)
    order = np.argsort(-np.abs(text.scores)).tolist()
    assert order == np.argsort(-np.abs(list(told.values())), kind="stable").tolist()
    assert facts(text)["R²"].value == pytest.approx(1, abs=1e-4)


def test_a_word_that_stands_twice_has_two_scores() -> None:
    """Where only the first of two counts, only the first scores."""
    model = Telling(lambda words: 0.9 if list(words[:1]) == ["a"] else 0.2)
    (text,) = collect(model, "a b c a", label="positive", samples=3000).texts
    assert text.scores[0] > 0.3
    assert text.scores[0] > 3 * abs(text.scores[3])


def test_the_other_label_is_the_mirror() -> None:
    """With two labels, what speaks for one speaks against the other."""
    both = [collect(spoken(), TEXT, label=label).texts[0] for label in spoken().labels]
    assert both[0].scores == pytest.approx(-both[1].scores, abs=1e-6)
    assert [text.label for text in both] == ["negative", "positive"]


def test_features_bound_the_tokens_that_score() -> None:
    """The others score 0, and how many have a coefficient is told."""
    text = " ".join("abcdefghijklmnop")
    for features in (3, 7, 10):
        (found,) = collect(spoken(), text, features=features).texts
        assert np.count_nonzero(found.scores) == features
        assert facts(found)["tokens with a coefficient"].value == features
    (found,) = collect(spoken(), "a b c", features=10).texts
    assert "tokens with a coefficient" not in facts(found)


def test_a_poor_fit_is_marked() -> None:
    """Where probability hangs on whether an odd number is left, R² is low."""
    model = Telling(lambda words: 0.1 + 0.8 * (len(words) % 2))
    (text,) = collect(model, "a b c d e f g", samples=3000).texts
    assert facts(text)["R²"].value < 0.5
    assert "less than half" in facts(text)["R²"].doubt
    unsettled = facts(text)["largest standard deviation over 5 draws"].doubt
    assert unsettled in {"", "the largest score may have the other sign"}


def test_a_local_prediction_on_the_other_side_is_marked() -> None:
    """The model says yes to the whole text alone; the linear model does not."""
    model = Telling(lambda words: 0.9 if len(words) == 6 else 0.2)
    (text,) = collect(model, TEXT, samples=3000).texts
    told = facts(text)["local prediction"]
    assert told.value < 0.5
    assert told.doubt.startswith("unreliable")
    assert "0.9" in told.doubt


class Three(Telling):
    """Three labels: 0.4, 0.3 and 0.3 for the whole text; the second is always 0.3."""

    def predict(self, texts: Any) -> Any:
        first = np.array([0.4 if len(text) == 6 else self.tell("") for text in texts])
        return np.column_stack(
            [first, np.full(len(first), 0.3), 0.7 - first],
        ).astype(np.float32)


def test_the_side_of_more_labels_is_that_of_the_largest_other() -> None:
    """Three labels are decided below one half: the rival's probability counts."""
    labels = ("one", "two", "three")
    same, other = (Three(lambda _, p=p: p, labels=labels) for p in (0.38, 0.1))
    (text,) = collect(same, TEXT, label="one", samples=3000).texts
    assert not facts(text)["local prediction"].doubt.startswith("unreliable")
    (text,) = collect(other, TEXT, label="one", samples=3000).texts
    assert facts(text)["local prediction"].doubt.startswith("unreliable")


def test_too_few_texts_are_told() -> None:
    """Fewer different texts than coefficients, or tokens hidden only together."""
    (text,) = collect(spoken(), TEXT, samples=4, repeats=1).texts
    assert "too few for 6 coefficients" in facts(text)["perturbed texts"].doubt
    (text,) = collect(spoken(), "a b", samples=300).texts
    assert facts(text)["perturbed texts"].doubt == ""
    (text,) = collect(spoken(), "a b", samples=2, repeats=1).texts
    assert facts(text)["perturbed texts"].doubt.startswith("only 2 of them differ")


def test_tokens_hidden_only_together_are_told() -> None:
    """With few draws of many tokens some are never told apart."""
    text, few = " ".join("abcdefghijklmnopqrst"), {"samples": 10, "repeats": 1}
    found = [
        collect(spoken(), text, features=7, seed=(1, seed), **few) for seed in range(60)
    ]
    doubts = {facts(one.texts[0])["perturbed texts"].doubt for one in found}
    assert "some tokens were hidden only together" in doubts


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a", "1 token; at least 2 are needed"),
        ("qua sed", "all 2 words are outside the vocabulary"),
    ],
)
def test_what_has_no_linear_model(text: str, reason: str) -> None:
    """A single word and unknown words have no scores, and the reason is told."""
    (found,) = collect(spoken(), text).texts
    assert found.undefined == reason
    assert np.isnan(found.scores).all()


def test_a_prediction_that_never_changes_is_not_explained() -> None:
    """A model that ignores its text has no scores."""
    (found,) = collect(Telling(lambda _: 0.7), TEXT).texts
    assert found.undefined == "the prediction is the same whatever is hidden"
    assert np.isnan(found.scores).all()


def test_unknown_words_are_players_only_if_they_go() -> None:
    """Replaced by itself an unknown word has no score; taken out it has one."""
    (text,) = collect(spoken(), "a qua b", operator="unknown").texts
    assert np.isnan(text.scores).tolist() == [False, True, False]
    assert np.isnan(text.spread).tolist() == [False, True, False]
    assert facts(text)["unknown words"].value == 1
    (text,) = collect(spoken(), "a qua b").texts
    assert np.isfinite(text.scores).all()
    (text,) = collect(spoken(), "a qua sed", operator="unknown").texts
    assert text.undefined == "1 of 3 tokens can be hidden; at least 2 are needed"


def test_a_classifier_that_gives_logits_is_refused() -> None:
    """Answers beyond 0 to 1, or with another sum, are no probabilities."""

    class Logits(LinearClassifier):
        def predict(self, texts: Any) -> Any:
            return self.logits(texts).astype(np.float32)

    class Half(Telling):
        def predict(self, texts: Any) -> Any:
            found = super().predict(texts)
            return found if len(texts) == 1 else found * np.float32(0.9)

    table = np.random.default_rng(0).normal(0, 2, (len(LETTERS), 2))
    with pytest.raises(UnsupportedError, match="LIME explains no logits"):
        collect(Logits(LETTERS, table), TEXT)
    with pytest.raises(IntegrityError, match="probabilities sum to 1"):
        collect(Half(lambda words: 0.1 * len(words)), TEXT)
    with pytest.raises(UnsupportedError, match=r"answers nan, nan; expected"):
        collect(Telling(lambda _: math.nan), TEXT)


def test_probabilities_of_little_precision_are_taken() -> None:
    """A sum within a thousandth of 1 is rounding."""

    class Rounded(Telling):
        def predict(self, texts: Any) -> Any:
            return super().predict(texts) + np.float32(2e-4)

    found = collect(Rounded(lambda words: 0.1 * len(words)), TEXT)
    assert found.checks[0].error == pytest.approx(4e-4, rel=0.01)
    assert all(check.passed for check in found.checks)


def test_it_is_the_same_again_whatever_comes_after() -> None:
    """The same seed gives the same bits; texts that follow change nothing."""
    one, again = collect(spoken(), TEXT), collect(spoken(), TEXT, "g h i")
    np.testing.assert_array_equal(one.texts[0].scores, again.texts[0].scores)
    np.testing.assert_array_equal(one.texts[0].spread, again.texts[0].spread)
    other = collect(spoken(), TEXT, seed=(7, 2)).texts[0].scores
    assert not np.array_equal(one.texts[0].scores, other)


def test_texts_are_asked_together() -> None:
    """Many texts take two calls: of the whole ones, and of all that is drawn."""
    model = Telling(lambda words: 0.1 * len(words))
    collect(model, TEXT, "a b c", "d e", "a", samples=50)
    assert len(model.calls) == 2
    assert model.calls[1] <= 64 + 8 + 4


def test_documents() -> None:
    """Documents keep number, label and rationale, and an empty one says so."""
    told = corpus(("a b c", "positive", [(1, 2)]), ("", "negative", []))
    found = collect(spoken(), corpus_=told, count=2, documents=2)
    assert found.texts[0].rationale == ((1, 2),)
    assert found.texts[0].truth == "positive"
    assert found.texts[1].undefined == "the text is empty"


def test_a_written_token_is_explained() -> None:
    """The label is the token written, padding is left out, unknown is id 0."""
    model, asked = writer()
    drawn = {"samples": 30_000, "repeats": 1, "operator": "unknown"}
    found = Lime(method="lime", model="m", of="read", step=3, **drawn).collect(asked)
    (text,) = found.texts
    assert [token.text for token in text.tokens] == ["w1", "zig", "w2", "w3"]
    assert found.labels[1] == text.label == "w4"
    masks = all_coalitions(3)[:-1]
    values = model.answer(filled(masks))[:, 4]
    chances = np.array([1 / (3 * comb(3, kept)) for kept in masks.sum(axis=1)])
    weights = 1e6 * chances * proximity_weights(masks, 25)
    known = fit_surrogate(masks, values, weights, 10).coefficients
    assert text.scores[[0, 2, 3]] == pytest.approx(known, abs=0.005)
    assert np.isnan(text.scores[1])


def test_it_is_stored_as_it_is() -> None:
    """Scores are read back to the bit, undefined ones as undefined."""
    found = collect(spoken(), TEXT, "a")
    back = stored(found)
    assert isinstance(back, TokenScores)
    for left, right in zip(found.texts, back.texts, strict=True):
        np.testing.assert_array_equal(left.scores, right.scores)
        assert left.facts == right.facts


def test_settings_that_make_no_sense() -> None:
    """No samples, no features, no width; and no such label."""
    for wrong in ({"samples": 1}, {"features": 0}, {"kernel_width": 0}, {"repeats": 0}):
        with pytest.raises(ValidationError):
            collect(spoken(), TEXT, **wrong)
    with pytest.raises(ConfigError, match='no "positiv"'):
        collect(spoken(), TEXT, label="positiv")
