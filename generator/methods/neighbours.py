"""Texts in which one word stands in another's place, and that are read alike.

The word that comes in is the one nearest in the model's own vectors, by the cosine; of
a model without vectors, the next one in the list of words by frequency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.corpora.words import FIRST
from generator.methods.attributing import Case
from generator.methods.classified import predicted
from generator.methods.erasing import ranked
from generator.methods.reasking import Explained
from generator.models.base import Floats
from generator.models.classifiers import Classifier
from generator.models.differentiable import Differentiable

TOP = 3
"""The words with the largest scores are not replaced: they may well decide."""
MOVED = 0.1
"""A text whose label moves by more probability is another text."""
SMALL = 1e-12
"""The length of a vector without a direction."""
BY_VECTOR = "a word gave way to the nearest by the cosine of the model's vectors"
BY_FREQUENCY = "a word gave way to the next by frequency: the model has no vectors"


class Neighbours:
    """The nearest word of each word that a model knows."""

    def __init__(self, model: Classifier) -> None:
        self.known = len(model.words.words)
        self.said = BY_FREQUENCY
        self._vectors = None
        if isinstance(model, Differentiable):
            vectors = model.embedding()[FIRST:].astype(np.float64)
            sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
            self._vectors = vectors / np.maximum(sizes, SMALL)
            self.said = BY_VECTOR

    def of(self, index: int) -> int:
        """The id of the word nearest to that with this id, ties by frequency."""
        place = index - FIRST
        if self._vectors is None:
            return index + 1 if place + 1 < self.known else index - 1
        near = self._vectors @ self._vectors[place]
        near[place] = -np.inf
        return int(near.argmax()) + FIRST


@dataclass(frozen=True)
class Changed:
    """A text with another word in one place."""

    case: Case
    place: int
    alike: bool  # whether the model reads it as it read the text


def replaceable(text: Explained) -> list[int]:
    """Places of known words outside the largest scores, where there is another word."""
    if text.undefined or len(text.case.model.words.words) < 2:  # noqa: PLR2004 - a pair
        return []
    top = set(ranked(np.abs(text.scores))[:TOP].tolist())
    ids = text.case.question.ids
    return [at for at, index in enumerate(ids) if index >= FIRST and at not in top]


def changed(places: Sequence[tuple[Case, int]], near: Neighbours) -> list[Changed]:
    """Each case with another word in its place, and the same label to explain.

    All are of one model, which is asked once.
    """
    swaps = [swapped(case, place, near) for case, place in places]
    if not swaps:
        return []
    rows = swaps[0].model.predict([case.question.ids for case in swaps])
    return [
        Changed(replace(case, probabilities=row), place, alike(case, row))
        for case, (_, place), row in zip(swaps, places, rows, strict=True)
    ]


def swapped(case: Case, place: int, near: Neighbours) -> Case:
    """A case with another word, about which the model was not asked yet."""
    ids, tokens = list(case.question.ids), list(case.question.tokens)
    ids[place] = near.of(ids[place])
    tokens[place] = case.model.words.token(ids[place])
    question = replace(case.question, ids=tuple(ids), tokens=tuple(tokens))
    return replace(case, question=question)


def alike(case: Case, found: Floats) -> bool:
    """Whether another answer predicts the same label about as surely."""
    known = case.probabilities
    moved = abs(float(found[case.label]) - float(known[case.label]))
    return bool(predicted(found) == predicted(known)) and moved <= MOVED
