"""A sentiment classifier in one state: what methods ask, answered when compiled.

What can be asked follows from the settings: every network predicts and can be
differentiated; one with attention gives its weights; one that averages by them divides
its logits exactly. `SentimentClassifier(…)` returns an object of the class that can do
as much.

Answers are those of the trained network with dropout off. A text's answer does not
depend on the others asked with it. With nothing to read, a masked text's context is 0
and its logits are the biases; unmasked, it is all padding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Self

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.corpora.words import WordVocabulary
from generator.models.base import Floats, Texts
from generator.models.capabilities import AttentionOutput, AverageDecomposition
from generator.networks.inference.batching import (
    compute_batch_rows,
    compute_batch_slots,
    find_distinct_texts,
    softmax,
)
from generator.networks.inference.classifier import DifferentiableBatchedClassifier
from generator.networks.inference.compiled import (
    IDS,
    CompiledClassifier,
    compile_function,
)
from generator.networks.layers import attention
from generator.networks.layers.encoders import Tensor
from generator.networks.layers.recurrent import SlotVectors, look_up_vectors
from generator.networks.parameters import Arrays, Shapes
from generator.networks.sentiment import network
from generator.networks.sentiment.network import SentimentSettings, sentiment_shapes


class CompiledSentiment(CompiledClassifier):
    """The compiled functions of all sentiment classifiers with the same settings."""

    def __init__(self, settings: SentimentSettings) -> None:
        self.settings = settings
        points = tf.TensorSpec((None, None, settings.dim_embeddings), tf.float32)
        super().__init__(sentiment_shapes(settings, 0, 0), points)
        self.answer = compile_function(self._answer, (self.arrays, IDS))
        self.average = compile_function(self._average, (self.arrays, IDS))

    def _answer(self, tensors: Sequence[Tensor], ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (n, labels) and weights (n, T), (n, 0) without attention."""
        logits, reading = self._read(tensors, ids)
        if reading.weights is None:
            return logits, tf.zeros((tf.shape(ids)[0], 0))
        return logits, reading.weights

    def _average(
        self, tensors: Sequence[Tensor], ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits, weights, and each slot's logits (n, T, labels).

        `logit_k = b_k + Σ a_t (h_t · K[:, k])`: with the context an average, the matrix
        may as well act before it.
        """
        logits, reading = self._read(tensors, ids)
        kernel = network.name_sentiment_arrays(self.settings, tensors)["output/kernel"]
        return logits, reading.weights, tf.tensordot(reading.states, kernel, 1)

    def _read(
        self, tensors: Sequence[Tensor], ids: Tensor
    ) -> tuple[Tensor, network.SentimentReading]:
        arrays = network.name_sentiment_arrays(self.settings, tensors)
        points = look_up_vectors(arrays["embedding/embeddings"], ids)
        mask = network.make_visible_mask(self.settings, ids)
        reading = network.read_points(self.settings, arrays, points, mask)
        return network.compute_logits(arrays, reading.context), reading

    def _logits(
        self, tensors: Sequence[Tensor], point: Tensor, mask: Tensor, *, frozen: bool
    ) -> Tensor:
        arrays = network.name_sentiment_arrays(self.settings, tensors)
        visible = mask if self.settings.masked else None
        reading = network.read_points(
            self.settings, arrays, SlotVectors(point), visible, frozen=frozen
        )
        return network.compute_logits(arrays, reading.context)


compile_sentiment = cache(CompiledSentiment)
"""The one of these settings."""


class SentimentClassifier(DifferentiableBatchedClassifier):
    """A network with given weights: `Classifier`, `Differentiable`, `Randomisable`."""

    def __new__(  # noqa: PYI034 - not `Self`: settings choose the class
        cls, settings: SentimentSettings, *_: object, **__: object
    ) -> SentimentClassifier:
        """Return an object of the class that answers all that these settings can."""
        return object.__new__(
            _find_classifier_class(settings) if cls is SentimentClassifier else cls
        )

    def __init__(
        self,
        settings: SentimentSettings,
        words: WordVocabulary,
        labels: Sequence[str],
        arrays: Arrays,
        epoch: int,
    ) -> None:
        super().__init__(
            compile_sentiment(settings), labels, settings.max_tokens, arrays, epoch
        )
        self.settings, self.words = settings, words

    def weights_hash(self) -> str:
        """Return the SHA-256 of the weights that answer, as they are now."""
        sha = hashlib.sha256()
        for array in self._tensors:
            sha.update(np.ascontiguousarray(array.numpy()).data)
        return sha.hexdigest()

    def predict(self, texts: Texts) -> Floats:
        """Return probabilities (texts, labels)."""
        distinct, back = find_distinct_texts(self._check_texts(texts))
        logits = np.empty((len(distinct), len(self.labels)), np.float32)
        for places, answers in self._run_batches(self._network.answer, distinct):
            logits[places] = answers[0]
        return softmax(logits)[back]

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """Return what is read of each text, (slots, dimensions), padding included."""
        return tuple(
            self.arrays[0][_pad_row(text, self._count_slots(len(text)))]
            for text in self._check_texts(texts)
        )

    def embedding(self) -> Floats:
        """Return the vectors of all ids, (ids, dimensions)."""
        return self.arrays[0]

    def _shapes(self) -> Shapes:
        return sentiment_shapes(self.settings, len(self.words), len(self.labels))

    def _with_arrays(self, arrays: Arrays) -> Self:
        return type(self)(self.settings, self.words, self.labels, arrays, self.epoch)

    def _count_ids(self) -> int:
        return len(self.words)

    def _count_slots(self, tokens: int) -> int:
        return tokens if self.settings.masked else self.max_tokens

    def _count_batch_slots(self) -> int:
        return compute_batch_slots(self.settings.width)

    def _stack_points(
        self, points: Sequence[Floats], width: int
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Return points (rows, width, dimensions), and which slots are real."""
        shape = (compute_batch_rows(len(points)), width, self.settings.dim_embeddings)
        stacked, mask = np.zeros(shape, np.float32), np.zeros(shape[:2], np.bool_)
        for row, point in enumerate(points):
            stacked[row, : len(point)] = point
            mask[row, : len(point)] = True
        return stacked, mask

    def _cut_gradient(self, found: Sequence[Floats], slots: int) -> Floats:
        return found[0][:slots].copy()

    def _check_points(self, points: Sequence[Floats], labels: Sequence[int]) -> None:
        """Check that points are such as the network reads, each with a known label.

        Raises:
            ValueError: A label is unknown or missing, or a point of another shape.
        """
        super()._check_points(points, labels)
        for point in points:
            slots, channels = (
                self._count_slots(len(point)),
                self.settings.dim_embeddings,
            )
            if point.shape != (slots, channels) or slots > self.max_tokens:
                raise ValueError(
                    f"a point of {point.shape}; expected ({slots}, {channels}), "
                    f"at most {self.max_tokens} slots"
                )


class AttentiveSentimentClassifier(SentimentClassifier):
    """A network with attention: `Attentive`."""

    @property
    def masked(self) -> bool:
        """Whether a text's slots are its tokens alone."""
        return self.settings.masked

    @property
    def ratio(self) -> float | None:
        """The largest ratio of two weights of a text; None where it has no bound."""
        return attention.find_weight_ratio(self.settings.attention)

    def attend(self, texts: Texts) -> AttentionOutput:
        """Return probabilities (texts, labels) and each text's weights (slots,)."""
        distinct, back = find_distinct_texts(self._check_texts(texts))
        logits = np.empty((len(distinct), len(self.labels)), np.float32)
        weights: list[Floats] = [np.zeros(0, np.float32)] * len(distinct)
        for places, answers in self._run_batches(self._network.answer, distinct):
            logits[places] = answers[0]
            self._store_rows(weights, places, answers[1], distinct)
        return AttentionOutput(
            softmax(logits)[back], tuple(weights[place] for place in back)
        )


class AveragingSentimentClassifier(AttentiveSentimentClassifier):
    """A network whose context is the average of its states: `Averaging`."""

    def average(self, texts: Texts) -> AverageDecomposition:
        """Return the logits, divided exactly over slots."""
        return self._decompose_averages(self._network.average, texts)


def _find_classifier_class(settings: SentimentSettings) -> type[SentimentClassifier]:
    """Return the class that answers all that such a network can be asked."""
    if settings.attention == "none":
        return SentimentClassifier
    return (
        AveragingSentimentClassifier
        if settings.pooling == "average"
        else AttentiveSentimentClassifier
    )


def _pad_row(text: Sequence[int], width: int) -> NDArray[np.int32]:
    """Return ids (width,), padding after the text."""
    row = np.zeros(width, np.int32)
    row[: len(text)] = text
    return row
