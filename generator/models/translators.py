"""What a model that writes a target for a source can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from generator.corpora.words import Words
from generator.models.base import Floats, Texts


@dataclass(frozen=True, slots=True)
class ReadPairs:
    """A translator's answers to sources whose targets are given, a row for each."""

    probabilities: tuple[Floats, ...]  # each (targets,), of the given token
    logs: tuple[Floats, ...]  # the same in nats
    best: tuple[tuple[int, ...], ...]  # the likeliest token in the place of each
    weights: tuple[Floats, ...]  # each (targets, sources), rows sum to 1


@dataclass(frozen=True, slots=True)
class Translated:
    """What a translator writes: ids, and the sum of their log probabilities.

    A target that ends in the closing mark is whole; another one was too long.
    """

    ids: tuple[tuple[int, ...], ...]
    sums: Floats  # (texts,), nats


@runtime_checkable
class Translator(Protocol):
    """A model that writes a target for a source, attending to it token by token.

    Texts of both sides are ids of their `Words`, closed by the id 2, the closing mark.
    `unit` says what a token is, `scoring` how attention is scored.
    """

    epoch: int
    sources: Words
    targets: Words
    unit: Literal["word", "character"]
    max_tokens: int
    scoring: str

    def read(self, sources: Texts, targets: Texts) -> ReadPairs:
        """What it makes of each target token, those before it being given."""
        ...

    def translate(self, sources: Texts, width: int = 1) -> Translated:
        """The likeliest targets found by beam search; a width of 1 is greedy."""
        ...


@runtime_checkable
class DifferentiableTranslator(Translator, Protocol):
    """A translator that can be differentiated by the vectors of its source."""

    def products(self, sources: Texts, targets: Texts) -> tuple[Floats, ...]:
        """Gradient times vector, (targets, sources) for each pair.

        What is differentiated is the log probability of each target token, those before
        it being given.
        """
        ...
