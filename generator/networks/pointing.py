"""A reader of stories in one state: what methods ask, answered by what is compiled.

Its texts are stories, its tokens sentences. Answers are those of the trained network,
and a story's does not depend on the others asked with it. With nothing to read, or
nothing but padding, the context is 0 and the logits are the biases.

What can be differentiated is a sentence's vector, and behind those of a story stands
that of its question: a point of T sentences has T + 1 rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Token
from generator.corpora.sentences import divide, joined, parted
from generator.corpora.words import Words
from generator.models.base import (
    Attended,
    Averaged,
    Floats,
    Quantity,
    Slopes,
    Story,
    Texts,
)
from generator.networks import randomising
from generator.networks.asking import Places, batches, distinct, filled
from generator.networks.classifying import QUANTITIES, quantities
from generator.networks.compiled import held
from generator.networks.compiled_pointer import compiled
from generator.networks.pointer import Settings, shapes
from generator.networks.softmax import softmax
from generator.networks.stories import UNKNOWN, Numbering
from generator.networks.weights import Arrays, Shapes

Ids = list[tuple[int, ...]]
Found = Iterator[tuple[Places, list[NDArray[Any]]]]


class Pointing:
    """A network with given weights: `Reader`, `Averaging` and so on."""

    masked = True
    ratio: float | None = None

    def __init__(
        self,
        settings: Settings,
        numbering: Numbering,
        labels: Sequence[str],
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.settings, self.numbering, self.epoch = settings, numbering, epoch
        self.labels, self.max_tokens = tuple(labels), settings.max_sentences
        self.words = Words(())  # its texts are ids of sentences
        self.arrays = arrays
        self._held = held(arrays)
        self._network = compiled(settings)

    @property
    def parameters(self) -> int:
        """How many numbers it has, the vectors of all words among them."""
        return sum(array.size for array in self.arrays)

    def story(self, words: Sequence[str]) -> Story:
        """The sentences of a text, whose last may be a question about the others."""
        found = divide(words)
        sentences = found.sentences[: self.max_tokens]
        ids = self.numbering.number(sentences, found.question)
        tokens = (
            Token(joined(one), "unknown" if number == UNKNOWN else "sentence")
            for one, number in zip(sentences, ids, strict=True)
        )
        return Story(tuple(tokens), ids, found.spans, joined(found.question))

    def number(self, sentences: Sequence[str], question: str) -> tuple[int, ...]:
        """Ids of sentences that are read for `question`."""
        return self.numbering.number([*map(parted, sentences)], parted(question))

    def predict(self, texts: Texts) -> Floats:
        """Probabilities (texts, labels), rows sum to 1."""
        return self.attend(texts).probabilities

    def attend(self, texts: Texts) -> Attended:
        """Probabilities and weights."""
        found = self.average(texts)
        return Attended(softmax(found.logits), found.weights)

    def average(self, texts: Texts) -> Averaged:
        """The logits, divided exactly over sentences."""
        asked, back = distinct(self._checked(texts))
        logits = np.empty((len(asked), len(self.labels)), np.float32)
        weights: list[Floats] = [np.zeros(0, np.float32)] * len(asked)
        said: list[Floats] = [np.zeros((0, 0), np.float32)] * len(asked)
        for places, found in self._ask(asked):
            logits[places] = found[0]
            for place, row, value in zip(places, found[1], found[2], strict=True):
                size = len(asked[place])
                weights[place], said[place] = row[:size].copy(), value[:size].copy()
        return Averaged(
            tuple(said[place] for place in back),
            tuple(weights[place] for place in back),
            self.arrays[-1],
            logits[back],
        )

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """Vectors of each story's sentences and of its question: (T + 1, dim)."""
        found = []
        for text in self._checked(texts):
            ids = np.array([text], np.int32).reshape(1, -1)
            sentences, question = self.numbering.rows(ids)
            vectors = self._network.embed(self._held, sentences, question).numpy()
            found.append(vectors[0])
        return tuple(found)

    def embedding(self) -> Floats:
        """The vectors of all numbered sentences, (ids, dim)."""
        ids = np.arange(len(self.numbering), dtype=np.int32)[:, None]
        sentences, question = self.numbering.rows(ids)
        rows: Floats = self._network.embed(self._held, sentences, question).numpy()
        return rows[:, 0]

    def slopes(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> Slopes:
        """The gradient of `labels[i]`'s quantity at `points[i]`; `Differentiable`."""
        ask = self._network.frozen_slopes if frozen else self._network.slopes
        chosen = np.array([quantity == one for one in QUANTITIES], np.float32)
        wanted = np.array(labels, np.int32)
        logits = np.empty((len(points), len(self.labels)), np.float32)
        gradients: list[Floats] = [np.zeros((0, 0), np.float32)] * len(points)
        lengths = [len(point) - 1 for point in points]
        for places, width in batches(lengths, self.max_tokens):
            point, mask = self._stacked([points[place] for place in places], width)
            of = np.zeros(len(mask), np.int32)
            of[: len(places)] = wanted[places]
            answers = [a.numpy() for a in ask(self._held, point, mask, of, chosen)]
            logits[places] = answers[0][: len(places)]
            for row, place in enumerate(places):
                slopes = answers[1][row, : lengths[place]]
                gradients[place] = np.vstack([slopes, answers[2][row, None]])
        found = quantities(logits, wanted, quantity)
        return Slopes(found, tuple(gradients), softmax(logits))

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers, from the output to the input."""
        return randomising.layers(self._shapes())

    def randomised(self, layers: int, seed: int) -> Self:
        """The same with so many layers next to the output as before training."""
        drawn = randomising.randomised(self._shapes(), self.arrays, layers, seed)
        return type(self)(self.settings, self.numbering, self.labels, drawn, self.epoch)

    def _shapes(self) -> Shapes:
        ids = len(self.arrays[0])
        return shapes(self.settings, ids, len(self.labels))

    def _ask(self, texts: Ids) -> Found:
        """What the network answers to each batch of stories, and which they are."""
        for places, width in batches([len(text) for text in texts], self.max_tokens):
            ids = np.zeros((filled(len(places)), width), np.int32)
            for row, place in zip(ids, places, strict=False):
                row[: len(texts[place])] = texts[place]
            answers = self._network.answer(self._held, *self.numbering.rows(ids))
            yield places, [answer.numpy()[: len(places)] for answer in answers]

    def _stacked(
        self, points: Sequence[Floats], width: int
    ) -> tuple[tuple[Floats, Floats], NDArray[np.bool_]]:
        """Sentences (rows, width, dim) and questions (rows, dim); what is real."""
        count, dim = filled(len(points)), self.settings.dim_embeddings
        sentences = np.zeros((count, width, dim), np.float32)
        questions = np.zeros((count, dim), np.float32)
        mask = np.zeros((count, width), np.bool_)
        for row, point in enumerate(points):
            *vectors, questions[row] = point
            sentences[row, : len(vectors)] = vectors
            mask[row, : len(vectors)] = True
        return (sentences, questions), mask

    def _checked(self, texts: Texts) -> Texts:
        """`texts`. Raises `ValueError` for one too long, or of unknown ids."""
        for text in texts:
            if len(text) > self.max_tokens:
                raise ValueError(
                    f"{len(text)} sentences; at most {self.max_tokens} are read"
                )
            if len(text) and not (min(text) >= 0 and max(text) < len(self.numbering)):
                raise ValueError(f"ids must be from 0 to {len(self.numbering) - 1}")
        return texts
