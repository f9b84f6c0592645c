"""What a classifier can be asked that weighs its tokens, or a story's sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from generator.artifacts import Token
from generator.models.base import Floats, Texts
from generator.models.classifiers import Classifier


@dataclass(frozen=True, slots=True)
class Attended:
    """A classifier's answers to texts, and what it attended to."""

    probabilities: Floats  # (texts, labels), rows sum to 1
    weights: tuple[Floats, ...]  # each (slots,), sums to 1; padding after the tokens


@runtime_checkable
class Attentive(Classifier, Protocol):
    """A classifier that weighs its tokens.

    `masked`: a text's slots are its tokens. Otherwise it is padded to `max_tokens`
    slots and padding is weighed too. `ratio` is the largest two weights of a text can
    be to each other by the formula of the score, None where there is no bound.
    """

    masked: bool
    ratio: float | None

    def attend(self, texts: Texts) -> Attended:
        """Probabilities and weights."""
        ...


@dataclass(frozen=True, slots=True)
class Averaged:
    """Logits as averages: `logits[i] == biases + weights[i] @ values[i]`."""

    values: tuple[Floats, ...]  # each (slots, labels): what a slot says, unweighted
    weights: tuple[Floats, ...]  # each (slots,), attention
    biases: Floats  # (labels,)
    logits: Floats  # (texts, labels)


@runtime_checkable
class Averaging(Attentive, Protocol):
    """An attentive classifier whose logits are linear in its attention weights."""

    def average(self, texts: Texts) -> Averaged:
        """The logits, divided exactly over slots."""
        ...


@dataclass(frozen=True, slots=True)
class Story:
    """A text as a reader of stories divides it: its tokens are sentences.

    An id numbers a sentence together with the question it is read for.
    """

    sentences: tuple[Token, ...]
    ids: tuple[int, ...]  # of each sentence
    spans: tuple[tuple[int, int], ...]  # of each sentence, half-open, in words
    question: str  # "" where the text asks nothing


@runtime_checkable
class Reader(Attentive, Protocol):
    """A classifier that answers a question about a story, weighing its sentences.

    Its texts are ids of sentences, as `story` or `number` gives them, all of one
    question: 0 padding, 1 a sentence of which no word is known.
    """

    def story(self, words: Sequence[str]) -> Story:
        """The sentences of a text, whose last may be a question about the others."""
        ...

    def number(self, sentences: Sequence[str], question: str) -> tuple[int, ...]:
        """Ids of sentences that are read for `question`."""
        ...
