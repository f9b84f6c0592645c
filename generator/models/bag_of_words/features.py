"""Words and pairs of neighbouring words as features, counted without a framework.

A text is ids of `Words`. Each known word is an occurrence of its own feature, and each
two known words that stand beside each other one of their pair's, if the pair was kept.
Padding and unknown words make no feature, nor a pair with a neighbour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.corpora.words import FIRST_WORD_ID, WordVocabulary, count_words
from generator.models.base import Texts

Array = NDArray[np.float64]
Numbers = NDArray[np.integer[Any]]
EVERY = 1 << 62
"""More words than there are."""


class Occurrences(NamedTuple):
    """Features where they stand; a pair stands where its first word does."""

    texts: Numbers  # (n,), which text
    places: Numbers  # (n,), which of its tokens
    features: Numbers  # (n,), words before pairs


class FeatureCounts(NamedTuple):
    """How often each text holds each feature it holds, sorted by text and feature."""

    texts: Numbers  # (n,)
    features: Numbers  # (n,)
    counts: Numbers  # (n,), from 1


@dataclass(frozen=True)
class NgramVocabulary:
    """The features: words in the order of their ids, then pairs, sorted."""

    words: WordVocabulary
    pairs: Numbers  # (pairs, 2), ids

    def __len__(self) -> int:
        """How many features there are."""
        return len(self.words.words) + len(self.pairs)

    @cached_property
    def codes(self) -> Numbers:
        """One number for each pair, rising: (pairs,)."""
        return np.asarray(self.pairs[:, 0] * len(self.words) + self.pairs[:, 1])

    def find_occurrences(self, texts: Texts) -> Occurrences:
        """Every feature of every text: words in their order, then pairs in theirs."""
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
        """The features of texts, counted."""
        found = self.find_occurrences(texts)
        return count_features(found.texts, found.features, len(self))


def concatenate_texts(texts: Texts) -> tuple[Numbers, Numbers, Numbers]:
    """All ids in a row, and of each its text and its place there: each (tokens,)."""
    lengths = np.array([len(text) for text in texts], np.int64)
    total = int(lengths.sum())
    ids = np.fromiter(chain.from_iterable(texts), np.int64, count=total)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return ids, np.repeat(np.arange(len(texts)), lengths), np.arange(total) - starts


def find_word_pairs(
    ids: Numbers, numbers: Numbers, size: int
) -> tuple[Numbers, Numbers]:
    """Where two known words of one text stand side by side, and their code."""
    known = ids >= FIRST_WORD_ID
    at = np.flatnonzero(known[:-1] & known[1:] & (numbers[:-1] == numbers[1:]))
    return at, ids[at] * size + ids[at + 1]


def look_up_codes(codes: Numbers, known: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """The place of each code among those `known`, and whether it is one of them."""
    if not len(known):
        return np.zeros(len(codes), np.int64), np.zeros(len(codes), bool)
    places = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return places, np.asarray(known[places] == codes)


def count_features(texts: Numbers, features: Numbers, size: int) -> FeatureCounts:
    """How often each of `size` features occurs in each text."""
    both, counts = np.unique(texts * size + features, return_counts=True)
    return FeatureCounts(both // max(size, 1), both % max(size, 1), counts)


class FeatureStatistics(NamedTuple):
    """Features of some documents, and what is known of them there."""

    grams: NgramVocabulary
    idf: Array  # (features,)
    tally: FeatureCounts


def learn_features(
    documents: Callable[[], Iterable[tuple[str, ...]]],
    ngrams: int,
    least: int,
    most: int,
) -> FeatureStatistics:
    """The features of documents, which are gone through twice.

    Kept are those that at least `least` documents hold; of these the `most` that occur
    most often, of a tie words before pairs, frequent ones first. So a pair is never
    kept without its words.
    """
    words = count_words(documents(), EVERY)
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
    """What a tally says of the features `kept`, rising, which count from 0 then."""
    features, mine = look_up_codes(tally.features, kept)
    return FeatureCounts(tally.texts[mine], features[mine], tally.counts[mine])


def _select_grams(
    every: WordVocabulary, kept: Numbers, codes: Numbers
) -> NgramVocabulary:
    """The features `kept` of all words and of the pairs `codes`."""
    size = len(every)
    words = kept[kept < size]
    ids = np.zeros(size, np.int64)
    ids[words] = np.arange(len(words)) + FIRST_WORD_ID
    pairs = codes[kept[kept >= size] - size]
    names = WordVocabulary(tuple(every.words[word - FIRST_WORD_ID] for word in words))
    return NgramVocabulary(
        names, np.stack([ids[pairs // size], ids[pairs % size]], axis=1)
    )


def split_into_batches(texts: Texts, size: int) -> Iterator[Texts]:
    """`texts` in their order, at most `size` at once."""
    return (texts[start : start + size] for start in range(0, len(texts), size))
