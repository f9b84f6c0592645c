"""N-gram features: words and pairs of neighbouring words, found and counted.

A text is ids of a `WordVocabulary`. Each known word is an occurrence of its own
feature, and each two known words that stand beside each other one of their pair's, if
the vocabulary has the pair. Padding and unknown words make no feature, nor a pair with
a neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.corpora.words import FIRST_WORD_ID, Unit, WordVocabulary, count_words
from generator.models.base import Texts

Array = NDArray[np.float64]
Numbers = NDArray[np.integer[Any]]
EVERY = 1 << 62
"""More words than there are."""


class Occurrences(NamedTuple):
    """Occurrences of features; a pair occurs where its first word does."""

    texts: Numbers  # (n,), which text
    places: Numbers  # (n,), which of its tokens
    features: Numbers  # (n,), words before pairs


class FeatureCounts(NamedTuple):
    """Counts of features in texts, sorted by text and feature."""

    texts: Numbers  # (n,)
    features: Numbers  # (n,)
    counts: Numbers  # (n,), from 1


@dataclass(frozen=True)
class NgramVocabulary:
    """The features of a model: words in the order of their ids, then sorted pairs."""

    words: WordVocabulary
    pairs: Numbers  # (pairs, 2), ids

    def __len__(self) -> int:
        """How many features there are."""
        return len(self.words.words) + len(self.pairs)

    @cached_property
    def codes(self) -> Numbers:
        """A number for each pair, (pairs,), rising."""
        return np.asarray(self.pairs[:, 0] * len(self.words) + self.pairs[:, 1])

    def find_occurrences(self, texts: Texts) -> Occurrences:
        """Find every occurrence of a feature.

        Args:
            texts: Word ids of each text.

        Returns:
            Occurrences of words in the order of the texts, then those of pairs.
        """
        ids, numbers, places = concatenate_texts(texts)
        words = np.flatnonzero(ids >= FIRST_WORD_ID)
        at, codes = find_word_pairs(ids, numbers, len(self.words))
        found, kept = look_up_codes(codes, self.codes)
        at, pairs = at[kept], found[kept] + len(self.words.words)
        return Occurrences(
            np.concatenate([numbers[words], numbers[at]]),
            np.concatenate([places[words], places[at]]),
            np.concatenate([ids[words] - FIRST_WORD_ID, pairs]),
        )

    def count_occurrences(self, texts: Texts) -> FeatureCounts:
        """Count how often each feature occurs in each text.

        Args:
            texts: Word ids of each text.

        Returns:
            Counts, sorted by text and feature.
        """
        found = self.find_occurrences(texts)
        return count_features(found.texts, found.features, len(self))


def concatenate_texts(texts: Texts) -> tuple[Numbers, Numbers, Numbers]:
    """Concatenate texts, with the text and the place of every token.

    Args:
        texts: Word ids of each text.

    Returns:
        Ids, indices of texts, and places in the text, each (tokens,).
    """
    lengths = np.array([len(text) for text in texts], np.int64)
    total = int(lengths.sum())
    ids = np.fromiter(chain.from_iterable(texts), np.int64, count=total)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return ids, np.repeat(np.arange(len(texts)), lengths), np.arange(total) - starts


def find_word_pairs(
    ids: Numbers, numbers: Numbers, size: int
) -> tuple[Numbers, Numbers]:
    """Find pairs of known words that stand side by side in one text.

    Args:
        ids: Word ids of all texts, (tokens,).
        numbers: Index of each token's text, (tokens,).
        size: Number of ids, which makes one code of a pair.

    Returns:
        Place of each pair's first word among the tokens, and the pair's code, both
        (pairs,).
    """
    known = ids >= FIRST_WORD_ID
    at = np.flatnonzero(known[:-1] & known[1:] & (numbers[:-1] == numbers[1:]))
    return at, ids[at] * size + ids[at + 1]


def look_up_codes(codes: Numbers, known: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """Look codes up in a sorted array.

    Args:
        codes: Codes to look up, (codes,).
        known: Known codes, rising.

    Returns:
        The index of each code in `known`, and whether it is there, both (codes,).
    """
    if not len(known):
        return np.zeros(len(codes), np.int64), np.zeros(len(codes), bool)
    places = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return places, np.asarray(known[places] == codes)


def count_features(texts: Numbers, features: Numbers, size: int) -> FeatureCounts:
    """Count features by text.

    Args:
        texts: Text of each occurrence, (n,).
        features: Feature of each occurrence, (n,).
        size: Number of features.

    Returns:
        Counts, sorted by text and feature.
    """
    both, counts = np.unique(texts * size + features, return_counts=True)
    return FeatureCounts(both // max(size, 1), both % max(size, 1), counts)


class FeatureStatistics(NamedTuple):
    """Features learnt from documents, with their counts and document frequencies."""

    grams: NgramVocabulary
    idf: Array  # (features,)
    tally: FeatureCounts


def learn_features(
    documents: Callable[[], Iterable[tuple[str, ...]]],
    ngrams: int,
    least: int,
    most: int,
    unit: Unit = "word",
) -> FeatureStatistics:
    """Learn the features of documents and count them.

    A feature qualifies if at least `least` documents contain it; of those the `most`
    that occur most often are taken, of a tie words before pairs and frequent ones
    first. So a pair is never taken without its words.

    Args:
        documents: Gives the words of each document; called twice.
        ngrams: 1 for words alone, 2 for pairs too.
        least: In how many documents a feature must occur.
        most: How many features to take.
        unit: What the documents are split into.

    Returns:
        The features with their inverse document frequencies and counts.
    """
    words = count_words(documents(), EVERY, unit=unit)
    encoded = [words.encode(one) for one in documents()]
    ids, texts, _ = concatenate_texts(encoded)
    at, pairs = find_word_pairs(ids, texts, len(words))
    at, pairs = (at, pairs) if ngrams > 1 else (at[:0], pairs[:0])
    codes, pairs = np.unique(pairs, return_inverse=True)
    features = np.concatenate([ids, pairs + len(words)])
    size = len(words) + len(codes)
    tally = count_features(np.concatenate([texts, texts[at]]), features, size)
    held, often = np.bincount(tally.features), np.bincount(features)
    kept = np.flatnonzero(held >= max(least, 1))
    kept = np.sort(kept[np.argsort(-often[kept], kind="stable")][:most])
    idf = np.log((1 + len(encoded)) / (1 + held[kept])) + 1
    return FeatureStatistics(
        _select_grams(words, kept, codes),
        np.asarray(idf),
        _select_from_tally(tally, kept),
    )


def _select_from_tally(tally: FeatureCounts, kept: Numbers) -> FeatureCounts:
    """Restrict counts to the features `kept`, rising, which are renumbered from 0."""
    features, mine = look_up_codes(tally.features, kept)
    return FeatureCounts(tally.texts[mine], features[mine], tally.counts[mine])


def _select_grams(
    every: WordVocabulary, kept: Numbers, codes: Numbers
) -> NgramVocabulary:
    """Restrict all words, and the pairs with these codes, to the features `kept`."""
    size = len(every)
    words = kept[kept < size]
    ids = np.zeros(size, np.int64)
    ids[words] = np.arange(len(words)) + FIRST_WORD_ID
    pairs = codes[kept[kept >= size] - size]
    kept_words = tuple(every.words[word - FIRST_WORD_ID] for word in words)
    names = WordVocabulary(kept_words, every.unit)
    return NgramVocabulary(
        names, np.stack([ids[pairs // size], ids[pairs % size]], axis=1)
    )


def split_into_batches(texts: Texts, size: int) -> Iterator[Texts]:
    """Split texts into batches of at most `size`, in their order."""
    return (texts[start : start + size] for start in range(0, len(texts), size))
