"""Classifiers whose answers are known.

- `LinearClassifier`: a logit is a bias and a sum over tokens, written down by the test.
  So gradient × input, Shapley values and leaving one out are known exactly.
- `WeighingClassifier`: attention weights follow a score for each word, and a logit is a
  bias and the weighted mean of a value for each word. Masked, or padded to its length.
- `SlopingClassifier`: the same, which can be differentiated by its one-hot input.

Both count the distinct texts they were asked about in `asked`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.corpora.base import Corpus, Document
from generator.corpora.words import WordVocabulary, split_into_words
from generator.models.base import Floats, Quantity, Texts
from generator.models.capabilities import (
    AttentionOutput,
    AverageDecomposition,
    InputGradients,
)
from tests.fakes.language_models import FakeTrained

Array = NDArray[Any]


def known(*words: str) -> WordVocabulary:
    """A vocabulary of these words, ids from 2."""
    return WordVocabulary(words)


def softmax(logits: Array) -> Array:
    """Rows of probabilities."""
    sizes = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(sizes / sizes.sum(-1, keepdims=True))


class _Base:
    def __init__(
        self, words: WordVocabulary, labels: Sequence[str], epoch: int, max_tokens: int
    ) -> None:
        self.words, self.labels, self.epoch = words, tuple(labels), epoch
        self.max_tokens = max_tokens
        self.asked = 0

    def logits(self, texts: Texts) -> Array:
        raise NotImplementedError

    def predict(self, texts: Texts) -> Floats:
        self.asked += len({tuple(text) for text in texts})
        assert all(len(text) <= self.max_tokens for text in texts)
        return softmax(self.logits(texts)).astype(np.float32)


class LinearClassifier(_Base):
    """`logits = biases + Σ_t vectors[id_t] @ weights`.

    `vectors` (ids, dimensions), `weights` (dimensions, labels). Without vectors, each
    id has a dimension of its own, and `weights` (ids, labels) are what words say.
    """

    def __init__(
        self,
        words: WordVocabulary,
        weights: Array,
        *,
        vectors: Array | None = None,
        biases: Sequence[float] = (0.0, 0.0),
        labels: Sequence[str] = ("negative", "positive"),
        epoch: int = 1,
        max_tokens: int = 50,
    ) -> None:
        super().__init__(words, labels, epoch, max_tokens)
        self.vectors = np.eye(len(words)) if vectors is None else np.asarray(vectors)
        self.weights, self.biases = np.asarray(weights), np.asarray(biases)

    def word_logits(self) -> Array:
        """What each id adds to the logits, (ids, labels)."""
        return np.asarray(self.vectors @ self.weights)

    def logits(self, texts: Texts) -> Array:
        said = self.word_logits()
        sums = [said[list(text)].sum(0) for text in texts]
        return self.biases + np.array(sums).reshape(len(texts), len(self.labels))

    def embedding(self) -> Floats:
        return self.vectors.astype(np.float32)

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        return tuple(self.embedding()[list(text)] for text in texts)

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        del frozen
        logits = np.array([self.biases + (p @ self.weights).sum(0) for p in points])
        found = softmax(logits)
        values, gradients = [], []
        for point, label, logit, p in zip(points, labels, logits, found, strict=True):
            slope = self.weights[:, label]
            if quantity != "logit":
                slope = slope - self.weights @ p
            if quantity == "probability":
                slope = slope * p[label]
            told = {"logit": logit[label], "probability": p[label]}
            values.append(told.get(quantity, np.log(p[label])))
            gradients.append(np.tile(slope, (len(point), 1)).astype(np.float32))
        return InputGradients(
            np.array(values, np.float32), tuple(gradients), found.astype(np.float32)
        )


class WeighingClassifier(_Base):
    """`logits = biases + Σ_t a_t values[id_t]`, `a = softmax(scores[id])`."""

    def __init__(
        self,
        words: WordVocabulary,
        scores: Array,
        values: Array,
        *,
        biases: Sequence[float] = (0.0, 0.0),
        labels: Sequence[str] = ("negative", "positive"),
        epoch: int = 1,
        max_tokens: int = 12,
        masked: bool = True,
        ratio: float | None = None,
    ) -> None:
        super().__init__(words, labels, epoch, max_tokens)
        self.scores, self.values = np.asarray(scores), np.asarray(values)
        self.biases, self.masked, self.ratio = np.asarray(biases), masked, ratio

    def slots(self, text: Sequence[int]) -> list[int]:
        """The ids that are weighed, padding's after the text's where not masked."""
        pads = 0 if self.masked else self.max_tokens - len(text)
        return [*text, *([0] * pads)]

    def weigh(self, text: Sequence[int]) -> Array:
        """Attention weights of a text's slots."""
        slots = self.slots(text)
        return softmax(self.scores[slots]) if slots else np.zeros(0)

    def logits(self, texts: Texts) -> Array:
        means = [self.weigh(t) @ self.values[self.slots(t)] for t in texts]
        return self.biases + np.array(means).reshape(len(texts), len(self.labels))

    def attend(self, texts: Texts) -> AttentionOutput:
        weights = tuple(self.weigh(text).astype(np.float32) for text in texts)
        return AttentionOutput(self.predict(texts), weights)

    def average(self, texts: Texts) -> AverageDecomposition:
        return AverageDecomposition(
            tuple(self.values[self.slots(text)].astype(np.float32) for text in texts),
            tuple(self.weigh(text).astype(np.float32) for text in texts),
            self.biases.astype(np.float32),
            self.logits(texts).astype(np.float32),
        )


