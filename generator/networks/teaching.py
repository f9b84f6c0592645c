"""A corpus as a classifier learns it: divided, counted, and turned into ids.

1. Documents are put on three sides (`corpora.base.sides`) by the study's seed.
2. Each text is cut to its first `max_tokens` words.
3. The words that training texts hold then are counted; the vocabulary is made of them
   alone, so that every known word was learnt from.
4. With `permute_labels`, the training texts' labels are permuted among them.
5. With an annotation mask, each text comes with marks on the words of that mask.
6. A text without any word teaches nothing and is left out, of training and of the
   held-out loss. A network asked about it answers as it does with nothing to read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.corpora.base import Corpus, Sides, sides
from generator.corpora.masks import masked
from generator.corpora.truths import on_permuted, permuted, taught, truths
from generator.corpora.words import Words, count_words, words_of
from generator.errors import CorpusError
from generator.networks.texts import Texts

Tokens = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a corpus is divided and read."""

    validation: float  # share of documents, where the publisher put none there
    test: float
    max_words: int
    least_count: int
    max_tokens: int
    masked: bool
    permute_labels: bool = False
    mask: str | None = None  # the annotation mask whose words are marked


@dataclass(frozen=True)
class Lesson:
    """What there is to learn, and to check it by."""

    sides: Sides
    words: Words
    labels: tuple[str, ...]
    counts: tuple[int, ...]  # training texts of each label
    train: Texts
    held_out: Texts
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Side:
    """The texts of a side that hold a word, as read."""

    name: str
    tokens: Tokens
    truths: tuple[int, ...]
    documents: tuple[int, ...]
    longer: int  # texts that were cut
    empty: int  # texts without a word, left out

    @property
    def total(self) -> int:
        return len(self.tokens) + self.empty


def teach(corpus: Corpus, reading: Reading, seed: int) -> Lesson:
    """Divide and read `corpus`. Raises `CorpusError` where there is too little."""
    divided = sides(corpus, reading.validation, reading.test, seed)
    train = _side(corpus, divided.train, "training", reading.max_tokens)
    held = _side(corpus, divided.validation, "validation", reading.max_tokens)
    if held.empty and not held.tokens:
        raise CorpusError(
            f"none of the {held.empty:,} validation documents holds a word; expected "
            "some to choose an epoch by: look at the corpus, or set validation: 0"
        )
    own = train.truths
    if reading.permute_labels:
        train = replace(train, truths=permuted(own, seed))
    counts = taught(corpus.labels, own)
    words = count_words(train.tokens, reading.max_words, reading.least_count)
    if not words.words:
        raise CorpusError(
            f"no word occurs {reading.least_count:,} times in the training documents; "
            "expected some: lower least_count"
        )
    width = None if reading.masked else reading.max_tokens
    learnt, checked = (
        _texts(side, words, width, _marks(corpus, side, reading.mask))
        for side in (train, held)
    )
    notes = (
        *on_permuted(own, train.truths),
        *_on_labels(corpus.labels, counts),
        *_on_words(words, train, held),
        *_on_lengths(reading.max_tokens, train, held),
    )
    return Lesson(divided, words, corpus.labels, counts, learnt, checked, notes)


def _side(corpus: Corpus, indices: Sequence[int], name: str, most: int) -> _Side:
    tokens: Tokens = []
    kept, longer = [], 0
    for index in indices:
        words = words_of(corpus.documents[index].text)
        longer += len(words) > most
        if words:  # equal words share their memory
            tokens.append(tuple(map(sys.intern, words[:most])))
            kept.append(index)
    empty = len(indices) - len(kept)
    return _Side(name, tokens, truths(corpus, kept), tuple(kept), longer, empty)


def _texts(
    side: _Side, words: Words, width: int | None, marks: list[list[int]] | None
) -> Texts:
    """The texts of a side as ids."""
    ids = [words.encode(text) for text in side.tokens]
    return Texts(ids, side.truths, len(words), width=width, marks=marks)


def _marks(corpus: Corpus, side: _Side, mask: str | None) -> list[list[int]] | None:
    """For each text of a side, 1 where the mask has a word. Raises `CorpusError`."""
    if mask is None:
        return None
    found = [[0] * len(tokens) for tokens in side.tokens]
    for row, index in zip(found, side.documents, strict=True):
        for start, end in masked(corpus, index, mask):
            row[start:end] = [1] * len(row[start:end])
    return found


def _on_labels(labels: Sequence[str], counts: Sequence[int]) -> Iterator[str]:
    """How often each label is taught, and what always giving one would come to."""
    shown = ", ".join(f"{n:,} {label}" for label, n in zip(labels, counts, strict=True))
    most, total = max(counts), sum(counts)
    label = labels[counts.index(most)]
    yield (
        f"training texts: {shown}; who always says {label} is right in "
        f"{most / total:.1%} of them"
    )


def _on_words(words: Words, train: _Side, held: _Side) -> Iterator[str]:
    """How many words are known, and what share of what is read is not."""
    distinct = len({word for text in train.tokens for word in text})
    shares = []
    for side in (train, held):
        known = [word in words.ids for text in side.tokens for word in text]
        if known:
            shares.append(f"{1 - np.mean(known):.1%} of the {side.name} texts' words")
    yield (
        f"{len(words.words):,} words are known, of {distinct:,} in the training texts; "
        f"unknown are {' and '.join(shares)}"
    )


def _on_lengths(most: int, *both: _Side) -> Iterator[str]:
    """How long texts are, how many were cut, how many hold nothing."""
    lengths = [len(text) for text in both[0].tokens]
    yield (
        f"the {len(lengths):,} training texts have {np.mean(lengths):.1f} tokens on "
        f"average as they are read, {min(lengths):,} to {max(lengths):,}"
    )
    for side in both:
        if side.longer:
            yield (
                f"{side.longer:,} of {side.total:,} {side.name} texts are longer than "
                f"{most:,} tokens; the first {most:,} are read"
            )
        if side.empty:
            yield (
                f"{side.empty:,} of {side.total:,} {side.name} texts hold no word and "
                "are left out"
            )
