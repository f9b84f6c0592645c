"""A textgenrnn over whole sequences in one state: a `CellModel`.

Its cells are watched and held as those of a char-rnn are. What comes next is decided by
attention over the last `max_length` slots, a slot being a character's vector and what
all cells gave out at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from generator.corpora.vocabulary import Vocabulary
from generator.models.base import Floats
from generator.networks import char_rnn, weights
from generator.networks.attention import EPSILON
from generator.networks.textgenrnn import Settings
from generator.networks.watching import CharNetwork, Step
from generator.networks.weights import Arrays
from generator.networks.whole_sequence import shapes

PER_LAYER = 3
"""Arrays of a layer: kernel, recurrent kernel, bias."""


class WholeNetwork(CharNetwork):
    """A textgenrnn over whole sequences with given weights."""

    def __init__(
        self, settings: Settings, vocabulary: Vocabulary, arrays: Arrays, epoch: int
    ) -> None:
        self.shape, self.behind = settings, settings.max_length
        layers = char_rnn.Settings(
            settings.rnn_layers, settings.rnn_size, settings.dim_embeddings
        )
        super().__init__(layers, vocabulary, arrays, epoch)

    def _matrices(self) -> list[Arrays]:
        """Kernel, recurrent kernel and bias of every layer."""
        layers = range(self.settings.rnn_layers)
        return [self.arrays[1 + PER_LAYER * layer :][:PER_LAYER] for layer in layers]

    def _logits(self, seen: Sequence[Step], rows: list[int]) -> Floats:
        """Logits (rows, vocabulary) of the average of the slots that were seen."""
        attention, kernel, bias, fading = self.arrays[-4:]
        vectors = self.arrays[0]
        each = ([vectors[one.ids[rows]], one.activations[rows]] for one in seen)
        slots = np.stack([np.hstack(slot) for slot in each], 1)
        scores = (slots @ attention)[..., 0] + fading * np.arange(len(seen))
        shares = np.exp(scores - scores.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True) + EPSILON
        average = np.einsum("nt,ntd->nd", shares, slots)
        found: Floats = (average @ kernel + bias).astype(np.float32)
        return found

    def untrained(self, seed: int) -> Self:
        """The same shape, drawn afresh."""
        drawn = weights.initial(shapes(self.shape, len(self.vocabulary)), seed)
        return type(self)(self.shape, self.vocabulary, drawn, 0)