class SlopingClassifier(WeighingClassifier):
    """A `WeighingClassifier` whose words are one-hot vectors to be differentiated by.

    At points `x` (slots, ids): scores are `x · scores`, values are `x · values`.
    """

    def embedding(self) -> Floats:
        return np.eye(len(self.words), dtype=np.float32)

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        return tuple(self.embedding()[self.slots(text)] for text in texts)

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        each = [
            self._slope(np.asarray(point, np.float64), label, quantity, frozen=frozen)
            for point, label in zip(points, labels, strict=True)
        ]
        values, gradients, found = zip(*each, strict=True)
        return InputGradients(
            np.array(values, np.float32),
            tuple(gradient.astype(np.float32) for gradient in gradients),
            np.array(found, np.float32),
        )

    def _slope(
        self, point: Array, label: int, quantity: Quantity, *, frozen: bool
    ) -> tuple[float, Array, Array]:
        weights, said = softmax(point @ self.scores), point @ self.values
        logits = self.biases + weights @ said
        found = softmax(logits)
        by_logit = np.eye(len(found))[label]
        if quantity != "logit":
            by_logit = by_logit - found
        if quantity == "probability":
            by_logit = by_logit * found[label]
        slope = weights[:, None] * (self.values @ by_logit)
        if not frozen:
            apart = (said - weights @ said) @ by_logit
            slope = slope + (weights * apart)[:, None] * self.scores
        told = {"logit": logits[label], "probability": found[label]}
        return told.get(quantity, np.log(found[label])), slope, found


def reviews(*told: tuple[str, str]) -> Corpus:
    """Documents of (text, label)."""
    documents = tuple(Document(text, label=label) for text, label in told)
    return Corpus(documents, key="fake", labels=("negative", "positive"))


def tested(model: _Base, corpus: Corpus, **log: Any) -> FakeTrained:
    """A trained model that learnt from nothing: every document is a test document."""
    found = FakeTrained({model.epoch: model}, **log)
    places = tuple(range(len(corpus.documents)))
    found.log = found.log.__class__(
        **{**_fields(found.log), "tested": places, "held_out": places}
    )
    return found


def _fields(log: Any) -> dict[str, Any]:
    return {name: getattr(log, name) for name in log.__dataclass_fields__}


def ids(model: _Base, text: str) -> tuple[int, ...]:
    """The ids of a text."""
    return model.words.encode(split_into_words(text))
