"""A language model at one step as a classifier: this token, or any other.

Its texts are histories: the ids of the last tokens, oldest first, padded on the left to
the model's window. So whatever explains a classifier explains a written token.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from generator.corpora.words import Words
from generator.errors import UnsupportedError
from generator.methods.windows import narrow, probability
from generator.models.base import Floats, Ids, Quantity, Texts
from generator.models.differentiable import DifferentiableLanguageModel, Slopes
from generator.models.language_models import LanguageModel

OTHER = "any other token"


class NextToken:
    """A `Differentiable` classifier, if the language model can be differentiated."""

    fillings: ClassVar = {"unknown": 0, "pad": 0}
    """What `perturbing` puts in a token's place: one id is padding and unknown."""

    def __init__(self, model: LanguageModel, target: int) -> None:
        self.model, self.target = model, target
        self.labels: tuple[str, ...] = (OTHER, model.vocabulary.token(target).text)
        self.epoch, self.max_tokens = model.epoch, model.window
        self.words = Words(())  # its texts are ids of the model's own vocabulary

    def predict(self, texts: Texts) -> Floats:
        """Probabilities (texts, 2): of any other token, and of this one."""
        rows = self.rows(texts)
        own = probability(self.model, rows, np.full(len(rows), self.target))
        return narrow(np.stack([1 - own, own], axis=1))

    def rows(self, texts: Texts) -> Ids:
        """The histories (texts, window) of texts."""
        found = np.zeros((len(texts), self.max_tokens), np.int32)
        for row, text in zip(found, texts, strict=True):
            if len(text):
                row[-len(text) :] = text
        return found

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """The embedded windows, padding on the left: each (window, dimensions)."""
        return tuple(self.embedding()[row] for row in self.rows(texts))

    def embedding(self) -> Floats:
        """The vectors of all ids, (ids, dimensions)."""
        return self._differentiable().embedding()

    def slopes(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> Slopes:
        """The gradient of the written token's quantity; see `Differentiable`."""
        if any(label != 1 for label in labels):
            raise UnsupportedError("a written token is explained, not what it is not")
        targets = np.full(len(points), self.target)
        return self._differentiable().slopes(points, targets, quantity, frozen=frozen)

    def _differentiable(self) -> DifferentiableLanguageModel:
        if not isinstance(self.model, DifferentiableLanguageModel):
            raise UnsupportedError("the language model gives no gradients")
        return self.model
