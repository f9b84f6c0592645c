"""Answers under other attention weights, against the model's own arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generator.core.errors import IntegrityError
from generator.methods.attention.hypothesis_tests.permutation import (
    WeightedText,
    weigh_texts,
)
from generator.methods.common.classifier_texts import build_input_text
from generator.models.base import Texts
from generator.models.capabilities import AverageDecomposition
from tests.fakes.classifiers import WeighingClassifier, known, softmax

WORDS = known("good", "bad", "film")
SCORES = np.array([0.0, 0.0, 1.0, 2.0, -1.0])
VALUES = np.array([[0, 0], [0, 0], [-2, 3], [2, -1], [0.5, 0.5]])


def model(**more: object) -> WeighingClassifier:
    """A classifier of three words."""
    return WeighingClassifier(WORDS, SCORES, VALUES, biases=(0.2, -0.1), **more)


def one(found: WeighingClassifier, *words: str) -> WeightedText:
    """What the classifier does with one text."""
    (made,), checks = weigh_texts(found, [build_input_text(found, words)])
    assert all(check.passed for check in checks)
    return made


def test_its_own_weights_give_its_own_answer() -> None:
    """The model's weights give the model's probabilities, and move nothing."""
    classifier = model()
    found = one(classifier, "good", "bad", "film")
    answer = classifier.predict([(2, 3, 4)])[0]
    assert found.probabilities(found.weights) == pytest.approx(answer, abs=1e-6)
    assert found.answer_shift(found.weights) == 0


def test_other_weights_give_what_they_would() -> None:
    """All weight on one word gives the answer to its value alone."""
    found = one(model(), "good", "bad", "film")
    alone = np.eye(3)
    expected = softmax(np.array([0.2, -0.1]) + VALUES[2:5])
    assert found.probabilities(alone) == pytest.approx(expected, abs=1e-6)


def test_padding_that_is_weighed_is_a_slot() -> None:
    """A model that does not mask has as many slots as it reads."""
    assert len(one(model(masked=False, max_tokens=6), "good").weights) == 6


def test_logits_that_are_no_average_are_refused() -> None:
    """What is computed from values would not be about this model."""

    class Crooked(WeighingClassifier):
        def average(self, texts: Texts) -> AverageDecomposition:
            found = super().average(texts)
            return replace(found, logits=found.logits + np.float32(0.1))

    crooked = Crooked(WORDS, SCORES, VALUES)
    with pytest.raises(IntegrityError, match="weighted values sum to the logit"):
        weigh_texts(crooked, [build_input_text(crooked, ("good", "bad"))])


def test_weights_that_are_no_shares_are_refused() -> None:
    """They must sum to 1 before anything is made of them."""

    class Heavy(WeighingClassifier):
        def weigh(self, text: object) -> np.ndarray:
            return super().weigh(text) * 1.1  # type: ignore[arg-type]  # a text

    heavy = Heavy(WORDS, SCORES, VALUES)
    with pytest.raises(IntegrityError, match="sum to 1"):
        weigh_texts(heavy, [build_input_text(heavy, ("good", "bad"))])
