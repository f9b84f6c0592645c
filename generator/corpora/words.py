"""Text to words and their ids, as classifiers read it.

1. A run of letters and digits is a word, with its inner hyphens: `by-the-numbers`.
2. `n't` and the endings `'s 're 've 'll 'd 'm` stand alone, so that a negation is a
   word: `does n't`, `film 's`.
3. Every other mark stands alone. Everything is in lower case.

Words joined by spaces are divided into the same words again, so a text that is divided
already, as the sentences of the Stanford Sentiment Treebank are, stays as it is.

Ids: 0 is padding, 1 every unknown word, words count from 2 by falling frequency, ties
by first appearance. Padding and unknown words are two things here: a classifier masks
the one and reads the other.

Source: steps 1 to 3 after the Penn Treebank's conventions, in short.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from generator.artifacts import Token
from generator.corpora.vocabulary import PAD, UNKNOWN

FIRST = 2
"""The id of the first word."""
_WORD = re.compile(
    r"[^\W_]+(?=n['’]t(?![^\W_]))|n['’]t(?![^\W_])|['’](?:s|re|ve|ll|d|m)(?![^\W_])"
    r"|[^\W_]+(?:-[^\W_]+)*|[^\w\s]|_"
)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(_WORD.findall(text.lower()))


@dataclass(frozen=True)
class Words:
    """The words a classifier knows: `words[i]` has the id i + 2."""

    words: tuple[str, ...]
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {word: number for number, word in enumerate(self.words, FIRST)}
        object.__setattr__(self, "ids", ids)

    def __len__(self) -> int:
        """How many ids there are, padding's and the unknown's included."""
        return len(self.words) + FIRST

    def encode(self, words: Iterable[str]) -> tuple[int, ...]:
        """Ids of words, 1 for those unknown."""
        return tuple(self.ids.get(word, 1) for word in words)

    def tokens(self, words: Iterable[str]) -> tuple[Token, ...]:
        """Words as tokens; an unknown one keeps its name."""
        known = self.ids
        return tuple(Token(w, "word" if w in known else "unknown") for w in words)

    def token(self, index: int) -> Token:
        """The token of an id."""
        if index < FIRST:
            return Token(UNKNOWN, "unknown") if index else Token(PAD, "pad")
        return Token(self.words[index - FIRST])


def count_words(documents: Iterable[Sequence[str]], most: int, least: int = 1) -> Words:
    """The `most` most frequent words that occur at least `least` times."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(document)
    ranked = sorted(counts, key=lambda word: -counts[word])  # stable: first seen first
    return Words(tuple(word for word in ranked if counts[word] >= least)[:most])
