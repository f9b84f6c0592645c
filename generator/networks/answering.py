"""How a classifier whose networks are compiled answers: checked, in batches, once each.

`Answering` is what every such classifier has in common. A subclass says how many ids
there are, how many slots a text has, and what its network reads of a batch of ids.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from generator.models.attentive import Averaged
from generator.models.base import Floats, Texts
from generator.networks import randomising
from generator.networks.asking import SLOPED, Places, batches, distinct, filled
from generator.networks.compiled import held
from generator.networks.weights import Arrays, Shapes

Ids = list[tuple[int, ...]]
Found = Iterator[tuple[Places, list[NDArray[Any]]]]


class Answering(ABC):
    """A network with given weights: `Counted` and `Randomisable`."""

    _called: ClassVar[str] = "tokens"
    """What messages call the parts of a text."""

    def __init__(
        self,
        network: Any,  # noqa: ANN401 - whatever is compiled for its settings
        labels: Sequence[str],
        max_tokens: int,
        arrays: Arrays,
        epoch: int,
    ) -> None:
        self.labels, self.max_tokens, self.epoch = tuple(labels), max_tokens, epoch
        self.arrays = arrays
        self._held = held(arrays)
        self._network = network

    @property
    def parameters(self) -> int:
        """How many numbers it has, the vectors of all words among them."""
        return sum(array.size for array in self.arrays)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers, from the output to the input."""
        return randomising.layers(self._shapes())

    def randomised(self, layers: int, seed: int) -> Self:
        """The same with so many layers next to the output as before training."""
        return self._with(
            randomising.randomised(self._shapes(), self.arrays, layers, seed)
        )

    @abstractmethod
    def _shapes(self) -> Shapes:
        """Name and shape of every array."""

    @abstractmethod
    def _with(self, arrays: Arrays) -> Self:
        """The same with other weights."""

    @abstractmethod
    def _known(self) -> int:
        """How many ids there are."""

    def _slots(self, tokens: int) -> int:
        """Slots of a text of so many tokens."""
        return tokens

    def _room(self) -> int:
        """Slots in a batch that is answered, padding included."""
        return SLOPED

    def _read(self, ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
        """What the network reads of ids (n, slots)."""
        return (ids,)

    def _ask(self, ask: Callable[..., Any], texts: Ids) -> Found:
        """What `ask` answers to each batch of texts, and which they are."""
        lengths = [self._slots(len(text)) for text in texts]
        for places, width in batches(lengths, self.max_tokens, self._room()):
            rows = np.zeros((filled(len(places)), width), np.int32)
            for row, place in zip(rows, places, strict=False):
                row[: len(texts[place])] = texts[place]
            answers = ask(self._held, *self._read(rows))
            yield places, [answer.numpy()[: len(places)] for answer in answers]

    def _put(
        self, kept: list[Floats], places: Places, rows: NDArray[Any], asked: Ids
    ) -> None:
        """Put each text's slots, without those of padding beyond, in its place."""
        for place, row in zip(places, rows, strict=True):
            kept[place] = row[: self._slots(len(asked[place]))].copy()

    def _averaged(self, ask: Callable[..., Any], texts: Texts) -> Averaged:
        """Logits, weights and what slots say, as `ask` answers, in the texts' order."""
        asked, back = distinct(self._checked(texts))
        logits = np.empty((len(asked), len(self.labels)), np.float32)
        weights: list[Floats] = [np.zeros(0, np.float32)] * len(asked)
        values: list[Floats] = [np.zeros((0, 0), np.float32)] * len(asked)
        for places, found in self._ask(ask, asked):
            logits[places] = found[0]
            self._put(weights, places, found[1], asked)
            self._put(values, places, found[2], asked)
        return Averaged(
            tuple(values[place] for place in back),
            tuple(weights[place] for place in back),
            self.arrays[-1],
            logits[back],
        )

    def _checked(self, texts: Texts) -> Texts:
        """`texts`. Raises `ValueError` for one too long, or of unknown ids."""
        known = self._known()
        for text in texts:
            if len(text) > self.max_tokens:
                raise ValueError(
                    f"{len(text)} {self._called}; at most {self.max_tokens} are read"
                )
            if len(text) and not (min(text) >= 0 and max(text) < known):
                raise ValueError(f"ids must be from 0 to {known - 1}")
        return texts
