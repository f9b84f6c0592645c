"""A pointer network in one state: what methods ask, answered by compiled functions.

Its texts are stories, its tokens sentences. Answers are those of the trained network,
and a story's does not depend on the others asked with it. With nothing to read, or
nothing but padding, the context is 0 and the logits are the biases.

What can be differentiated is a sentence's vector, and behind those of a story stands
that of its question: a point of T sentences has T + 1 rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Self

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from generator.core.tokens import Token
from generator.corpora.words import (
    WordVocabulary,
    divide_story,
    join_sentence,
    split_sentence,
)
from generator.models.base import Floats, Texts
from generator.models.capabilities import (
    AttentionOutput,
    AverageDecomposition,
    EncodedStory,
)
from generator.networks.inference.batching import compute_batch_rows, softmax
from generator.networks.inference.classifier import DifferentiableBatchedClassifier
from generator.networks.inference.compiled import CompiledClassifier, compile_function
from generator.networks.layers.encoders import Tensor
from generator.networks.parameters import Arrays, Shapes
from generator.networks.pointer import network
from generator.networks.pointer.network import PointerSettings, pointer_shapes
from generator.networks.pointer.sentences import UNKNOWN, SentenceNumbers


class CompiledPointer(CompiledClassifier):
    """The compiled functions of all pointer networks with the same settings."""

    def __init__(self, settings: PointerSettings) -> None:
        self.settings = settings
        words, dim = settings.max_words, settings.dim_embeddings
        point = (
            tf.TensorSpec((None, None, dim), tf.float32),
            tf.TensorSpec((None, dim), tf.float32),
        )
        super().__init__(network.pointer_shapes(settings, 0, 0), point)
        story = (
            self.arrays,
            tf.TensorSpec((None, None, words), tf.int32),
            tf.TensorSpec((None, words), tf.int32),
        )
        self.answer = compile_function(self._answer, story)
        self.embed = compile_function(self._embed, story)

    def _answer(
        self, tensors: Sequence[Tensor], ids: Tensor, question_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits (n, labels), weights (n, T), by sentence (n, T, labels)."""
        arrays = network.name_pointer_arrays(self.settings, tensors)
        reading = network.read_story(
            self.settings,
            arrays,
            network.embed_words(arrays, ids, "sentence"),
            network.embed_words(arrays, question_ids, "question"),
            tf.reduce_any(tf.not_equal(ids, 0), -1),
        )
        by_sentence = tf.tensordot(reading.values, arrays["output/kernel"], 1)
        return (
            network.compute_logits(arrays, reading.context),
            reading.weights,
            by_sentence,
        )

    def _embed(
        self, tensors: Sequence[Tensor], ids: Tensor, question_ids: Tensor
    ) -> Tensor:
        """Return vectors (n, T + 1, dim) of sentences, then of the question."""
        arrays = network.name_pointer_arrays(self.settings, tensors)
        question = network.embed_words(arrays, question_ids, "question")[:, None]
        return tf.concat([network.embed_words(arrays, ids, "sentence"), question], 1)

    def _logits(
        self, tensors: Sequence[Tensor], point: Tensor, mask: Tensor, *, frozen: bool
    ) -> Tensor:
        arrays = network.name_pointer_arrays(self.settings, tensors)
        sentences, question = point
        reading = network.read_story(
            self.settings, arrays, sentences, question, mask, frozen=frozen
        )
        return network.compute_logits(arrays, reading.context)


compile_pointer = cache(CompiledPointer)
"""The one of these settings."""


