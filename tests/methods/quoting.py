"""A model whose second cell is the quote bit, and which uses it to close strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from generator.artifacts import Artifact
from generator.corpora.base import Corpus, Document, Hypothesis
from generator.corpora.tokenization import Vocabulary
from generator.methods.base import Context
from generator.models.base import Epoch, Floats, Ids, TrainingLog
from generator.models.capabilities import CellActivity, CellClamp
from tests.methods.untrained import activations, code

WIDTH, QUOTE = 24, 1
"""Cells of the only layer, and the place of the one that follows quotes."""
HYPOTHESES = (
    Hypothesis("in string", closing='"', closes="a quote"),
    Hypothesis("in comment", closing="\n", closes="a line break"),
    Hypothesis("bracket depth", graded=True),
)
TOKENS = tuple(sorted(set(code(4000, 0)[0])))
VOCABULARY = Vocabulary(TOKENS, word_level=False)


@dataclass(frozen=True)
class Quoting:
    """Knows where strings are at epoch 1, and nothing at epoch 0.

    A quote comes next with a probability that grows with the cell; `used` says whether
    it does. All other cells move it a little, either way.
    """

    epoch: int = 1
    seed: int = 5
    used: bool = True
    vocabulary: Vocabulary = VOCABULARY

    @property
    def layers(self) -> tuple[int, ...]:
        """One."""
        return (WIDTH,)

    def trace_cells(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """Cells of an untrained network, and the planted one."""
        return [CellActivity(found / 2, found) for found in map(self._read, texts)]

    def _read(self, ids: Ids) -> Floats:
        text = "".join(TOKENS[one - 1] for one in ids)
        cells = activations(text, WIDTH, self.seed)
        if self.epoch:
            inside = np.cumsum([char == '"' for char in text]) % 2
            cells[:, QUOTE] = 0.9 * (2 * inside - 1)
        return cells.astype(np.float32)

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """A quote, or anything else alike."""
        rows = [self._read(t)[at] for t, at in zip(texts, places, strict=True)]
        return self._chances(np.concatenate(rows))

    def predict_clamped(
        self, texts: Sequence[Ids], places: Sequence[Ids], clamps: Sequence[CellClamp]
    ) -> Floats:
        """The same, one cell being what it is held at."""
        rows = [self._read(t)[at] for t, at in zip(texts, places, strict=True)]
        found = []
        for clamp in clamps:
            cells = np.concatenate(rows)
            cells[:, clamp.cell] = clamp.memory
            found.append(self._chances(cells))
        return np.stack(found)

    def _chances(self, cells: Floats) -> Floats:
        weights = 0.05 * np.random.default_rng(9).normal(size=WIDTH)
        weights[QUOTE] = 0.35 if self.used else 0.0
        quote = np.clip(0.4 + cells @ weights, 0.01, 0.99)
        found = np.repeat((1 - quote)[:, None] / (len(TOKENS) - 1), len(TOKENS), axis=1)
        found = np.concatenate([np.zeros((len(cells), 1)), found], axis=1)
        found[:, self.vocabulary.ids['"']] = quote
        return found.astype(np.float32)

    def draw_untrained(self, seed: int) -> Self:
        """The same without the planted cell, drawn anew."""
        return replace(self, epoch=0, seed=seed)


class Trained:
    """Two epochs; every third document is held out."""

    def __init__(self, model: Quoting, documents: int) -> None:
        self.model = model
        held = tuple(range(0, documents, 3))
        self.log = TrainingLog((0, 1), (3.0, 1.0), (3.0, 1.0), 1, 10, held, None, ())

    def at(self, epoch: Epoch) -> Quoting:
        """The model after that epoch."""
        named = {"best": 1, "last": 1}
        number = named[epoch] if isinstance(epoch, str) else epoch
        return replace(self.model, epoch=number)


def corpus(documents: int = 12, length: int = 1500) -> Corpus:
    """Code of known states."""
    made = []
    for seed in range(documents):
        text, states = code(length, 200 + seed)
        made.append(Document(text, states=states.astype(np.int16)))
    return Corpus(tuple(made), "k", hypotheses=HYPOTHESES)


def make_context(
    *read: Artifact, used: bool = True, given: Corpus | None = None
) -> Context:
    """The question to that model."""
    texts = given or corpus()
    model = Trained(Quoting(used=used), len(texts.documents))
    return Context(model, texts, read, (1, 2))
