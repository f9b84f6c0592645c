"""LIME against gradients, like for like: one scalar, and one order if it is linear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from generator.methods.attribution.gradients import WordGradients
from generator.methods.attribution.lime import Lime
from generator.methods.base import Context
from generator.methods.evaluation.agreement import ExplanationAgreement
from generator.models.base import Floats, Quantity, Texts
from generator.models.capabilities import InputGradients
from tests.fakes import classifiers
from tests.fakes.classifiers import LinearClassifier, known, reviews
from tests.fakes.language_models import ask

WORDS = known(*"abcdefghijklmnopqrst")
SAID = np.random.default_rng(2).uniform(-0.06, 0.06, len(WORDS))
"""What each word adds to the probability of the second label."""
TEXTS = ("a b c d e f g", "h i j k l m n o", "p q r s t a")


class LinearProbability(LinearClassifier):
    """A probability that is linear in which words are there: one half, and a sum."""

    def __init__(self) -> None:
        super().__init__(WORDS, np.zeros((len(WORDS), 2)))

    def predict(self, texts: Texts) -> Floats:
        own = np.array([0.5 + SAID[list(text)].sum() for text in texts])
        return np.column_stack([1 - own, own]).astype(np.float32)

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        del frozen
        assert quantity == "probability"
        own = np.array([0.5 + float((point @ SAID).sum()) for point in points])
        signs = np.where(np.array(labels) == 1, 1.0, -1.0)
        each = zip(points, signs, strict=True)
        return InputGradients(
            np.where(signs > 0, own, 1 - own).astype(np.float32),
            tuple(np.tile(s * SAID, (len(p), 1)).astype(np.float32) for p, s in each),
            np.column_stack([1 - own, own]).astype(np.float32),
        )


def make_context(*read: Any) -> Context:
    """The linear model, and what was asked of it."""
    corpus = reviews(*((text, "positive") for text in TEXTS))
    model = classifiers.tested(LinearProbability(), corpus)
    return ask(model, *read, corpus=corpus)


@pytest.mark.parametrize("label", ["positive", None])
def test_of_a_linear_model_both_give_one_order(label: str | None) -> None:
    """Explaining one probability, their ranks coincide: rho is 1, as is the rest."""
    lime = Lime(
        method="lime", model="m", texts=TEXTS, label=label, samples=4000, features=20
    ).collect(make_context())
    slope = WordGradients(
        method="gradients",
        model="m",
        texts=TEXTS,
        label=label,
        kind="input",
        quantity="probability",
    ).collect(make_context())
    assert lime.unit == slope.unit == "probability"
    for one, other in zip(lime.texts, slope.texts, strict=True):
        assert one.label == other.label
    found = ExplanationAgreement(
        method="agreement", model="m", of=("lime", "slope")
    ).collect(make_context(lime, slope))
    assert found.measures == ("Spearman's rho", "top-5 overlap", "sign agreement")
    assert found.values[:, 0, 1] == pytest.approx(1.0)
    assert found.texts[0, 0, 1] == len(TEXTS)


def test_gradient_times_input_is_what_a_word_adds() -> None:
    """For this model it is the word's own share of the probability, exactly."""
    slope = WordGradients(
        method="gradients",
        model="m",
        texts=TEXTS,
        label="positive",
        kind="input",
        quantity="probability",
    ).collect(make_context())
    for text in slope.texts:
        expected = [SAID[WORDS.ids[token.text]] for token in text.tokens]
        assert text.scores == pytest.approx(expected, abs=1e-7)
