"""Words and sentences of texts, as classifiers read them.

Words:

1. A run of letters and digits is a word, with what belongs to them (accents, vowel
   signs, points, joiners) and its inner hyphens: `by-the-numbers`, `खाना`.
2. `n't` and the endings `'s 're 've 'll 'd 'm` stand alone, so that a negation is a
   word: `does n't`, `film 's`.
3. Every other grapheme cluster stands alone: a mark of punctuation, a flag, an emoji
   with its colour of skin, a family. White space is left out, and nothing else is.
4. Everything is in lower case and in Unicode's normal form NFC, so that a letter and
   its accent are the same word as the letter with its accent. Lower case knows no
   language: `İ` becomes an `i` with a second dot, `ß` stays.

No grapheme cluster is cut. Words joined by spaces are divided into the same words
again, so a text that is divided already, as the sentences of the Stanford Sentiment
Treebank are, stays as it is. Plain texts, which is to say those without combining
characters, are divided as a program that knows nothing of clusters would.

Characters, for scripts without spaces: the grapheme clusters of all words, one behind
another. A span of words is a span of their characters.

Ids: 0 is padding, 1 every unknown word, words count from 2 by falling frequency, ties
by first appearance. Padding and unknown words are two things here: a classifier masks
the one and reads the other.

Sentences:

1. A sentence ends behind a full stop, an exclamation mark or a question mark of any
   script; what stands behind the last of them is a sentence too.
2. If the last sentence ends with a question mark, it is the question, and the others
   are what it is about. Questions in between are sentences like others.

Source: words after the Penn Treebank's conventions, in short; clusters after Unicode
Standard Annex 29. Classes of characters are those of the Unicode version that the
package `regex` was made with, and not the interpreter's; `character_classes.json` has
them for other programs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Literal

import regex

from generator.core.tokens import Token
from generator.corpora.tokenization import PAD, UNKNOWN

Unit = Literal["word", "character"]
"""What a token is: a word, or a grapheme cluster."""
UNKNOWN_ID = 1
"""The id of every unknown word."""
FIRST_WORD_ID = 2
"""The id of the first word."""
Span = tuple[int, int]
_BREAK = r"\p{Grapheme_Cluster_Break=%s}"
_PREPEND = _BREAK % "Prepend"
_EXTENDING = rf"\p{{M}}{_BREAK % 'Extend'}{_BREAK % 'SpacingMark'}{_BREAK % 'ZWJ'}"
_BASE = rf"[[\p{{L}}\p{{N}}]--{_PREPEND}--\p{{Extended_Pictographic}}]"
_KEYCAP = r"[0-9]\uFE0F?\u20E3"
_LETTER = rf"{_PREPEND}*+(?!{_KEYCAP}){_BASE}[{_EXTENDING}]*+"
_END = rf"(?![\p{{L}}\p{{N}}{_EXTENDING}])"
_SPACE = r"[\s\x1c-\x1f]"
_WORD = regex.compile(
    rf"(?:{_LETTER})+(?=[nN]['’][tT]{_END})|[nN]['’][tT]{_END}"
    rf"|['’](?:[sS]|[rR][eE]|[vV][eE]|[lL]{{2}}|[dD]|[mM]){_END}"
    rf"|(?:{_LETTER})+(?:-(?:{_LETTER})+)*|{_PREPEND}+(?={_SPACE})|(?!{_SPACE})\X",
    regex.VERSION1,
)
_ASCII_WORD = (
    re.compile(  # the same for texts without other characters, six times as fast
        r"[^\W_]+(?=n't(?![^\W_]))|n't(?![^\W_])|'(?:s|re|ve|ll|d|m)(?![^\W_])"
        r"|[^\W_]+(?:-[^\W_]+)*|[^\w\s]|_"
    )
)
_CLUSTER = regex.compile(r"\X")
_COMBINING = regex.compile(rf"[{_EXTENDING}{_PREPEND}\p{{RI}}İℹ]", regex.VERSION1)


def split_into_words(text: str) -> tuple[str, ...]:
    """Split a text into words and marks, in lower case and normal form NFC."""
    text = text.lower()
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text))
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text)))


def split_into_clusters(text: str) -> tuple[str, ...]:
    """Split a text into grapheme clusters: what a reader takes for a character."""
    return tuple(_CLUSTER.findall(text))


def split_into_units(text: str, unit: Unit) -> tuple[str, ...]:
    """Split a text into words, or into the characters of its words.

    Args:
        text: The text.
        unit: What a token is.
    """
    return divide_words(split_into_words(text), unit)


def divide_words(words: Sequence[str], unit: Unit) -> tuple[str, ...]:
    """Divide words into their characters, where those are the unit.

    Args:
        words: Words of a text.
        unit: What a token is.
    """
    if unit == "word":
        return tuple(words)
    return tuple(chain.from_iterable(map(split_into_clusters, words)))


def find_unit_spans(text: str, unit: Unit = "word") -> tuple[Span, ...]:
    """Find where the words of a text stand in it as it is written.

    There are as many as `split_into_units` gives, which writes them in lower case.

    Args:
        text: The text, its letters unchanged.
        unit: What a token is.

    Returns:
        Half-open spans of characters, rising.
    """
    spans = (found.span() for found in _WORD.finditer(text))
    if unit == "word":
        return tuple(spans)
    return tuple(
        (start + inner.start(), start + inner.end())
        for start, end in spans
        for inner in _CLUSTER.finditer(text[start:end])
    )


def has_combining_characters(text: str) -> bool:
    """Return whether a text holds what is more than one code point to a character.

    Such texts alone are split otherwise than one code point at a time, so that the keys
    of corpora that hold them, and no others, say how words are split.

    Args:
        text: The text.
    """
    if text.isascii():
        return False
    return bool(_COMBINING.search(text)) or not unicodedata.is_normalized("NFC", text)


@dataclass(frozen=True)
class WordVocabulary:
    """The words that a classifier knows: `words[i]` has the id i + 2.

    Where `unit` says so they are characters, and it splits texts into such.
    """

    words: tuple[str, ...]
    unit: Unit = "word"
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {word: number for number, word in enumerate(self.words, FIRST_WORD_ID)}
        object.__setattr__(self, "ids", ids)

    def __len__(self) -> int:
        """Return how many ids there are, padding and unknown included."""
        return len(self.words) + FIRST_WORD_ID

    def as_plain_data(self) -> dict[str, object]:
        """Return what a trained model keeps of it; words are the unit unless said."""
        unit = {} if self.unit == "word" else {"unit": self.unit}
        return {"words": self.words, **unit}

    def split(self, text: str) -> tuple[str, ...]:
        """Split a text into words, or into characters where those are the unit."""
        return split_into_units(text, self.unit)

    def map_spans(self, text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Map half-open spans of a text's words to spans of its tokens.

        Args:
            text: The text.
            spans: Half-open spans of words, as corpora hold them.
        """
        if self.unit == "word" or not spans:
            return tuple(spans)
        lengths = (len(split_into_clusters(word)) for word in split_into_words(text))
        starts = tuple(accumulate(lengths, initial=0))
        last = len(starts) - 1
        return tuple((starts[min(a, last)], starts[min(b, last)]) for a, b in spans)

    def encode(self, words: Iterable[str]) -> tuple[int, ...]:
        """Return the ids of words, 1 for unknown ones."""
        return tuple(self.ids.get(word, UNKNOWN_ID) for word in words)

    def encode_tokens(
        self, tokens: Sequence[str], texts: Iterable[str]
    ) -> tuple[int, ...]:
        """Return the ids of tokens as artifacts hold them, in any case of letters.

        Args:
            tokens: Tokens of a text as they are printed.
            texts: Texts of which one was divided into them, where more decides than the
                tokens show.
        """
        del texts
        known = self.ids
        return tuple(
            known.get(token, known.get(token.lower(), UNKNOWN_ID)) for token in tokens
        )

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
    documents: Iterable[Sequence[str]], most: int, least: int = 1, unit: Unit = "word"
) -> WordVocabulary:
    """Build the vocabulary of the most frequent words.

    Args:
        documents: Words of each document.
        most: How many words to take.
        least: How often a word must occur.
        unit: What the documents are split into.

    Returns:
        The words by falling frequency, ties by first appearance.
    """
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(document)
    ranked = sorted(counts, key=lambda word: -counts[word])  # stable: first seen first
    frequent = tuple(word for word in ranked if counts[word] >= least)[:most]
    return WordVocabulary(frequent, unit)