class PointerClassifier(DifferentiableBatchedClassifier):
    """A pointer network with given weights: `StoryReader`, `Averaging` and so on."""

    _called = "sentences"
    masked = True
    ratio: float | None = None

    def __init__(
        self,
        settings: PointerSettings,
        numbering: SentenceNumbers,
        labels: Sequence[str],
        arrays: Arrays,
        epoch: int,
    ) -> None:
        super().__init__(
            compile_pointer(settings), labels, settings.max_sentences, arrays, epoch
        )
        self.settings, self.numbering = settings, numbering
        self.words = WordVocabulary(())  # its texts are ids of sentences

    def story(self, words: Sequence[str]) -> EncodedStory:
        """Encode a text whose last sentence may be a question about the others.

        Args:
            words: The words of the text.

        Returns:
            Tokens and ids of the sentences, their spans in `words`, and the question.
        """
        story = divide_story(words)
        sentences = story.sentences[: self.max_tokens]
        ids = self.numbering.number_sentences(sentences, story.question)
        tokens = (
            Token(
                join_sentence(sentence), "unknown" if number == UNKNOWN else "sentence"
            )
            for sentence, number in zip(sentences, ids, strict=True)
        )
        return EncodedStory(
            tuple(tokens), ids, story.spans, join_sentence(story.question)
        )

    def number_sentences(
        self, sentences: Sequence[str], question: str
    ) -> tuple[int, ...]:
        """Return ids of sentences that are read for `question`."""
        return self.numbering.number_sentences(
            [*map(split_sentence, sentences)], split_sentence(question)
        )

    def predict(self, texts: Texts) -> Floats:
        """Return probabilities (texts, labels)."""
        return self.attend(texts).probabilities

    def attend(self, texts: Texts) -> AttentionOutput:
        """Return probabilities (texts, labels) and each text's weights (sentences,)."""
        answer = self.average(texts)
        return AttentionOutput(softmax(answer.logits), answer.weights)

    def average(self, texts: Texts) -> AverageDecomposition:
        """Return the logits, divided exactly over sentences."""
        return self._decompose_averages(self._network.answer, texts)

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """Return vectors of each story's sentences and question, (T + 1, dim)."""
        points = []
        for text in self._check_texts(texts):
            ids = np.array([text], np.int32).reshape(1, -1)
            sentences, question = self.numbering.look_up_rows(ids)
            vectors = self._network.embed(self._tensors, sentences, question).numpy()
            points.append(vectors[0])
        return tuple(points)

    def embedding(self) -> Floats:
        """Return the vectors of all numbered sentences, (ids, dim)."""
        ids = np.arange(len(self.numbering), dtype=np.int32)[:, None]
        sentences, question = self.numbering.look_up_rows(ids)
        rows: Floats = self._network.embed(self._tensors, sentences, question).numpy()
        return rows[:, 0]

    def _shapes(self) -> Shapes:
        ids = len(self.arrays[0])
        return pointer_shapes(self.settings, ids, len(self.labels))

    def _with_arrays(self, arrays: Arrays) -> Self:
        return type(self)(
            self.settings, self.numbering, self.labels, arrays, self.epoch
        )

    def _count_ids(self) -> int:
        return len(self.numbering)

    def _prepare_inputs(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
        return self.numbering.look_up_rows(ids)

    def _count_point_slots(self, point: Floats) -> int:
        """Return the sentences of a point; its last row is the question's."""
        return len(point) - 1

    def _stack_points(
        self, points: Sequence[Floats], width: int
    ) -> tuple[tuple[Floats, Floats], NDArray[np.bool_]]:
        """Return sentences (rows, width, dim), questions (rows, dim) and the mask."""
        count, dim = compute_batch_rows(len(points)), self.settings.dim_embeddings
        sentences = np.zeros((count, width, dim), np.float32)
        questions = np.zeros((count, dim), np.float32)
        mask = np.zeros((count, width), np.bool_)
        for row, point in enumerate(points):
            *vectors, questions[row] = point
            sentences[row, : len(vectors)] = vectors
            mask[row, : len(vectors)] = True
        return (sentences, questions), mask

    def _cut_gradient(self, found: Sequence[Floats], slots: int) -> Floats:
        by_sentence, by_question = found
        return np.vstack([by_sentence[:slots], by_question[None]])
