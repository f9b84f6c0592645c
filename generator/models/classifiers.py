"""What a classifier of texts can be asked, whatever it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from generator.corpora.words import Words
from generator.models.base import Floats, Texts


@runtime_checkable
class Classifier(Protocol):
    """A model that gives each of its labels a probability.

    Texts longer than `max_tokens` are the caller's to cut. Equal texts are asked once,
    and texts of like lengths together, whoever asks.
    """

    epoch: int
    labels: tuple[str, ...]
    words: Words
    max_tokens: int

    def predict(self, texts: Texts) -> Floats:
        """Probabilities (texts, labels), rows sum to 1."""
        ...


@runtime_checkable
class Randomisable(Classifier, Protocol):
    """A classifier whose layers can be drawn afresh."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers, from the output to the input."""
        ...

    def randomised(self, layers: int, seed: int) -> Self:
        """The same with so many layers next to the output as before training.

        The seed decides what is drawn: a layer's values are the same however many
        others are drawn with it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """A text's logits as a sum: `logits == intercepts + values.sum(0)`."""

    places: tuple[tuple[int, ...], ...]  # for each term, the tokens it is made of
    values: Floats  # (terms, labels)
    intercepts: Floats  # (labels,)


@runtime_checkable
class Additive(Classifier, Protocol):
    """A classifier whose logits are sums over words and pairs of words."""

    def terms(self, text: Sequence[int]) -> Terms:
        """The sum. With two labels the first's logit is 0."""
        ...
