"""The exact division of a logit: hand-made sums, both labels, what is not defined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Measurement, TokenScores
from generator.core.errors import ConfigError, IntegrityError
from generator.corpora.words import WordVocabulary, split_into_words
from generator.methods.attribution.coefficients import Coefficients
from generator.models.bag_of_words.features import NgramVocabulary
from generator.models.bag_of_words.model import BagOfWords
from generator.models.capabilities import LogitTerms
from tests.fakes.classifiers import LinearClassifier, known, reviews
from tests.fakes.classifiers import tested as every_side
from tests.fakes.language_models import FakeTrained, ask

GRAMS = NgramVocabulary(
    WordVocabulary(("not", "good", "film")), np.array([[2, 3], [3, 4]])
)
IDF = np.array([1.0, 2.0, 1.5, 3.0, 2.5])
TWO = BagOfWords(
    GRAMS,
    IDF,
    np.array([[-1.0, 2.0, 0.25, -5.0, 0.5]]),
    np.array([0.4]),
    ("negative", "positive"),
    1,
)
THREE = BagOfWords(
    GRAMS,
    IDF,
    np.random.default_rng(1).normal(size=(3, 5)),
    np.array([0.1, -0.3, 0.2]),
    ("bad", "fair", "good"),
    1,
)


def collect(model: Any, *texts: str, **settings: Any) -> TokenScores:
    """The division of the logits of texts."""
    method = Coefficients(method="coefficients", model="bow", texts=texts, **settings)
    return method.collect(ask(FakeTrained({1: model})))


def fact(facts: tuple[Measurement, ...], name: str) -> float:
    """The value of a fact."""
    (found,) = (one.value for one in facts if one.name == name)
    return found


def test_known_division() -> None:
    """Words keep their terms, a pair's is divided between its two words."""
    found = collect(TWO, "not good film", label="positive")
    values = IDF / np.linalg.norm(IDF)
    terms = values * TWO.coefficients[0]
    expected = [
        terms[0] + terms[3] / 2,
        terms[1] + terms[3] / 2 + terms[4] / 2,
        terms[2] + terms[4] / 2,
    ]
    (text,) = found.texts
    np.testing.assert_allclose(text.scores, expected, atol=1e-6)
    assert (found.quantity, found.unit, found.signed) == (
        "logit contribution",
        "logits",
        True,
    )
    assert fact(text.facts, "intercept") == pytest.approx(0.4)
    logit = TWO.logits([GRAMS.words.encode(split_into_words("not good film"))])[0, 1]
    assert fact(text.facts, "logit") == pytest.approx(logit, abs=1e-6)


@pytest.mark.parametrize("model", [TWO, THREE], ids=["two", "three"])
def test_intercept_and_scores_are_the_logit(model: BagOfWords) -> None:
    """For every label of every text; the checks say so."""
    texts = ("not good film", "good good not film", "film", "not zzz good")
    rows = model.logits([model.words.encode(split_into_words(text)) for text in texts])
    for place, label in enumerate(model.labels):
        found = collect(model, *texts, label=label)
        assert all(check.passed for check in found.checks)
        for row, text in zip(rows, found.texts, strict=True):
            others = row[1 - place] if len(row) == 2 else 0.0
            total = fact(text.facts, "intercept") + text.scores.sum(dtype=float)
            assert total == pytest.approx(row[place] - others, abs=1e-6)
            assert text.label == label


def test_labels_of_two_are_opposites() -> None:
    """What speaks for one label speaks against the other, intercept included."""
    for_it = collect(TWO, "not good film", label="positive").texts[0]
    against = collect(TWO, "not good film", label="negative").texts[0]
    np.testing.assert_array_equal(for_it.scores, -against.scores)
    assert fact(for_it.facts, "intercept") == -fact(against.facts, "intercept")


def test_predicted_label_by_default() -> None:
    """Scores speak for what the model says, unless the study names a label."""
    assert collect(TWO, "good").texts[0].label == "positive"
    assert collect(TWO, "not good film").texts[0].label == "negative"


def test_unknown_words() -> None:
    """They score 0 and part a pair; they are counted."""
    text = collect(TWO, "not xyzzy good", label="positive").texts[0]
    values = IDF[:2] / np.linalg.norm(IDF[:2]) * TWO.coefficients[0][:2]
    np.testing.assert_allclose(text.scores, [values[0], 0, values[1]], atol=1e-6)
    assert fact(text.facts, "unknown words") == 1


def test_nothing_known() -> None:
    """A text of unknown words alone has no scores, and says why."""
    text = collect(TWO, "xyzzy plugh").texts[0]
    assert text.undefined == "all 2 words are outside the vocabulary"
    assert np.isnan(text.scores).all()


def test_documents_keep_their_labels() -> None:
    """Documents are asked about as every method asks about them."""
    corpus = reviews(("good film", "positive"), ("not good", "negative"))
    method = Coefficients(method="coefficients", model="bow", documents=2)
    found = method.collect(ask(every_side(TWO, corpus), corpus=corpus))  # type: ignore[arg-type]
    assert [text.truth for text in found.texts] == ["positive", "negative"]


def test_label_that_is_not_there() -> None:
    """A mistyped label is named."""
    with pytest.raises(ConfigError, match='"positve"; did you mean "positive"'):
        collect(TWO, "good", label="positve")


def test_sums_that_do_not_hold() -> None:
    """A model whose terms are not its logits is refused."""

    class Wrong(LinearClassifier):
        def terms(self, text: Any) -> LogitTerms:
            values = np.ones((len(text), 2), np.float32) * np.float32([0, 1])
            places = tuple((place,) for place in range(len(text)))
            return LogitTerms(places, values, np.zeros(2, np.float32))

    model = Wrong(known("good"), np.zeros((3, 2)))
    with pytest.raises(IntegrityError, match="logits give the probabilities"):
        collect(model, "good")
