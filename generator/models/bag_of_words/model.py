"""A bag of words that was fitted: a classifier whose logits are exact sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from generator.corpora.words import WordVocabulary
from generator.models.bag_of_words.features import (
    FeatureCounts,
    NgramVocabulary,
    split_into_batches,
)
from generator.models.base import Floats, Texts
from generator.models.capabilities import LogitTerms

Array = NDArray[np.float64]
BATCH = 1000
"""Texts counted at once: some hundred thousand occurrences."""
EVERY_TOKEN = 1_000_000
"""Tokens of a text that are read: all of any text."""
PAIR_LENGTH = 2


@dataclass(frozen=True)
class BagOfWords:
    """A fitted bag of words: a `Classifier`, an `Additive` and a `Randomisable`.

    `coefficients` has a row for each label; with two labels there is one row, the
    second label's, and the first's logit is 0. Before training the coefficients are 0,
    and the intercepts are those of the labels' frequencies.
    """

    grams: NgramVocabulary
    idf: Array  # (features,)
    coefficients: Array  # (rows, features)
    intercepts: Array  # (rows,)
    labels: tuple[str, ...]
    epoch: int
    max_tokens: int = EVERY_TOKEN

    @property
    def words(self) -> WordVocabulary:
        """Vocabulary of the known words."""
        return self.grams.words

    @property
    def parameters(self) -> int:
        """Number of learnt parameters; document frequencies are counted, not learnt."""
        return self.coefficients.size + self.intercepts.size

    def predict(self, texts: Texts) -> Floats:
        """Compute the probability of every label for each text.

        Args:
            texts: Word ids of each text.

        Returns:
            Probabilities (texts, labels); rows sum to 1.
        """
        return softmax(self.logits(texts)).astype(np.float32)

    def logits(self, texts: Texts) -> Array:
        """Compute the logits of texts.

        Args:
            texts: Word ids of each text.

        Returns:
            Logits (texts, labels).
        """
        found = [self._logits(part) for part in split_into_batches(texts, BATCH)]
        return np.concatenate([np.zeros((0, len(self.labels))), *found])

    def _logits(self, texts: Texts) -> Array:
        tally = self.grams.count_occurrences(texts)
        return self.sum_logits(
            tally, compute_tfidf(tally, self.idf, len(texts)), len(texts)
        )

    def sum_logits(self, tally: FeatureCounts, values: Array, texts: int) -> Array:
        """Sum the weighted features of texts to logits.

        Args:
            tally: Features of the texts, counted.
            values: TF-IDF, parallel to `tally`.
            texts: Number of texts.

        Returns:
            Logits (texts, labels).
        """
        sums = [
            np.bincount(tally.texts, values * row[tally.features], texts)
            for row in self.coefficients
        ]
        return self._expand_to_labels(np.stack(sums, axis=1) + self.intercepts)

    def terms(self, text: Sequence[int]) -> LogitTerms:
        """Decompose a text's logits into terms of its words and pairs.

        Args:
            text: Word ids.

        Returns:
            Places, values (terms, labels) and intercepts (labels,).
        """
        places, values = self.divide_exactly(text)
        biases = self._expand_to_labels(self.intercepts[None])[0]
        return LogitTerms(places, values.astype(np.float32), biases.astype(np.float32))

    def divide_exactly(
        self, text: Sequence[int]
    ) -> tuple[tuple[tuple[int, ...], ...], Array]:
        """Decompose a text's logits in float64, intercepts left out.

        Args:
            text: Word ids.

        Returns:
            The tokens of each term, and its contribution to each logit, (terms,
            labels).
        """
        found = self.grams.find_occurrences([text])
        scale = compute_text_lengths(self.grams.count_occurrences([text]), self.idf, 1)
        sizes = self.idf[found.features] / scale
        values = sizes[:, None] * self.coefficients[:, found.features].T
        single = found.features < len(self.words.words)
        places = tuple(
            (place,) if one else (place, place + 1)
            for place, one in zip(found.places.tolist(), single, strict=True)
        )
        return places, self._expand_to_labels(values)

    @property
    def layers(self) -> tuple[str, ...]:
        """Name of its one layer."""
        return ("coefficients",)

    def randomise_layers(self, layers: int, seed: int) -> Self:
        """Return a copy with the coefficients shuffled over features.

        Before training all coefficients are 0, which is not random; so a randomised
        layer gives each feature another feature's coefficients.
        """
        if layers not in {0, 1}:
            raise ValueError(f"{layers} layers; there is 1")
        if not layers:
            return self
        order = np.random.default_rng(seed).permutation(self.coefficients.shape[1])
        return replace(self, coefficients=self.coefficients[:, order])

    def _expand_to_labels(self, rows: Array) -> Array:
        """Values of labels from those of rows, (n, labels)."""
        if len(self.labels) > PAIR_LENGTH:
            return rows
        return np.concatenate([np.zeros_like(rows), rows], axis=1)


def compute_tfidf(tally: FeatureCounts, idf: Array, texts: int) -> Array:
    """TF-IDF: counts times `idf`, each text's of length 1: parallel to `tally`."""
    sizes = tally.counts * idf[tally.features]
    return np.asarray(sizes / compute_text_lengths(tally, idf, texts)[tally.texts])


def compute_text_lengths(tally: FeatureCounts, idf: Array, texts: int) -> Array:
    """The Euclidean length of each text's counts times `idf`, (texts,)."""
    squares = (tally.counts * idf[tally.features]) ** 2
    return np.asarray(np.sqrt(np.bincount(tally.texts, squares, texts)))


def softmax(logits: NDArray[np.floating[Any]]) -> Array:
    """Rows of probabilities."""
    sizes = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(sizes / sizes.sum(axis=-1, keepdims=True))
