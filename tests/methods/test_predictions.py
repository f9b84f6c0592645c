"""Answers to every document of a side, and their cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.artifacts import Predictions
from generator.core.errors import CorpusError, IntegrityError
from generator.corpora.base import Corpus
from generator.methods.evaluation.predictions import TIMED, TURNS, ClassifierPredictions
from tests.fakes.classifiers import LinearClassifier, known, reviews
from tests.fakes.classifiers import tested as every_side
from tests.fakes.language_models import FakeTrained, ask

WORDS = known("good", "bad", "film")
SAID = np.array([[0, 0], [0, 0], [0, 2.0], [1.5, 0], [0, 0]])
CORPUS = reviews(
    ("good film", "positive"),
    ("bad film", "negative"),
    ("good bad", "negative"),
    ("film", "negative"),
    ("odd", "positive"),
)


class Sized(LinearClassifier):
    """A classifier that says how many numbers it learnt."""

    parameters = 10


def linear(**settings: Any) -> LinearClassifier:
    """Logits for positive from "good", for negative from "bad"."""
    return LinearClassifier(WORDS, SAID, **settings)


def collect(
    model: FakeTrained, corpus: Corpus = CORPUS, **settings: Any
) -> Predictions:
    """The answers of `model`."""
    method = ClassifierPredictions(method="predictions", model="m", **settings)
    return method.collect(ask(model, corpus=corpus))


def logged(model: FakeTrained, **values: Any) -> FakeTrained:
    """The same model with another log."""
    log = model.log
    kept = {name: getattr(log, name) for name in log.__dataclass_fields__}
    model.log = log.__class__(**{**kept, **values})
    return model


def test_every_document_in_order() -> None:
    """Each document of the side once, by its number, beside its own label."""
    model = logged(every_side(linear(), CORPUS), tested=(0, 2, 3), held_out=(1,))
    found = collect(model)
    assert found.documents.tolist() == [0, 2, 3]
    assert found.truths.tolist() == [1, 0, 0]
    assert (found.part, found.labels) == ("test", ("negative", "positive"))
    expected = linear().predict([(2, 4), (2, 3), (4,)])
    np.testing.assert_array_equal(found.probabilities, expected)
    assert collect(model, part="validation").documents.tolist() == [1]


def test_state_that_is_asked() -> None:
    """The snapshot is the one that the study names."""
    states = FakeTrained({0: linear(epoch=0), 4: linear(epoch=4)}, best=4)
    model = logged(states, tested=(0, 1))
    assert collect(model).epoch == 4
    assert collect(model, epoch=0).epoch == 0


def test_probabilities_are_checked() -> None:
    """Answers that are logits are refused."""

    class Wrong(LinearClassifier):
        def predict(self, texts: Any) -> Any:
            return self.logits(texts).astype(np.float32) * 3

    with pytest.raises(IntegrityError, match="probabilities"):
        collect(every_side(Wrong(WORDS, SAID), CORPUS))


def test_size_is_what_the_model_says() -> None:
    """A model that does not say how many numbers it learnt counts as 0."""
    assert collect(every_side(linear(), CORPUS)).parameters == 0
    assert collect(every_side(Sized(WORDS, SAID), CORPUS)).parameters == 10


class TestTimes:
    def test_recorded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Seconds of an epoch are those of the training divided among its epochs."""
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        model = logged(every_side(linear(), CORPUS), seconds=6.0, epochs=(0, 1, 2, 3))
        found = collect(model)
        assert found.seconds_per_epoch == 2.0
        assert found.seconds_per_text is not None
        assert found.seconds_per_text > 0

    def test_not_recorded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where builds must not differ by times, the artifact has none."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
        found = collect(logged(every_side(linear(), CORPUS), seconds=6.0))
        assert (found.seconds_per_epoch, found.seconds_per_text) == (None, None)

    def test_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A model that was not timed, or not trained, has no seconds for an epoch."""
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        assert collect(every_side(linear(), CORPUS)).seconds_per_epoch is None
        still = logged(every_side(linear(), CORPUS), seconds=6.0, epochs=(0,))
        assert collect(still).seconds_per_epoch is None

    def test_sample_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No more than the sample is asked again, however many there are."""
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        asked: list[int] = []

        class Counting(LinearClassifier):
            def predict(self, texts: Any) -> Any:
                asked.append(len(texts))
                return super().predict(texts)

        many = reviews(*[("good", "positive")] * (TIMED + 50))
        collect(every_side(Counting(WORDS, SAID), many), many)
        assert asked == [TIMED + 50, *[TIMED] * TURNS]


class TestRefused:
    def test_no_document_on_the_side(self) -> None:
        """A model that learnt from everything has nothing to be tested on."""
        model = logged(every_side(linear(), CORPUS), tested=())
        with pytest.raises(CorpusError, match="no document is on the test side"):
            collect(model)

    def test_label_the_model_does_not_know(self) -> None:
        """A document with another label, or none, is named."""
        other = reviews(("good", "fair"))
        with pytest.raises(CorpusError, match="document 1: its label is"):
            collect(every_side(linear(), other), other)