MOSTLY_UNKNOWN = 0.5
"""From which share of unknown words on a side is mostly unknown."""


def note_mostly_unknown(
    known: Container[str],
    texts: Iterable[Iterable[str]],
    side: str,
    unit: Unit,
    *,
    remedy: str = "unit: character",
    missing: str = "not in the vocabulary",
) -> tuple[str, ...]:
    """Note that most of what a model is asked about is unknown to it.

    Marks are not counted, which are known in every text.

    Args:
        known: The words, or characters, of the vocabulary.
        texts: Words, or characters, of each held-out text.
        side: What these texts are called, such as "validation texts".
        unit: What they are divided into.
        remedy: The setting that helps a script without spaces between words.
        missing: What an unknown word is.

    Returns:
        One note from `MOSTLY_UNKNOWN` on, else none.
    """
    words = (word for text in texts for word in text if any(map(str.isalnum, word)))
    unknown = [word not in known for word in words]
    share = sum(unknown) / len(unknown) if unknown else 0.0
    if share < MOSTLY_UNKNOWN:
        return ()
    note = (
        f"mostly unknown: {share:.1%} of the {unit}s of the {side}, marks left out, "
        f"are {missing} (said from {MOSTLY_UNKNOWN:.0%} on), so the model "
        "knows little of what it is asked about"
    )
    if unit == "word":
        note += f"; for a script without spaces between words, set {remedy}"
    return (note,)


QUESTION_MARKS = frozenset("?？؟⁇⁈፧")
"""Marks that end a question; the Greek one is a semicolon in NFC, and none of them."""
SENTENCE_ENDS = QUESTION_MARKS | frozenset(".!！。．｡‼⁉۔।॥።။")
CLOSING = SENTENCE_ENDS | frozenset((*",;:、，；：،؛」』）", "n't", "'s"))
"""What no space stands before."""
OPENING = frozenset("、，。！？「『（")
"""Marks of scripts without spaces: none stands behind them."""

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
    if sentences and sentences[-1][-1] in QUESTION_MARKS:
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
    text, last = "", ""
    for word in words:
        together = not text or word in CLOSING or last in OPENING
        text += word if together else f" {word}"
        last = word
    return text


def split_sentence(sentence: str) -> SentenceWords:
    """Split a sentence that `join_sentence` made into its words."""
    return split_into_words(sentence)
