"""What a network can be asked that can be differentiated by its embedded input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from generator.models.base import Floats, Ids, Quantity, Texts
from generator.models.classifiers import Classifier
from generator.models.language_models import LanguageModel


@dataclass(frozen=True, slots=True)
class Slopes:
    """Values of one output at embedded texts, and its gradient there."""

    values: Floats  # (texts,), of the quantity asked for
    gradients: tuple[Floats, ...]  # each (slots, dimensions), like its point
    probabilities: Floats  # (texts, labels)


@runtime_checkable
class Differentiable(Classifier, Protocol):
    """A classifier that can be differentiated by its embedded input."""

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """What the network reads: each (slots, dimensions), padding's rows included."""
        ...

    def embedding(self) -> Floats:
        """The vectors of all ids, (ids, dimensions)."""
        ...

    def slopes(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> Slopes:
        """The gradient of `labels[i]`'s quantity at `points[i]`, dropout off.

        Points are embedded texts or anything of their shape. `frozen` takes attention
        weights as constants, so that nothing flows through them.
        """
        ...


@runtime_checkable
class DifferentiableLanguageModel(LanguageModel, Protocol):
    """A language model that can be differentiated by its embedded window."""

    def embedding(self) -> Floats:
        """The vectors of all ids, (ids, dimensions)."""
        ...

    def slopes(
        self,
        points: Sequence[Floats],
        targets: Ids,
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> Slopes:
        """The gradient of `targets[i]`'s quantity at `points[i]` (window, dimensions).

        `probabilities` of the answer are (texts, 2): of any other token, of this one.
        """
        ...
