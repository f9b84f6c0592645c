"""Explanations of a classifier in which every word says what a table tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Anchors, Artifact, TokenScores
from generator.artifacts.attributions import AnchoredText
from generator.methods.base import Context, Method, Producer
from generator.methods.common.classifier_texts import build_input_text
from generator.methods.common.explained_predictions import (
    ExplainedPrediction,
    predict_texts,
)
from tests.fakes.classifiers import LinearClassifier, known
from tests.fakes.language_models import FakeTrained, ask

Array = NDArray[Any]
Scoring = Callable[[ExplainedPrediction], Array]
LETTERS = known(*"abcdefghijkl")
LABELS = ("negative", "positive")


def word_logits(scale: float = 1.0, seed: int = 3) -> Array:
    """What each id adds to the logits, (ids, labels)."""
    return np.random.default_rng(seed).normal(0, scale, (len(LETTERS), 2))


def linear(scale: float = 1.0, epoch: int = 1) -> Any:
    """A classifier that adds up what its words say."""
    return LinearClassifier(
        LETTERS, word_logits(scale), biases=(0.2, -0.1), epoch=epoch
    )


def written(count: int = 30, words: int = 10, seed: int = 5) -> list[str]:
    """Texts of `words` letters."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(LETTERS.words, words)) for _ in range(count)]


def cases(model: Any, texts: Iterable[str]) -> tuple[ExplainedPrediction, ...]:
    """The predicted label of each text."""
    return predict_texts(
        model, [build_input_text(model, text.split()) for text in texts]
    )


def true(prediction: ExplainedPrediction) -> Array:
    """What each word adds to the logit of the label less that of the other."""
    model: Any = prediction.model
    found = model.word_logits()[list(prediction.question.ids)]
    return np.asarray(found[:, prediction.label] - found[:, 1 - prediction.label])


def noise(prediction: ExplainedPrediction) -> Array:
    """Scores that know nothing but which text it is."""
    return np.random.default_rng(prediction.question.ids).normal(size=prediction.size)


def explanation(
    model: Any, texts: Sequence[str], score: Scoring = true, **more: Any
) -> TokenScores:
    """Scores of texts as an artifact."""
    found = (case.with_scores(score(case)) for case in cases(model, texts))
    signed = more.pop("signed", True)
    kept = (one if signed else replace(one, label="") for one in found)
    return TokenScores(
        epoch=model.epoch,
        texts=tuple(kept),
        labels=model.labels,
        quantity="score",
        signed=signed,
        **more,
    )


def anchors(model: Any, texts: Sequence[str], score: Scoring, size: int) -> Anchors:
    """The largest scores of each text as an anchor."""
    return Anchors(
        epoch=model.epoch,
        texts=tuple(
            AnchoredText(
                tokens=case.question.tokens,
                probabilities=case.probabilities,
                label=case.name,
                anchor=tuple(np.argsort(-score(case))[:size].tolist()),
                precision=1.0,
                low=0.9,
                high=1.0,
                coverage=0.5,
                samples=10,
                coverage_samples=10,
                base=0.5,
            )
            for case in cases(model, texts)
        ),
        labels=model.labels,
        threshold=0.95,
        perturbation="",
    )


def make_context(
    model: Any, *read: Artifact, makers: Sequence[Method] = (), seed: int = 7
) -> Context:
    """What a method is given that grades these artifacts."""
    states = model if isinstance(model, FakeTrained) else FakeTrained({1: model})
    made = tuple(Producer(one, (seed, 100 + at)) for at, one in enumerate(makers))
    return replace(ask(states, *read, seed=(seed, 1)), producers=made)
