"""The pieces of a planted film review, and the text they become.

A sentence is a list of pieces. A piece knows what it is, so that nobody has to find out
afterwards which words decided: it was put there to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from generator.corpora.review_grammar import CAPITALS
from generator.corpora.review_lexicon import NOT, value_of

Kind = Literal["verdict", "overruled", "distractor", "filler", "connective", "mark"]
BREAKS = frozenset(".!?")
CLOSING = frozenset((*BREAKS, ",", ";", ":", "n't", "'s"))
"""What no space stands before."""


class Piece(NamedTuple):
    """Words of a sentence, and what they are there for."""

    kind: Kind
    words: list[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A clause of a review, in words of the review.

    `span` is half-open. `value` is -2 to 2, None for filler. `connective` is the word
    that overrules the clause, None where none does.
    """

    kind: Kind
    span: tuple[int, int]
    value: int | None = None
    denied: bool = False
    connective: int | None = None


def assembled(
    sentences: Sequence[Sequence[Piece]],
) -> tuple[list[str], tuple[Part, ...]]:
    """The words of a review, and its clauses."""
    words: list[str] = []
    parts: list[Part] = []
    for sentence in sentences:
        overruled: list[tuple[int, int]] = []
        connective = None
        for kind, said in sentence:
            span = (len(words), len(words) + len(said))
            words += said
            if kind == "connective":
                connective = span[0]
            elif kind == "overruled":
                overruled.append(span)
            elif kind != "mark":
                parts.append(_part(kind, span, said))
        parts += [
            _part("overruled", (start, end), words[start:end], connective)
            for start, end in overruled
        ]
    return articled(words), tuple(sorted(parts, key=lambda part: part.span))


def _part(
    kind: Kind, span: tuple[int, int], words: list[str], connective: int | None = None
) -> Part:
    denied = kind != "filler" and any(word in NOT for word in words)
    return Part(kind, span, value_of(words), denied, connective)


def articled(words: list[str]) -> list[str]:
    """The words, with `an` before vowels."""
    after = [*words[1:], ""]
    return [
        "an" if word == "a" and then[:1] in set("aeiou") else word
        for word, then in zip(words, after, strict=True)
    ]


def natural(words: Sequence[str]) -> str:
    """Words as ordinary text: capital letters, no space before a comma."""
    text = ""
    for word in words:
        starts = not text or text[-1] in BREAKS
        shown = word.capitalize() if starts or word in CAPITALS else word
        text += shown if not text or word in CLOSING else f" {shown}"
    return text
