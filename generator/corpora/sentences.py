"""A text divided into sentences, the last of which may ask something about the others.

1. A sentence ends behind a full stop, an exclamation mark or a question mark; what
   stands behind the last of them is a sentence too.
2. If the last sentence ends with a question mark, it is the question, and the others
   are what it is about. Questions in between are sentences like others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.corpora.words import words_of

ENDS = frozenset(".!?")
CLOSING = frozenset((*ENDS, ",", ";", ":", "n't", "'s"))
"""What no space stands before."""

Span = tuple[int, int]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Divided:
    """A text's words by sentence; `spans` are half-open, in words of the text."""

    sentences: tuple[Words, ...]
    spans: tuple[Span, ...]
    question: Words  # () where nothing is asked


def divide(words: Sequence[str]) -> Divided:
    """The sentences of a text that was divided into words, and its question."""
    ends = [at + 1 for at, word in enumerate(words) if word in ENDS]
    if words and (not ends or ends[-1] < len(words)):
        ends.append(len(words))
    spans = tuple(zip([0, *ends], ends, strict=False))
    sentences = tuple(tuple(words[start:end]) for start, end in spans)
    if sentences and sentences[-1][-1] == "?":
        return Divided(sentences[:-1], spans[:-1], sentences[-1])
    return Divided(sentences, spans, ())


def within(spans: Sequence[Span], rationale: Sequence[Span]) -> tuple[Span, ...]:
    """The sentences that hold a word of `rationale`, as half-open spans of places."""
    held = [
        place
        for place, (start, end) in enumerate(spans)
        if any(start < last and first < end for first, last in rationale)
    ]
    return tuple((place, place + 1) for place in held)


def joined(words: Sequence[str]) -> str:
    """Words as a sentence, without spaces before its marks."""
    text = ""
    for word in words:
        text += word if not text or word in CLOSING else f" {word}"
    return text


def parted(sentence: str) -> Words:
    """The words of a sentence that `joined` made."""
    return words_of(sentence)
