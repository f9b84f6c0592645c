"""Words and sentences of texts, as classifiers read them.

Words:

1. A run of letters and digits is a word, with its inner hyphens: `by-the-numbers`.
2. `n't` and the endings `'s 're 've 'll 'd 'm` stand alone, so that a negation is a
   word: `does n't`, `film 's`.
3. Every other mark stands alone. Everything is in lower case.

Words joined by spaces are divided into the same words again, so a text that is divided
already, as the sentences of the Stanford Sentiment Treebank are, stays as it is.

Ids: 0 is padding, 1 every unknown word, words count from 2 by falling frequency, ties
by first appearance. Padding and unknown words are two things here: a classifier masks
the one and reads the other.

Sentences:

1. A sentence ends behind a full stop, an exclamation mark or a question mark; what
   stands behind the last of them is a sentence too.
2. If the last sentence ends with a question mark, it is the question, and the others
   are what it is about. Questions in between are sentences like others.

Source: words after the Penn Treebank's conventions, in short.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from generator.core.tokens import Token
from generator.corpora.tokenization import PAD, UNKNOWN

FIRST_WORD_ID = 2
"""The id of the first word."""
_WORD = re.compile(
    r"[^\W_]+(?=n['’]t(?![^\W_]))|n['’]t(?![^\W_])|['’](?:s|re|ve|ll|d|m)(?![^\W_])"
    r"|[^\W_]+(?:-[^\W_]+)*|[^\w\s]|_"
)


def split_into_words(text: str) -> tuple[str, ...]:
    """Split a text into words and marks, in lower case."""
    return tuple(_WORD.findall(text.lower()))


@dataclass(frozen=True)
class WordVocabulary:
    """The words that a classifier knows: `words[i]` has the id i + 2."""

    words: tuple[str, ...]
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {word: number for number, word in enumerate(self.words, FIRST_WORD_ID)}
        object.__setattr__(self, "ids", ids)

    def __len__(self) -> int:
        """Return how many ids there are, padding and unknown included."""
        return len(self.words) + FIRST_WORD_ID

    def encode(self, words: Iterable[str]) -> tuple[int, ...]:
        """Return the ids of words, 1 for unknown ones."""
        return tuple(self.ids.get(word, 1) for word in words)

    def tokens(self, words: Iterable[str]) -> tuple[Token, ...]:
        """Return words as tokens; an unknown one keeps its spelling."""
        known = self.ids
        return tuple(Token(w, "word" if w in known else "unknown") for w in words)

    def token(self, index: int) -> Token:
        """Return the token of an id."""
        if index < FIRST_WORD_ID:
            return Token(UNKNOWN, "unknown") if index else Token(PAD, "pad")
        return Token(self.words[index - FIRST_WORD_ID])


def count_words(
    documents: Iterable[Sequence[str]], most: int, least: int = 1
) -> WordVocabulary:
    """Build the vocabulary of the most frequent words.

    Args:
        documents: Words of each document.
        most: How many words to take.
        least: How often a word must occur.

    Returns:
        The words by falling frequency, ties by first appearance.
    """
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(document)
    ranked = sorted(counts, key=lambda word: -counts[word])  # stable: first seen first
    return WordVocabulary(
        tuple(word for word in ranked if counts[word] >= least)[:most]
    )


SENTENCE_ENDS = frozenset(".!?")
CLOSING = frozenset((*SENTENCE_ENDS, ",", ";", ":", "n't", "'s"))
"""What no space stands before."""

Span = tuple[int, int]
SentenceWords = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoryText:
    """The words of a text by sentence; `spans` are half-open, in words of the text."""

    sentences: tuple[SentenceWords, ...]
    spans: tuple[Span, ...]
    question: SentenceWords  # () where nothing is asked


def divide_story(words: Sequence[str]) -> StoryText:
    """Divide a text into sentences and a final question.

    Args:
        words: Words of the text.

    Returns:
        The sentences, their spans, and the question.
    """
    ends = [at + 1 for at, word in enumerate(words) if word in SENTENCE_ENDS]
    if words and (not ends or ends[-1] < len(words)):
        ends.append(len(words))
    spans = tuple(zip([0, *ends], ends, strict=False))
    sentences = tuple(tuple(words[start:end]) for start, end in spans)
    if sentences and sentences[-1][-1] == "?":
        return StoryText(sentences[:-1], spans[:-1], sentences[-1])
    return StoryText(sentences, spans, ())


def find_rationale_sentences(
    spans: Sequence[Span], rationale: Sequence[Span]
) -> tuple[Span, ...]:
    """Find the sentences that contain a word of the rationale.

    Args:
        spans: Half-open span of each sentence, in words.
        rationale: Half-open spans of the words that decide.

    Returns:
        Half-open spans of indices of sentences, each of length 1.
    """
    held = [
        place
        for place, (start, end) in enumerate(spans)
        if any(start < last and first < end for first, last in rationale)
    ]
    return tuple((place, place + 1) for place in held)


def join_sentence(words: Sequence[str]) -> str:
    """Join words to a sentence, without spaces before its marks."""
    text = ""
    for word in words:
        text += word if not text or word in CLOSING else f" {word}"
    return text


def split_sentence(sentence: str) -> SentenceWords:
    """Split a sentence that `join_sentence` made into its words."""
    return split_into_words(sentence)
